using System.Numerics;
using Engine.Tensors;

namespace Engine.Classifiers.Trees;

/// <summary>
/// Grows one classification tree (Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984), depth first,
/// with the stopping rules of scikit-learn. Exact thresholds consider every value in a node: its rows are sorted by setting a bit
/// for each rank and reading the bits in order, which is linear and does not branch on values. Random thresholds follow Geurts,
/// Ernst and Wehenkel, "Extremely randomized trees", 2006.
/// </summary>
/// <typeparam name="TCriterion">The impurity that splits minimise.</typeparam>
internal sealed class TreeGrower<TCriterion>
    where TCriterion : ICriterion
{
    // Reading a word of the bit map is this many times cheaper than sorting a row.
    private const int WordsPerRow = 4;

    private readonly TreeColumns _columns;
    private readonly int[] _labels;
    private readonly double[] _weights;
    private readonly ForestOptions _options;
    private readonly RandomStream _random;
    private readonly int[] _rows;
    private readonly int[] _drawn;
    private readonly int[] _ranks;
    private readonly int[] _nodeLabels;
    private readonly double[] _nodeWeights;
    private readonly double[] _values;
    private readonly ulong[] _bits;
    private readonly double[] _node;
    private readonly double[] _left;
    private readonly double[] _right;
    private readonly double[] _importance;
    private readonly List<TreeNode> _nodes = [];
    private readonly List<double> _mixed = [];
    private double _weight;
    private double _terms;
    private Cut _best;

    /// <summary>Prepares to grow a tree from the rows with positive weight.</summary>
    /// <param name="columns">All training rows.</param>
    /// <param name="labels">Their labels.</param>
    /// <param name="classes">How many labels there are.</param>
    /// <param name="weights">How much each row counts in this tree; 0: not at all.</param>
    /// <param name="options">The settings.</param>
    /// <param name="random">Draws columns and random thresholds.</param>
    public TreeGrower(
        TreeColumns columns, int[] labels, int classes, double[] weights, ForestOptions options, RandomStream random)
    {
        (_columns, _labels, _weights, _options, _random) = (columns, labels, weights, options, random);
        _rows = [.. Enumerable.Range(0, weights.Length).Where(r => weights[r] > 0)];
        _drawn = [.. Enumerable.Range(0, columns.Count)];
        (_ranks, _bits) = (new int[_rows.Length], new ulong[(weights.Length + 63) / 64]);
        var gathered = options.Thresholds == SplitThresholds.Random ? _rows.Length : 0;
        (_nodeLabels, _nodeWeights, _values) = (new int[gathered], new double[gathered], new double[gathered]);
        (_node, _left, _right) = (new double[classes], new double[classes], new double[classes]);
        _importance = new double[columns.Count];
    }

    /// <summary>Grows the tree.</summary>
    public GrownTree Grow()
    {
        var open = new Stack<Piece>();
        open.Push(new(0, _rows.Length, 0, -1));
        while (open.TryPop(out var piece))
        {
            if (piece.RightOf >= 0) _nodes[piece.RightOf] = _nodes[piece.RightOf] with { Next = _nodes.Count };
            var rows = _rows.AsSpan(piece.First, piece.End - piece.First);
            var present = Weigh(rows);
            if (present == 1 || !MayBeSplit(rows.Length, piece.Depth) || !Search(rows))
            {
                AddLeaf(present);
                continue;
            }

            _importance[_best.Column] += Math.Max(0, _best.Score - TCriterion.Score(_terms, _weight));
            var middle = piece.First + Partition(rows);
            open.Push(new(middle, piece.End, piece.Depth + 1, _nodes.Count));
            open.Push(new(piece.First, middle, piece.Depth + 1, -1));
            _nodes.Add(new(_best.Column, 0, Threshold()));
        }

        var sum = _importance.Sum();
        for (var c = 0; sum > 0 && c < _importance.Length; c++) _importance[c] /= sum;
        return new([.. _nodes], [.. _mixed], _importance);
    }

    private bool MayBeSplit(int rows, int depth) =>
        !(depth >= _options.MaxDepth) && rows >= _options.MinSamplesSplit && rows >= 2L * _options.MinSamplesLeaf;

    // The node's weight by class, and how many classes it holds.
    private int Weigh(ReadOnlySpan<int> rows)
    {
        _node.AsSpan().Clear();
        foreach (var row in rows) _node[_labels[row]] += _weights[row];
        (_weight, _terms) = (0, 0);
        var present = 0;
        foreach (var weight in _node)
        {
            if (weight > 0) present++;
            _weight += weight;
            _terms += TCriterion.Term(weight);
        }

        return present;
    }

    private void AddLeaf(int present)
    {
        if (present == 1)
        {
            _nodes.Add(new(TreeNode.Leaf, Array.FindIndex(_node, w => w > 0), 0));
            return;
        }

        _nodes.Add(new(TreeNode.Leaf, _node.Length + _mixed.Count / _node.Length, 0));
        foreach (var weight in _node) _mixed.Add(weight / _weight);
    }

    // As in scikit-learn, constant columns count among those drawn, but drawing continues until one is not constant.
    private bool Search(ReadOnlySpan<int> rows)
    {
        _best = new(-1, 0, 0, 0, double.NegativeInfinity);
        if (_options.Thresholds == SplitThresholds.Random) Gather(rows);
        var (wanted, varying) = (_options.MaxFeatures.Of(_drawn.Length), false);
        for (var drawn = 0; drawn < _drawn.Length && (drawn < wanted || !varying); drawn++)
        {
            var pick = drawn + _random.NextInt(_drawn.Length - drawn);
            (_drawn[drawn], _drawn[pick]) = (_drawn[pick], _drawn[drawn]);
            varying |= _options.Thresholds == SplitThresholds.Best
                ? TryEveryCut(_drawn[drawn], rows) : TryRandomCut(_drawn[drawn], rows);
        }

        return _best.Column >= 0;
    }

    // Every column that a node tries reads its labels and weights: side by side they are read in order.
    private void Gather(ReadOnlySpan<int> rows)
    {
        for (var i = 0; i < rows.Length; i++) (_nodeLabels[i], _nodeWeights[i]) = (_labels[rows[i]], _weights[rows[i]]);
    }

    // False if the column is constant here.
    private bool TryEveryCut(int column, ReadOnlySpan<int> rows)
    {
        var ranks = SortedRanks(_columns.Sorted.Rank(column), rows);
        var order = _columns.Sorted.Order(column);
        var level = _columns.Sorted.Level(column);
        if (level[ranks[0]] == level[ranks[^1]]) return false;
        _left.AsSpan().Clear();
        _node.CopyTo(_right.AsSpan());
        var (left, right) = (_left, _right);
        var (leftWeight, leftTerms, rightTerms) = (0.0, 0.0, _terms);
        var (first, last) = (_options.MinSamplesLeaf - 1, ranks.Length - 1 - _options.MinSamplesLeaf);
        for (var i = 0; i <= last; i++)
        {
            var row = order[ranks[i]];
            var (label, weight) = (_labels[row], _weights[row]);
            leftTerms += TCriterion.Term(left[label] + weight) - TCriterion.Term(left[label]);
            rightTerms += TCriterion.Term(right[label] - weight) - TCriterion.Term(right[label]);
            left[label] += weight;
            right[label] -= weight;
            leftWeight += weight;
            if (i < first || level[ranks[i]] == level[ranks[i + 1]]) continue;
            var score = TCriterion.Score(leftTerms, leftWeight) + TCriterion.Score(rightTerms, _weight - leftWeight);
            if (score > _best.Score) _best = new(column, ranks[i], ranks[i + 1], 0, score);
        }

        return true;
    }

    // False if the column is constant here.
    private bool TryRandomCut(int column, ReadOnlySpan<int> rows)
    {
        var all = _columns.Values(column);
        var values = _values.AsSpan(0, rows.Length);
        var (smallest, largest) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var i = 0; i < rows.Length; i++)
        {
            var value = all[rows[i]];
            values[i] = value;
            if (value < smallest) smallest = value;
            if (value > largest) largest = value;
        }

        if (smallest == largest) return false;
        var share = _random.NextDouble();
        var threshold = (1 - share) * smallest + share * largest;
        if (!(threshold < largest)) threshold = smallest;

        // Which side a row falls on is unpredictable, so nothing branches on it.
        var left = _left.AsSpan();
        left.Clear();
        var labels = _nodeLabels.AsSpan(0, rows.Length);
        var weights = _nodeWeights.AsSpan(0, rows.Length);
        var leftRows = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var isLeft = values[i] <= threshold ? 1 : 0;
            left[labels[i]] += weights[i] * isLeft;
            leftRows += isLeft;
        }

        if (Math.Min(leftRows, rows.Length - leftRows) < _options.MinSamplesLeaf) return true;
        var (leftWeight, leftTerms, rightTerms) = (0.0, 0.0, 0.0);
        for (var k = 0; k < _left.Length; k++)
        {
            leftWeight += _left[k];
            leftTerms += TCriterion.Term(_left[k]);
            rightTerms += TCriterion.Term(_node[k] - _left[k]);
        }

        var score = TCriterion.Score(leftTerms, leftWeight) + TCriterion.Score(rightTerms, _weight - leftWeight);
        if (score > _best.Score) _best = new(column, 0, 0, threshold, score);
        return true;
    }

    private Span<int> SortedRanks(ReadOnlySpan<int> rank, ReadOnlySpan<int> rows)
    {
        var ranks = _ranks.AsSpan(0, rows.Length);
        if (_bits.Length > WordsPerRow * rows.Length)
        {
            for (var i = 0; i < rows.Length; i++) ranks[i] = rank[rows[i]];
            ranks.Sort();
            return ranks;
        }

        foreach (var row in rows) _bits[rank[row] >> 6] |= 1UL << (rank[row] & 63);
        var next = 0;
        for (var word = 0; word < _bits.Length; word++)
        {
            for (var bits = _bits[word]; bits != 0; bits &= bits - 1)
                ranks[next++] = (word << 6) + BitOperations.TrailingZeroCount(bits);
            _bits[word] = 0;
        }

        return ranks;
    }

    // A stable partition, left child first, which keeps memory reads in order; returns the number of left rows.
    private int Partition(Span<int> rows)
    {
        var right = _ranks.AsSpan(0, rows.Length);
        var middle = 0;
        if (_options.Thresholds == SplitThresholds.Random)
        {
            var values = _columns.Values(_best.Column);
            for (var i = 0; i < rows.Length; i++)
            {
                var row = rows[i];
                (rows[middle], right[i - middle]) = (row, row);
                middle += values[row] <= _best.Threshold ? 1 : 0;
            }
        }
        else
        {
            var rank = _columns.Sorted.Rank(_best.Column);
            for (var i = 0; i < rows.Length; i++)
            {
                var row = rows[i];
                (rows[middle], right[i - middle]) = (row, row);
                middle += rank[row] <= _best.Below ? 1 : 0;
            }
        }

        right[..(rows.Length - middle)].CopyTo(rows[middle..]);
        return middle;
    }

    // Halved before adding because the sum may overflow; the midpoint may round up to the larger value.
    private double Threshold()
    {
        if (_options.Thresholds == SplitThresholds.Random) return _best.Threshold;
        var (below, above) = (_columns.Sorted.Value(_best.Column, _best.Below), _columns.Sorted.Value(_best.Column, _best.Above));
        var middle = below / 2 + above / 2;
        return middle >= below && middle < above ? middle : below;
    }

    // Rows [First, End) that still need a node: the right child of RightOf, or a left child (-1).
    private readonly record struct Piece(int First, int End, int Depth, int RightOf);

    // A cut between two ranks of a column.
    private readonly record struct Cut(int Column, int Below, int Above, double Threshold, double Score);
}
