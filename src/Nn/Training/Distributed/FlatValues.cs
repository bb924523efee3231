using System.Runtime.InteropServices;
using Engine.Tensors;

namespace Engine.Nn.Training.Distributed;

/// <summary>
/// A network's values one behind the other, cut into buckets of equal size: what is exchanged at once. A large value is in
/// several buckets; many small ones share one.
/// </summary>
internal sealed class FlatValues
{
    /// <summary>The most values of a bucket: 512 KiB.</summary>
    public const int Most = 1 << 17;

    private readonly Shape[] _shapes;
    private readonly long[] _starts;

    /// <summary>Lays out values of these shapes.</summary>
    public FlatValues(Shape[] shapes)
    {
        (_shapes, _starts) = (shapes, new long[shapes.Length + 1]);
        for (var v = 0; v < shapes.Length; v++) _starts[v + 1] = _starts[v] + shapes[v].Count;
        Buckets = (int)Math.Max(1, (_starts[^1] + Most - 1) / Most);
    }

    /// <summary>How many buckets there are.</summary>
    public int Buckets { get; }

    /// <summary>How many values there are.</summary>
    public int Values => _shapes.Length;

    /// <summary>The shape of a value.</summary>
    public Shape ShapeOf(int value) => _shapes[value];

    /// <summary>The length of a bucket.</summary>
    public int Length(int bucket) => (int)(Math.Min(_starts[^1], (bucket + 1L) * Most) - (long)bucket * Most);

    /// <summary>The buckets that a value is in: the first, and the one after the last.</summary>
    public (int First, int End) BucketsOf(int value) =>
        ((int)(_starts[value] / Most), (int)((_starts[value + 1] + Most - 1) / Most));

    /// <summary>Copies what a bucket holds of tensors, one for each value.</summary>
    public void Read(int bucket, Func<int, Tensor> tensors, Span<float> target)
    {
        foreach (var (value, from, count, at) in Pieces(bucket))
        {
            var tensor = tensors(value);
            using var flat = tensor.Reshape(tensor.Count);
            using var piece = flat.Slice(0, from, count);
            piece.Device.Backend.Download(piece, MemoryMarshal.AsBytes(target.Slice(at, count)));
        }
    }

    /// <summary>Writes a bucket into tensors, which are made where a value begins.</summary>
    public void Write(int bucket, ReadOnlySpan<float> source, Tensor?[] tensors)
    {
        foreach (var (value, from, count, at) in Pieces(bucket))
        {
            var tensor = tensors[value] ??= TensorScope.Release(Tensor.Zeros(_shapes[value], Device.Cpu));
            using var flat = tensor.Reshape(tensor.Count);
            using var piece = flat.Slice(0, from, count);
            piece.Write(source.Slice(at, count));
        }
    }

    private IEnumerable<(int Value, int From, int Count, int At)> Pieces(int bucket)
    {
        var (begin, end) = ((long)bucket * Most, (long)bucket * Most + Length(bucket));
        for (var v = Array.FindIndex(_starts, 1, s => s > begin) - 1; v >= 0 && v < Values && _starts[v] < end; v++)
        {
            var (from, to) = (Math.Max(begin, _starts[v]), Math.Min(end, _starts[v + 1]));
            if (to > from) yield return (v, (int)(from - _starts[v]), (int)(to - from), (int)(from - begin));
        }
    }
}
