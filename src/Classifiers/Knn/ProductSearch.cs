using System.Numerics;
using System.Runtime.Intrinsics;
using Engine.Classifiers.Numerics;
using Engine.Tensors.Cpu;
using Engine.Tensors.Cpu.Kernels;

namespace Engine.Classifiers.Knn;

/// <summary>
/// The nearest rows under a metric of dot products, for many queries among many rows: ‖q - t‖² is ‖q‖² + (‖t‖² - 2·q·t), so a
/// matrix product ranks the rows. The product runs in single precision and only selects candidates: any row that its rounding
/// could have ranked wrongly is measured again as in the exhaustive search, so the results are identical bit for bit.
/// </summary>
internal sealed unsafe class ProductSearch<TMetric> where TMetric : IPanelMetric
{
    // One task's products, 192 × 1024 floats, and its part of the training rows fit in the second-level cache.
    private const int QueryBlock = 192;
    private const int RowBlock = 1024;

    // Beyond this, so many rows are candidates that the product saves little.
    private const int MaxNeighbors = 64;

    // For queries farther out, in units of the farthest training row, rounding in the products would swamp the distances.
    private const double MaxQueryLength = 1e6;

    private readonly FeatureMatrix _train;
    private readonly double[] _center;
    private readonly double _scale;
    private readonly float[] _transposed;
    private readonly float[] _squares;

    /// <summary>Prepares training rows: centred, scaled to lengths of at most 1, in single precision, and transposed.</summary>
    public ProductSearch(FeatureMatrix train)
    {
        _train = train;
        _center = new double[train.Columns];
        // Rows of unit length are compared by angle, which centring would change.
        if (Squared)
        {
            for (var r = 0; r < train.Rows; r++) Vectors.AddScaled(_center, 1.0 / train.Rows, train.Row(r));
        }

        var longest = 0.0;
        var row = new double[train.Columns];
        for (var r = 0; r < train.Rows; r++) longest = Math.Max(longest, Prepare(train.Row(r), row, 1));

        // A power of two, so scaling does not round. Not finite if squares overflow or underflow; TryFind then declines.
        _scale = longest > 0 ? Math.ScaleB(1, -Math.ILogB(longest) - 1) : 1;
        (_transposed, _squares) = (new float[checked(train.Rows * train.Columns)], new float[train.Rows]);
        for (var r = 0; r < train.Rows; r++)
        {
            var length = Prepare(train.Row(r), row, _scale);
            for (var c = 0; c < row.Length; c++) _transposed[(long)c * train.Rows + r] = (float)row[c];
            if (Squared) _squares[r] = (float)(length * length);
        }
    }

    private static bool Squared => typeof(TMetric) == typeof(Euclidean);

    /// <summary>Whether a search is large enough, with few enough neighbours, to be worth it.</summary>
    public static bool PaysFor(int queries, int rows, int neighbors) => neighbors <= MaxNeighbors && rows >= 16 * neighbors
        && (long)queries * rows >= 1 << 18;

    /// <summary>
    /// Fills in the nearest rows of each query; returns false, having done nothing, if values are too far apart for single
    /// precision.
    /// </summary>
    public bool TryFind(FeatureMatrix queries, KnnNeighbors found, int threads)
    {
        if (!double.IsNormal(_scale)) return false;
        var single = new float[checked(queries.Rows * queries.Columns)];
        var margins = new float[queries.Rows];
        var row = new double[queries.Columns];
        for (var q = 0; q < queries.Rows; q++)
        {
            var length = Prepare(queries.Row(q), row, _scale);
            if (!(length <= MaxQueryLength)) return false;
            for (var c = 0; c < row.Length; c++) single[q * row.Length + c] = (float)row[c];
            margins[q] = Margin(length);
        }

        void Blocks(int from, int to)
        {
            var products = new float[QueryBlock * RowBlock];
            var candidates = new Candidates[to - from];
            for (var q = from; q < to; q++) candidates[q - from] = new Candidates(found.K, margins[q]);
            for (var first = 0; first < _train.Rows; first += RowBlock)
            {
                var rows = Math.Min(RowBlock, _train.Rows - first);
                fixed (float* a = &single[from * queries.Columns], b = &_transposed[first], c = products)
                {
                    Gemm.Run(to - from, rows, queries.Columns, new(a, queries.Columns, 1), new(b, 1, _train.Rows), c, RowBlock,
                        accumulate: false);
                }

                for (var q = 0; q < to - from; q++)
                    candidates[q].Add(products.AsSpan(q * RowBlock, rows), _squares.AsSpan(first, rows), first);
            }

            for (var q = from; q < to; q++)
                Measure(queries.Row(q), candidates[q - from], found.Distances.Row(q), found.Indices.AsSpan(q * found.K, found.K));
        }

        if (threads != 1) RowParallel.For(queries.Rows, QueryBlock, Blocks);
        else for (var from = 0; from < queries.Rows; from += QueryBlock) Blocks(from, Math.Min(queries.Rows, from + QueryBlock));
        return true;
    }

    // Centres and scales the row, and returns its length.
    private double Prepare(ReadOnlySpan<double> from, Span<double> to, double scale)
    {
        for (var c = 0; c < to.Length; c++) to[c] = (from[c] - _center[c]) * scale;
        return Math.Sqrt(Vectors.Dot(to, to));
    }

    // Twice the error bound of a value, with ‖t‖ ≤ 1: both factors of each product rounded to single precision and c products
    // summed, twice (c + 2)·u·‖q‖·‖t‖; then the rounded square and the subtraction. The exhaustive search's own rounding, in
    // double precision, and the length of q computed from rounded values are far below the 10 % added; 1e-30 covers subnormal
    // values.
    private float Margin(double length)
    {
        const double Unit = 1.0 / (1 << 24);
        return (float)(2.2 * Unit * (2 * (_train.Columns + 4) * length + 4) + 1e-30);
    }

    private void Measure(ReadOnlySpan<double> query, Candidates candidates, Span<double> sums, Span<int> indices)
    {
        var count = 0;
        foreach (var row in candidates.Rows())
        {
            var sum = 0.0;
            var train = _train.Row(row);
            for (var c = 0; c < query.Length; c++) sum = TMetric.Step(sum, query[c], train[c]);
            SmallestValues.Keep(sum, row, count++, sums, indices);
        }
    }

    /// <summary>The rows that may be among a query's nearest, visited in order.</summary>
    private sealed class Candidates(int neighbors, float margin)
    {
        private readonly float[] _smallest = new float[neighbors];
        private readonly List<(float Value, int Row)> _kept = [];
        private int _count;

        // The k-th smallest value so far plus the margin: an upper bound on the true k-th.
        private float Limit => _count < neighbors ? float.PositiveInfinity : _smallest[^1] + margin;

        public void Add(ReadOnlySpan<float> products, ReadOnlySpan<float> squares, int firstRow)
        {
            var factor = Squared ? -2f : -1f;
            var limit = Limit;
            var i = 0;
            for (; i <= products.Length - 16; i += 16)
            {
                var values = Vector512.Create(squares.Slice(i, 16))
                    + Vector512.Create(factor) * Vector512.Create(products.Slice(i, 16));
                var below = Vector512.LessThanOrEqual(values, Vector512.Create(limit)).ExtractMostSignificantBits();
                if (below == 0) continue;
                for (; below != 0; below &= below - 1)
                {
                    var lane = BitOperations.TrailingZeroCount(below);
                    Keep(values[lane], firstRow + i + lane);
                }

                limit = Limit;
            }

            for (; i < products.Length; i++)
            {
                var value = squares[i] + factor * products[i];
                if (value <= Limit) Keep(value, firstRow + i);
            }
        }

        /// <summary>The rows within the final limit, ascending.</summary>
        public IEnumerable<int> Rows()
        {
            var limit = Limit;
            foreach (var (value, row) in _kept)
            {
                if (value <= limit) yield return row;
            }
        }

        private void Keep(float value, int row)
        {
            _kept.Add((value, row));
            if (_count == neighbors && value >= _smallest[^1]) return;
            var at = Math.Min(_count, neighbors - 1);
            for (; at > 0 && _smallest[at - 1] > value; at--) _smallest[at] = _smallest[at - 1];
            _smallest[at] = value;
            _count = Math.Min(_count + 1, neighbors);
        }
    }
}
