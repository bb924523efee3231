using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>The examples of one step, in reusable buffers.</summary>
internal sealed class Batch
{
    private readonly IExampleSource _source;
    private readonly IReadOnlyList<Shape> _shapes;
    private readonly float[][] _inputs;
    private readonly int[] _examples;
    private readonly int[] _labels;
    private readonly int[] _partnerLabels;
    private readonly Memory<float>[] _row;

    public Batch(IExampleSource source, int capacity)
    {
        (_source, _shapes) = (source, source.Shapes);
        _inputs = [.. _shapes.Select(s => GC.AllocateUninitializedArray<float>(new Shape([capacity, .. s.Sizes]).Count))];
        (_examples, _labels, _partnerLabels) = (new int[capacity], new int[capacity], new int[capacity]);
        _row = new Memory<float>[_inputs.Length];
    }

    /// <summary>How many examples it holds now.</summary>
    public int Count { get; private set; }

    /// <summary>The examples' indices in the source.</summary>
    public ReadOnlySpan<int> Examples => _examples.AsSpan(0, Count);

    public ReadOnlySpan<int> Labels => _labels.AsSpan(0, Count);

    /// <summary>The labels of the examples that each was mixed with.</summary>
    public ReadOnlySpan<int> PartnerLabels => _partnerLabels.AsSpan(0, Count);

    /// <summary>The share of each example in its mixture; 1 if not mixed.</summary>
    public double Share { get; private set; }

    public int Inputs => _inputs.Length;

    /// <summary>The shape of an input, samples first.</summary>
    public Shape ShapeOf(int input) => new([Count, .. _shapes[input].Sizes]);

    public ReadOnlySpan<float> Values(int input) => _inputs[input].AsSpan(0, Count * _shapes[input].Count);

    /// <summary>Reads the inputs of some examples; <paramref name="augmentation"/> is moved to each example's position.</summary>
    public void Read(ReadOnlySpan<int> examples, RandomStream? augmentation)
    {
        Count = examples.Length;
        Share = 1;
        examples.CopyTo(_examples);
        for (var i = 0; i < Count; i++)
        {
            for (var input = 0; input < _row.Length; input++)
            {
                var size = _shapes[input].Count;
                _row[input] = _inputs[input].AsMemory(i * size, size);
            }

            // No example can draw more than 2³² words.
            if (augmentation is not null) augmentation.Position = (ulong)(uint)examples[i] << 32;
            _source.Read(examples[i], _row, augmentation);
        }
    }

    public void ReadLabels()
    {
        for (var i = 0; i < Count; i++) _labels[i] = _source.Label(_examples[i]);
    }

    /// <summary>Replaces each example by share·itself + (1 - share)·its counterpart in the reversed batch.</summary>
    public void Mix(double share)
    {
        Share = share;
        var (own, other) = ((float)share, (float)(1 - share));
        for (int i = 0, j = Count - 1; i <= j; i++, j--)
        {
            (_partnerLabels[i], _partnerLabels[j]) = (_labels[j], _labels[i]);
            if (i == j) break;
            for (var input = 0; input < _inputs.Length; input++)
            {
                var size = _shapes[input].Count;
                Mix(_inputs[input].AsSpan(i * size, size), _inputs[input].AsSpan(j * size, size), own, other);
            }
        }
    }

    /// <summary>Copies the inputs to tensors in the innermost scope.</summary>
    public Tensor[] Upload(Device device)
    {
        var tensors = new Tensor[_inputs.Length];
        for (var input = 0; input < tensors.Length; input++) tensors[input] = Tensor.From(Values(input), ShapeOf(input), device);
        return tensors;
    }

    private static void Mix(Span<float> a, Span<float> b, float own, float other)
    {
        for (var i = 0; i < a.Length; i++) (a[i], b[i]) = (own * a[i] + other * b[i], own * b[i] + other * a[i]);
    }
}
