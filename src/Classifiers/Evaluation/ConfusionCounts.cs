namespace Engine.Classifiers.Evaluation;

/// <summary>
/// Counts how often each label was predicted for each true label. Stores only pairs that occur, because a full table grows with
/// the square of the number of labels.
/// </summary>
internal sealed class ConfusionCounts
{
    private readonly Dictionary<(int True, int Predicted), int> _counts = [];

    public ConfusionCounts(ReadOnlySpan<int> labels, ReadOnlySpan<int> predicted, int classes)
    {
        (Support, Predicted, Right) = (new int[classes], new int[classes], new int[classes]);
        for (var r = 0; r < labels.Length; r++)
        {
            Support[labels[r]]++;
            Predicted[predicted[r]]++;
            if (labels[r] == predicted[r]) Right[labels[r]]++;
            _counts[(labels[r], predicted[r])] = _counts.GetValueOrDefault((labels[r], predicted[r])) + 1;
        }
    }

    /// <summary>Tested rows of each label.</summary>
    public int[] Support { get; }

    /// <summary>Rows predicted as each label.</summary>
    public int[] Predicted { get; }

    /// <summary>Rows of each label that were predicted correctly.</summary>
    public int[] Right { get; }

    /// <summary>The whole table, [true label][predicted label].</summary>
    public int[][] ToMatrix()
    {
        var matrix = Array.ConvertAll(Support, _ => new int[Support.Length]);
        foreach (var ((label, predicted), count) in _counts) matrix[label][predicted] = count;
        return matrix;
    }

    /// <summary>The pairs of different labels that occur, the most frequent first, then in the order of the labels.</summary>
    public ConfusedPair[] Pairs(IReadOnlyList<string> names) =>
    [
        .. _counts.Where(c => c.Key.True != c.Key.Predicted)
            .OrderByDescending(c => c.Value).ThenBy(c => c.Key.True).ThenBy(c => c.Key.Predicted)
            .Select(c => new ConfusedPair(names[c.Key.True], names[c.Key.Predicted], c.Value)),
    ];
}
