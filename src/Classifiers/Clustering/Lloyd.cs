using Engine.Classifiers.Numerics;
using Engine.Tensors.Cpu;

namespace Engine.Classifiers.Clustering;

/// <summary>
/// Lloyd's iterations with Hamerly's bounds ("Making k-means even faster", SIAM Data Mining 2010): each row keeps an upper bound
/// on the distance to its centre and a lower bound on the distance to any other. While the upper bound is below the lower bound,
/// or below half the distance from its centre to the next, the row keeps its centre and no distance is computed. The resulting
/// centres are the same as without bounds.
/// </summary>
internal sealed class Lloyd
{
    // Rows per task.
    private const int Grain = 512;

    private readonly FeatureMatrix _x;
    private readonly int _threads;
    private readonly int[] _labels;
    private readonly double[] _upper;
    private readonly double[] _lower;
    private FeatureMatrix _centers;

    public Lloyd(FeatureMatrix x, FeatureMatrix centers, int threads)
    {
        (_x, _centers, _threads) = (x, centers, threads);
        (_labels, _upper, _lower) = (new int[x.Rows], new double[x.Rows], new double[x.Rows]);
    }

    /// <summary>
    /// Iterates until no row changes its centre or the squared movement of the centres is at most the tolerance.
    /// </summary>
    public KMeans Run(int maxIterations, double tolerance)
    {
        For(row => Assign(row));
        var iterations = 1;
        for (; iterations < maxIterations; iterations++)
        {
            var moved = MoveCenters();
            var squares = 0.0;
            foreach (var m in moved) squares += m * m;
            if (squares == 0) break;
            Relabel(moved);
            if (squares <= tolerance) break;
        }

        var inertia = 0.0;
        For(row => (_labels[row], _upper[row], _) = KMeans.Nearest(_x.Row(row), _centers));
        foreach (var square in _upper) inertia += square;
        return new(_centers, _labels, inertia, iterations);
    }

    private void Assign(int row)
    {
        var (center, first, second) = KMeans.Nearest(_x.Row(row), _centers);
        (_labels[row], _upper[row], _lower[row]) = (center, Math.Sqrt(first), Math.Sqrt(second));
    }

    // Moves centres to the means of their rows; returns how far each moved.
    private double[] MoveCenters()
    {
        var means = new FeatureMatrix(_centers.Rows, _centers.Columns);
        var counts = new int[_centers.Rows];
        for (var r = 0; r < _x.Rows; r++)
        {
            counts[_labels[r]]++;
            Vectors.AddScaled(means.Row(_labels[r]), 1, _x.Row(r));
        }

        FillEmpty(means, counts);
        var moved = new double[_centers.Rows];
        for (var c = 0; c < moved.Length; c++)
        {
            Vectors.Scale(means.Row(c), 1.0 / counts[c]);
            moved[c] = Math.Sqrt(Vectors.SquaredDistance(means.Row(c), _centers.Row(c)));
        }

        _centers = means;
        return moved;
    }

    // A centre without rows takes the row farthest from its own centre, as in scikit-learn.
    private void FillEmpty(FeatureMatrix sums, int[] counts)
    {
        for (var c = 0; c < counts.Length; c++)
        {
            if (counts[c] > 0) continue;
            var (farthest, distance) = (-1, -1.0);
            for (var r = 0; r < _x.Rows; r++)
            {
                if (counts[_labels[r]] < 2) continue;
                var own = Vectors.SquaredDistance(_x.Row(r), _centers.Row(_labels[r]));
                if (own > distance) (farthest, distance) = (r, own);
            }

            Vectors.AddScaled(sums.Row(_labels[farthest]), -1, _x.Row(farthest));
            counts[_labels[farthest]]--;
            Vectors.AddScaled(sums.Row(c), 1, _x.Row(farthest));
            counts[c]++;
            _labels[farthest] = c;
            (_upper[farthest], _lower[farthest]) = (double.PositiveInfinity, 0);
        }
    }

    private void Relabel(double[] moved)
    {
        // Half the distance from each centre to its nearest neighbour.
        var half = new double[moved.Length];
        Array.Fill(half, double.PositiveInfinity);
        for (var a = 0; a < half.Length; a++)
        {
            for (var b = a + 1; b < half.Length; b++)
            {
                var distance = Math.Sqrt(Vectors.SquaredDistance(_centers.Row(a), _centers.Row(b))) / 2;
                (half[a], half[b]) = (Math.Min(half[a], distance), Math.Min(half[b], distance));
            }
        }

        // For each centre, the largest movement of any other.
        var fastest = Array.IndexOf(moved, moved.Max());
        var next = moved.Where((_, c) => c != fastest).DefaultIfEmpty(0).Max();
        For(row =>
        {
            var label = _labels[row];
            _upper[row] += moved[label];
            _lower[row] -= label == fastest ? next : moved[fastest];
            var bound = Math.Max(_lower[row], half[label]);
            if (_upper[row] <= bound) return;
            _upper[row] = Math.Sqrt(Vectors.SquaredDistance(_x.Row(row), _centers.Row(label)));
            if (_upper[row] > bound) Assign(row);
        });
    }

    private void For(Action<int> body)
    {
        void Rows(int from, int to)
        {
            for (var row = from; row < to; row++) body(row);
        }

        if (_threads == 1) Rows(0, _x.Rows);
        else RowParallel.For(_x.Rows, Grain, Rows);
    }
}
