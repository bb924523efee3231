using Engine.Dsp.Numpy;

namespace Engine.Pipeline.Importing;

/// <summary>NumPy's <c>.npz</c>, whose arrays are all read at once.</summary>
internal sealed class NpzWeights : WeightsFile
{
    private readonly string _name;
    private readonly Dictionary<string, NpyArray> _arrays;

    public NpzWeights(Stream stream, string name)
    {
        _name = name;
        using (stream) _arrays = NpzFile.ReadFrom(stream, name);
        Tensors = [.. _arrays.Select(a => new SourceTensor(a.Key, a.Value.Shape, TypeOf(a.Value)))];
    }

    public override string Format => "NumPy";

    public override IReadOnlyList<SourceTensor> Tensors { get; }

    public override float[] Read(SourceTensor tensor)
    {
        if (tensor.Type.Size == 0)
            Throw($"{_name}: '{tensor.Name}' is {tensor.Type.Name}, which cannot be a weight; skip it in the map.");
        return _arrays[tensor.Name].ToSingles();
    }

    protected override void Dispose(bool disposing)
    {
    }

    // The reader has widened narrower types already.
    private static NumberType TypeOf(NpyArray array)
    {
        try
        {
            return array.Data switch
            {
                float[] => NumberType.Float32,
                double[] => NumberType.Float64,
                bool[] => NumberType.Boolean,
                int[] => NumberType.Int32,
                long[] => NumberType.Int64,
                _ => NumberType.Unreadable("text or complex"),
            };
        }
        catch (InvalidDataException)
        {
            return NumberType.Unreadable("no array of numbers");
        }
    }
}
