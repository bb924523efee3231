namespace Engine.Classifiers.Selection;

/// <summary>
/// Cuts one axis so that the cells carry as much information as possible about the rows of a grid: dynamic programming over the
/// few places where a cut can help (OptimizeXAxis of Reshef et al. 2011, supporting material 3.2.2).
/// </summary>
internal sealed class AxisPartition
{
    private readonly int _rows;
    private readonly int _clumps;

    // Number of values of each row before the end of each clump, [clumps + 1, rows], and in total.
    private readonly int[] _before;
    private readonly int[] _totals;

    /// <summary>Prepares an axis, given the row of each of its values and the maximum number of clumps.</summary>
    public AxisPartition(SortedValues axis, int[] row, int rows, int maxClumps)
    {
        _rows = rows;
        var ends = Merge(Clumps(axis, row), maxClumps, row.Length);
        _clumps = ends.Count;
        (_before, _totals) = (new int[(_clumps + 1) * rows], new int[_clumps + 1]);
        for (int clump = 1, i = 0; clump <= _clumps; clump++)
        {
            _before.AsSpan((clump - 1) * rows, rows).CopyTo(_before.AsSpan(clump * rows, rows));
            for (; i < ends[clump - 1]; i++) _before[clump * rows + row[axis.Order[i]]]++;
            _totals[clump] = i;
        }
    }

    /// <summary>
    /// The largest mutual information, in nats, with 2, 3, … <paramref name="columns"/> cells, indexed by the number of cells.
    /// </summary>
    public double[] Information(int columns)
    {
        var information = new double[columns + 1];
        if (_clumps < 2) return information;
        var n = (double)_totals[_clumps];
        var ofRows = CellEntropy(0, _clumps) / n;

        // parts[s, t]: n times the entropy of the rows within one cell from clump s to clump t. best[t]: the least sum of these
        // over the cells up to clump t; the information is the rows' entropy minus best / n.
        var parts = new double[(_clumps + 1) * (_clumps + 1)];
        for (var t = 1; t <= _clumps; t++)
        {
            for (var s = 0; s < t; s++) parts[t * (_clumps + 1) + s] = CellEntropy(s, t);
        }

        var (best, next) = (new double[_clumps + 1], new double[_clumps + 1]);
        for (var t = 0; t <= _clumps; t++) best[t] = parts[t * (_clumps + 1)];
        for (var cells = 2; cells <= columns; cells++)
        {
            if (cells <= _clumps)
            {
                for (var t = cells; t <= _clumps; t++)
                {
                    var least = double.PositiveInfinity;
                    var row = parts.AsSpan(t * (_clumps + 1), t);
                    for (var s = cells - 1; s < t; s++) least = Math.Min(least, best[s] + row[s]);
                    next[t] = least;
                }

                (best, next) = (next, best);
            }

            information[cells] = Math.Max(0, ofRows - best[_clumps] / n);
        }

        return information;
    }

    // Ends of the clumps; a cut can only help between clumps, because the values in one are all in the same row, or equal.
    private static List<int> Clumps(SortedValues axis, int[] row)
    {
        var ends = new List<int>();
        var (order, values) = (axis.Order, axis.Values);
        var last = -2;
        for (int from = 0, to; from < order.Length; from = to)
        {
            var only = row[order[from]];
            for (to = from + 1; to < order.Length && values[order[to]] == values[order[from]]; to++)
            {
                if (row[order[to]] != only) only = -1;
            }

            if (only >= 0 && only == last) ends[^1] = to;
            else ends.Add(to);
            last = only;
        }

        return ends;
    }

    // Joins neighbouring clumps into at most `most`, with counts as equal as possible.
    private static List<int> Merge(List<int> ends, int most, int count)
    {
        if (ends.Count <= most) return ends;
        var merged = new List<int>();
        var (start, desired) = (0, (double)count / most);
        for (var i = 0; i < ends.Count; i++)
        {
            var (size, with) = ((i == 0 ? 0 : ends[i - 1]) - start, ends[i] - start);
            if (size <= 0 || Math.Abs(with - desired) < Math.Abs(size - desired)) continue;
            start += size;
            merged.Add(start);
            desired = (double)(count - start) / (most - merged.Count);
        }

        merged.Add(count);
        return merged;
    }

    // Σ over rows of m·ln(total / m).
    private double CellEntropy(int from, int to)
    {
        double total = _totals[to] - _totals[from], sum = total * Math.Log(total);
        for (var r = 0; r < _rows; r++)
        {
            double count = _before[to * _rows + r] - _before[from * _rows + r];
            if (count > 0) sum -= count * Math.Log(count);
        }

        return Math.Max(0, sum);
    }
}
