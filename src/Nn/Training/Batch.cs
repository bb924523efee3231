using System.Buffers;
using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>
/// The examples of one step, in reusable buffers: all of them, or those that this rank needs, its own and, for mixing, their
/// counterparts in the reversed batch.
/// </summary>
internal sealed class Batch : IDisposable
{
    private readonly IExampleSource _source;
    private readonly IReadOnlyList<Shape> _shapes;
    private readonly float[][] _inputs;
    private readonly int[] _examples;
    private readonly int[] _labels;
    private readonly int[] _partnerLabels;
    private readonly Memory<float>[] _row;
    private readonly bool _isPooled;
    private int _first, _counterparts, _firstCounterpart;

    /// <summary>Allocates the buffers.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="capacity">The most examples.</param>
    /// <param name="isPooled">
    /// Whether to borrow the buffers until it is disposed of: a long recording is predicted in many short passes.
    /// </param>
    public Batch(IExampleSource source, int capacity, bool isPooled = false)
    {
        _isPooled = isPooled;
        (_source, _shapes) = (source, source.Shapes);
        _inputs = [.. _shapes.Select(s => new Shape([capacity, .. s.Sizes]).Count).Select(
            n => isPooled ? ArrayPool<float>.Shared.Rent(n) : GC.AllocateUninitializedArray<float>(n))];
        (_examples, _labels, _partnerLabels) = (new int[capacity], new int[capacity], new int[capacity]);
        _row = new Memory<float>[_inputs.Length];
    }

    /// <summary>Gives the buffers back; the batch must not be used again.</summary>
    public void Dispose()
    {
        if (!_isPooled) return;
        foreach (var input in _inputs) ArrayPool<float>.Shared.Return(input);
    }

    /// <summary>How many examples the whole batch has.</summary>
    public int Total { get; private set; }

    /// <summary>How many examples of it are this rank's.</summary>
    public int Count { get; private set; }

    /// <summary>This rank's examples.</summary>
    public BatchRows All => Rows(0, Count);

    /// <summary>Some of this rank's examples, counted from its first.</summary>
    public BatchRows Rows(int first, int count) => new(this, first, count);

    /// <summary>The examples' indices in the source.</summary>
    public ReadOnlySpan<int> Examples => _examples.AsSpan(0, Count);

    /// <summary>Their labels.</summary>
    public ReadOnlySpan<int> Labels => _labels.AsSpan(0, Count);

    /// <summary>The labels of the examples that each was mixed with.</summary>
    public ReadOnlySpan<int> PartnerLabels => _partnerLabels.AsSpan(0, Count);

    /// <summary>The share of each example in its mixture; 1 if not mixed.</summary>
    public double Share { get; private set; }

    public int Inputs => _inputs.Length;

    /// <summary>The shape of an input of some examples, samples first.</summary>
    public Shape ShapeOf(int input, int count) => new([count, .. _shapes[input].Sizes]);

    /// <summary>An input of some examples.</summary>
    public ReadOnlySpan<float> Values(int input, int first, int count) =>
        _inputs[input].AsSpan(first * _shapes[input].Count, count * _shapes[input].Count);

    /// <summary>Reads the inputs of examples; <paramref name="augmentation"/> is moved to each example's position.</summary>
    public void Read(ReadOnlySpan<int> examples, RandomStream? augmentation) =>
        Read(examples, 0, examples.Length, mixes: false, augmentation);

    /// <summary>The same of a part of them; if it is going to be mixed, of its counterparts in the reversed batch, too.</summary>
    public void Read(ReadOnlySpan<int> examples, int first, int count, bool mixes, RandomStream? augmentation)
    {
        (Total, Count, _first, Share) = (examples.Length, count, first, 1);
        (_firstCounterpart, _counterparts) = mixes ? Counterparts(Total, first, count) : (0, 0);
        examples.Slice(first, count).CopyTo(_examples);
        examples.Slice(_firstCounterpart, _counterparts).CopyTo(_examples.AsSpan(count));
        for (var i = 0; i < Count + _counterparts; i++)
        {
            for (var input = 0; input < _row.Length; input++)
            {
                var size = _shapes[input].Count;
                _row[input] = _inputs[input].AsMemory(i * size, size);
            }

            // No example can draw more than 2³² words.
            if (augmentation is not null) augmentation.Position = (ulong)(uint)_examples[i] << 32;
            _source.Read(_examples[i], _row, augmentation);
        }
    }

    public void ReadLabels()
    {
        for (var i = 0; i < Count + _counterparts; i++) _labels[i] = _source.Label(_examples[i]);
    }

    /// <summary>Replaces each example by share·itself + (1 - share)·its counterpart in the reversed batch.</summary>
    public void Mix(double share)
    {
        Share = share;
        var (own, other) = ((float)share, (float)(1 - share));
        for (var i = 0; i < Count; i++)
        {
            var partner = Total - 1 - (_first + i);
            var isOwn = partner >= _first && partner < _first + Count;
            var j = isOwn ? partner - _first : Count + partner - _firstCounterpart;
            _partnerLabels[i] = _labels[j];
            // Two of its own are mixed together; the one in the middle is left as it is.
            if (j <= i) continue;
            for (var input = 0; input < _inputs.Length; input++)
            {
                var size = _shapes[input].Count;
                Mix(_inputs[input].AsSpan(i * size, size), _inputs[input].AsSpan(j * size, size), own, other);
            }
        }
    }

    /// <summary>
    /// Those counterparts, in the reversed batch, of some examples that are not among these: the first, and how many.
    /// </summary>
    internal static (int First, int Count) Counterparts(int total, int first, int count)
    {
        var (end, reversed, reversedEnd) = (first + count, total - first - count, total - first);
        return reversed < first
            ? (reversed, Math.Min(first, reversedEnd) - reversed)
            : (Math.Max(end, reversed), reversedEnd - Math.Max(end, reversed));
    }

    private static void Mix(Span<float> a, Span<float> b, float own, float other)
    {
        for (var i = 0; i < a.Length; i++) (a[i], b[i]) = (own * a[i] + other * b[i], own * b[i] + other * a[i]);
    }
}
