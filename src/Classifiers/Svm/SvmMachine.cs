using Engine.Tensors.Cpu;

namespace Engine.Classifiers.Svm;

/// <summary>
/// The fitted machines of all pairs of classes over one set of support vectors, laid out as in LIBSVM: sorted by class; a vector
/// of class a has one weight for each other class b, in row b - 1 if b > a, otherwise in row b. Thread-safe.
/// </summary>
internal sealed class SvmMachine
{
    // Products of a block of rows with all support vectors: 8 MiB, within the last-level cache.
    private const int BlockValues = 1 << 20;

    private readonly int[] _starts;

    /// <param name="kernel">The kernel.</param>
    /// <param name="support">The n support vectors, sorted by class.</param>
    /// <param name="counts">The number of support vectors of each class.</param>
    /// <param name="weights">Their weights, <c>[classes - 1, n]</c>.</param>
    /// <param name="rho">The thresholds of the pairs (0, 1), (0, 2), …, (1, 2), ….</param>
    public SvmMachine(KernelFunction kernel, SupportRows support, int[] counts, FeatureMatrix weights, double[] rho)
    {
        (Kernel, Support, Counts, Weights, Rho) = (kernel, support, counts, weights, rho);
        _starts = new int[counts.Length + 1];
        for (var c = 0; c < counts.Length; c++) _starts[c + 1] = _starts[c] + counts[c];
    }

    public KernelFunction Kernel { get; }

    public SupportRows Support { get; }

    public int[] Counts { get; }

    public FeatureMatrix Weights { get; }

    public double[] Rho { get; }

    /// <summary>The number of pairs of classes.</summary>
    public static int Pairs(int classes) => classes * (classes - 1) / 2;

    /// <summary>The decision of each pair for each row, <c>[rows, pairs]</c>: above 0 for the first class of the pair.</summary>
    public unsafe FeatureMatrix Decide(FeatureMatrix x, int threads)
    {
        var (count, columns) = (Support.Count, x.Columns);
        var decisions = new FeatureMatrix(x.Rows, Rho.Length);
        var block = Math.Clamp(BlockValues / count, 1, Math.Max(1, x.Rows));
        using var memory = new Scratch(2L * block * count);
        var products = memory.Doubles;
        fixed (double* rows = x.Data)
        {
            for (var from = 0; from < x.Rows; from += block)
            {
                var (start, to) = (from, Math.Min(x.Rows, from + block));
                Support.Products(rows + (long)start * columns, to - start, products, threads);
                Serially.OrFor(threads, to - start, 4, (first, end) =>
                {
                    for (var row = first; row < end; row++)
                    {
                        var values = new Span<double>(products + (long)row * count, count);
                        Kernel.Apply(values, DotProduct.Of(x.Row(start + row), x.Row(start + row)), Support.Squares);
                        Combine(values, decisions.Row(start + row));
                    }
                });
            }
        }

        return decisions;
    }

    private void Combine(ReadOnlySpan<double> values, Span<double> decisions)
    {
        var pair = 0;
        for (var a = 0; a < Counts.Length; a++)
        {
            for (var b = a + 1; b < Counts.Length; b++, pair++)
            {
                decisions[pair] = Share(values, a, b - 1) + Share(values, b, a) - Rho[pair];
            }
        }
    }

    private double Share(ReadOnlySpan<double> values, int label, int line) =>
        DotProduct.Of(values[_starts[label].._starts[label + 1]], Weights.Row(line)[_starts[label].._starts[label + 1]]);
}
