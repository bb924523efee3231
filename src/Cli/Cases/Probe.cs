using System.Globalization;
using Engine.Tensors;

namespace Engine.Cli.Cases;

/// <summary>
/// What a case works with: random operands on the device, results full of NaN, and the comparison. Every tensor is surrounded by
/// values that no kernel may read (NaN, around operands) or overwrite (around results).
/// </summary>
internal class Probe(Device device, OperationCase operation)
{
    /// <summary>Half the distance from 1 to the next float: the largest relative error of one rounding.</summary>
    public const double U = 1.0 / (1 << 24);

    /// <summary>Whether an operation works in place: both, for those that can.</summary>
    public static readonly bool[] Placements = [false, true];

    // 64 floats are 256 bytes, so a tensor is as aligned as its block; five floats are not even a multiple of 16 bytes.
    private const int Aligned = 64, Crooked = 5, After = 19;
    private const float Frame = 54321.5f;
    private const int IndexFrame = 54321;

    private readonly RandomStream _random = new(1, operation.Description);
    private readonly List<(Tensor Whole, Tensor View)> _results = [];

    /// <summary>The operations to check.</summary>
    public IBackend Backend => device.Backend;

    /// <summary>The worst error so far as a share of its budget.</summary>
    public double Share { get; private set; }

    /// <summary>The first error found, if any.</summary>
    public string? Fault { get; private set; }

    private int Before => operation.Shifted ? Crooked : Aligned;

    /// <summary>Runs the operation; returns whether the case should then check its results.</summary>
    public virtual bool Run(Action call)
    {
        call();
        return true;
    }

    /// <summary>Uniformly distributed random numbers.</summary>
    public virtual float[] Draw(int count, double low = -1, double high = 1)
    {
        var values = new float[count];
        foreach (ref var value in values.AsSpan()) value = (float)(low + (high - low) * _random.NextDouble());
        return values;
    }

    /// <summary>Operands for a reference in double.</summary>
    public static double[] Wide(float[] values) => Array.ConvertAll(values, v => (double)v);

    /// <summary>Their magnitudes, from which a reference computes those of its sums.</summary>
    public static double[] Magnitudes(float[] values) => Array.ConvertAll(values, v => Math.Abs((double)v));

    /// <summary>
    /// Random whole numbers as floats, small enough that sums of their products are exact in any order: no missing term goes
    /// unnoticed.
    /// </summary>
    public float[] DrawWhole(int count) => Array.ConvertAll(DrawIndices(count, 5), v => v - 2f);

    /// <summary>Random whole numbers from 0 to below <paramref name="bound"/>.</summary>
    public int[] DrawIndices(int count, int bound)
    {
        var values = new int[count];
        foreach (ref var value in values.AsSpan()) value = _random.NextInt(bound);
        return values;
    }

    /// <summary>An operand.</summary>
    public Tensor Input(float[] values, params ReadOnlySpan<int> sizes) => Framed(values, float.NaN, sizes).View;

    /// <summary>An operand of whole numbers.</summary>
    public Tensor Indices(int[] values, params ReadOnlySpan<int> sizes) => Framed(values, IndexFrame, sizes).View;

    /// <summary>Memory for a result, full of NaN.</summary>
    public Tensor Result(params ReadOnlySpan<int> sizes)
    {
        var values = new float[new Shape(sizes).Count];
        Array.Fill(values, float.NaN);
        return InOut(values, sizes);
    }

    /// <summary>Memory for a result of whole numbers, full of -1.</summary>
    public Tensor IndexResult(params ReadOnlySpan<int> sizes)
    {
        var values = new int[new Shape(sizes).Count];
        Array.Fill(values, -1);
        return Watched(Framed(values, IndexFrame, sizes));
    }

    /// <summary>An operand that the operation changes.</summary>
    public Tensor InOut(float[] values, params ReadOnlySpan<int> sizes) => Watched(Framed(values, Frame, sizes));

    /// <summary>
    /// Checks that every value is within its budget of what it should be, and NaN exactly where one is expected.
    /// </summary>
    public void Expect(string what, Tensor result, double[] expected, Func<int, double> budget) =>
        Expect(what, result.ToArray(), expected, budget);

    /// <summary>The same for results already fetched.</summary>
    public void Expect(string what, float[] actual, double[] expected, Func<int, double> budget)
    {
        if (actual.Length != expected.Length) Fail($"{what} has {actual.Length} values instead of {expected.Length}");
        for (var i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(actual[i] - expected[i]), share;
            if (actual[i] == expected[i] || (double.IsNaN(expected[i]) && float.IsNaN(actual[i]))) continue;
            share = double.IsFinite(error) && budget(i) > 0 ? error / budget(i) : double.PositiveInfinity;
            if (!(share <= 1)) Fail($"{what}[{i}] is {actual[i]:R} instead of {expected[i]:R}");
            Share = Math.Max(Share, share);
        }
    }

    /// <summary>
    /// Checks sums of random products: each within 4u√K·Σ|ab|, for K terms, but at most <paramref name="most"/> u·Σ|ab|: the
    /// terms' mean is zero, so their partial sums grow only with √K, and the rounding of these with K, as Σ|ab| does. Where
    /// transforms round all results of a block alike, <paramref name="floor"/> is the least value used for Σ|ab|.
    /// </summary>
    public void ExpectSums(
        string what, Tensor result, (double[] Values, double[] Magnitudes) sums, double terms, double floor = 0,
        double most = 16) =>
        Expect(what, result, sums.Values,
            i => U * Math.Min(most, 4 * Math.Sqrt(Math.Max(1, terms))) * Math.Max(floor, sums.Magnitudes[i]));

    /// <summary>Checks that these are exactly the numbers.</summary>
    public void ExpectExactly(string what, Tensor result, float[] expected) =>
        Expect(what, result, Array.ConvertAll(expected, v => (double)v), _ => 0);

    /// <summary>Checks that these are exactly the whole numbers.</summary>
    public void ExpectExactly(string what, Tensor result, int[] expected)
    {
        var actual = result.ToIndices();
        for (var i = 0; i < expected.Length; i++)
        {
            if (actual[i] == expected[i]) continue;
            Fail($"{what}[{i}] is {actual[i]} instead of {expected[i]}");
            Share = double.PositiveInfinity;
            return;
        }
    }

    /// <summary>Checks that nothing around the results was written to.</summary>
    public void ExpectFramesIntact()
    {
        foreach (var (whole, view) in _results)
        {
            var written = whole.Type == ElementType.Float32
                ? FirstOther(whole.ToArray(), Frame, view.Count)
                : FirstOther(whole.ToIndices(), IndexFrame, view.Count);
            if (written is not { } at) continue;
            var place = at < Before ? $"{Before - at} before its first" : $"{at - Before - view.Count + 1} after its last";
            Fail($"the operation wrote outside its result {view.Shape}, {place} element");
            Share = double.PositiveInfinity;
        }
    }

    private void Fail(FormattableString fault) => Fault ??= fault.ToString(CultureInfo.InvariantCulture);

    private (Tensor Whole, Tensor View) Framed(float[] values, float frame, ReadOnlySpan<int> sizes) =>
        View(Tensor.From(WithFrame(values, frame), new Shape(Before + values.Length + After), device), values.Length, sizes);

    private (Tensor Whole, Tensor View) Framed(int[] values, int frame, ReadOnlySpan<int> sizes) =>
        View(Tensor.FromIndices(WithFrame(values, frame), new Shape(Before + values.Length + After), device), values.Length,
            sizes);

    private (Tensor Whole, Tensor View) View(Tensor whole, int count, ReadOnlySpan<int> sizes) =>
        (whole, whole.Slice(0, Before, count).Reshape(sizes));

    private Tensor Watched((Tensor Whole, Tensor View) framed)
    {
        _results.Add(framed);
        return framed.View;
    }

    private T[] WithFrame<T>(T[] values, T frame)
    {
        var all = new T[Before + values.Length + After];
        Array.Fill(all, frame);
        values.CopyTo(all, Before);
        return all;
    }

    private int? FirstOther<T>(T[] values, T frame, int count)
        where T : IEquatable<T>
    {
        for (var i = 0; i < values.Length; i++)
        {
            if ((i < Before || i >= Before + count) && !values[i].Equals(frame)) return i;
        }

        return null;
    }
}
