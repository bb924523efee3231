using Engine.Nn.Training;
using Engine.Tensors;

namespace Engine.Pipeline.Explaining;

/// <summary>
/// The first example of a source as it is, then once for each patch, with the patch of one input covered by the mean of each of
/// its channels. As the source has scaled the input, that is the mean of what the network sees.
/// </summary>
internal sealed class OccludedExamples : IExampleSource
{
    private readonly IExampleSource _source;
    private readonly int _input, _height, _width;
    private readonly IReadOnlyList<Patch> _patches;
    private readonly float[][] _example;
    private readonly float[] _means;

    public OccludedExamples(IExampleSource source, int input, IReadOnlyList<Patch> patches)
    {
        (_source, _input, _patches) = (source, input, patches);
        _example = [.. source.Shapes.Select(s => new float[s.Count])];
        source.Read(0, [.. _example.Select(e => e.AsMemory())], null);
        var (channels, height, width) = WindowPicture.Extents(source.Shapes[input].Sizes.ToArray());
        (_height, _width, _means) = (height, width, Patch.Means(_example[input], channels));
    }

    public int Count => 1 + _patches.Count;

    public IReadOnlyList<Shape> Shapes => _source.Shapes;

    public int Classes => _source.Classes;

    public int Label(int index) => _source.Label(0);

    public void Read(int index, IReadOnlyList<Memory<float>> inputs, RandomStream? augmentation)
    {
        for (var i = 0; i < _example.Length; i++) _example[i].CopyTo(inputs[i]);
        if (index > 0) _patches[index - 1].Fill(inputs[_input].Span, _means, _height, _width);
    }
}
