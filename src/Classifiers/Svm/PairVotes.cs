namespace Engine.Classifiers.Svm;

/// <summary>Ranks classes from the decisions of pairs, without calibration.</summary>
internal static class PairVotes
{
    /// <summary>
    /// Computes shares summing to 1 that rank the classes by votes and, on ties, by the sum of their margins, squeezed below a
    /// third of a vote (as in scikit-learn's one-versus-rest decision function).
    /// </summary>
    /// <param name="decisions">Decisions of the pairs (0, 1), (0, 2), …: above 0 for the first class.</param>
    /// <param name="lowestFirst">
    /// Whether the lowest class among those with the most votes comes first regardless of margins, as LIBSVM predicts; it then
    /// trades places with the one that the margins prefer.
    /// </param>
    /// <param name="shares">Receives one share per class.</param>
    public static void Rank(ReadOnlySpan<double> decisions, bool lowestFirst, Span<double> shares)
    {
        Span<double> margins = new double[shares.Length];
        shares.Clear();
        for (int a = 0, pair = 0; a < shares.Length; a++)
        {
            for (var b = a + 1; b < shares.Length; b++, pair++)
            {
                shares[decisions[pair] > 0 ? a : b]++;
                margins[a] += decisions[pair];
                margins[b] -= decisions[pair];
            }
        }

        var winner = LowestLargest(shares);
        double total = 0;
        for (var c = 0; c < shares.Length; c++)
        {
            shares[c] += (1 + margins[c] / (Math.Abs(margins[c]) + 1)) / 3;
            total += shares[c];
        }

        var preferred = LowestLargest(shares);
        if (lowestFirst) (shares[winner], shares[preferred]) = (shares[preferred], shares[winner]);
        foreach (ref var share in shares) share /= total;
    }

    /// <summary>
    /// The order of <see cref="Rank"/>, but the values of soft votes: a pair with the decision f gives its first class
    /// 1 / (1 + e⁻²ᶠ), and its second the rest.
    /// </summary>
    /// <param name="decisions">As in <see cref="Rank"/>.</param>
    /// <param name="shares">Receives one share per class; they sum to 1.</param>
    public static void Soft(ReadOnlySpan<double> decisions, Span<double> shares)
    {
        Rank(decisions, lowestFirst: false, shares);
        double[] order = [.. shares], votes = new double[shares.Length];
        var places = new int[shares.Length];
        for (int a = 0, pair = 0; a < votes.Length; a++)
        {
            // Of equal shares the lower class comes first, as everywhere: it gets the larger value.
            places[a] = votes.Length - 1 - a;
            for (var b = a + 1; b < votes.Length; b++, pair++)
            {
                var vote = 1 / (1 + Math.Exp(-2 * decisions[pair]));
                votes[a] += vote;
                votes[b] += 1 - vote;
            }
        }

        places = [.. places.OrderBy(c => order[c])];
        Array.Sort(votes);
        var total = votes.Sum();
        for (var k = 0; k < places.Length; k++)
        {
            ref var share = ref shares[places[k]];
            share = votes[k] / total;
            // Where decisions are large, soft votes are whole ones and may tie where the margins decided.
            if (k > 0 && order[places[k]] > order[places[k - 1]] && share <= shares[places[k - 1]])
                share = Math.BitIncrement(shares[places[k - 1]]);
        }
    }

    private static int LowestLargest(ReadOnlySpan<double> values)
    {
        var best = 0;
        for (var c = 1; c < values.Length; c++)
        {
            if (values[c] > values[best]) best = c;
        }

        return best;
    }
}
