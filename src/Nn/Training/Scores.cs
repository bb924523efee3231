namespace Engine.Nn.Training;

/// <summary>Loss and accuracy of a network's scores [N, classes], in double precision and row order.</summary>
internal static class Scores
{
    /// <summary>The sum over rows of -ln softmax(scores)[label].</summary>
    public static double CrossEntropy(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels)
    {
        var classes = scores.Length / labels.Length;
        double total = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var row = scores.Slice(i * classes, classes);
            double highest = double.NegativeInfinity, sum = 0;
            foreach (var score in row) highest = Math.Max(highest, score);
            foreach (var score in row) sum += Math.Exp(score - highest);
            total += highest + Math.Log(sum) - row[labels[i]];
        }

        return total;
    }

    /// <summary>The number of rows whose label has the highest score; ties go to the first.</summary>
    public static int Correct(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels)
    {
        var classes = scores.Length / labels.Length;
        var correct = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var row = scores.Slice(i * classes, classes);
            var best = 0;
            for (var c = 1; c < classes; c++)
            {
                if (row[c] > row[best]) best = c;
            }

            if (best == labels[i]) correct++;
        }

        return correct;
    }

    /// <summary>The same for rows that may be mixtures: each counts for both labels by their shares.</summary>
    public static double Correct(
        ReadOnlySpan<float> scores, ReadOnlySpan<int> labels, ReadOnlySpan<int> partnerLabels, double share)
    {
        var own = Correct(scores, labels);
        return share == 1 ? own : share * own + (1 - share) * Correct(scores, partnerLabels);
    }
}
