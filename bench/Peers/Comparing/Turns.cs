namespace Engine.Peers.Comparing;

/// <summary>One measurement.</summary>
/// <param name="Milliseconds">The time of a call.</param>
/// <param name="Disturbance">The share of that time during which others worked, or the side waited for a processor.</param>
internal readonly record struct Sample(double Milliseconds, double Disturbance);

/// <summary>The measurements of one side.</summary>
internal sealed class SampleSet
{
    /// <summary>A sample whose disturbance is below this is clean.</summary>
    public const double Limit = 0.08;

    private readonly List<Sample> _samples = [];

    public IReadOnlyList<Sample> All => _samples;

    public int Clean => _samples.Count(s => s.Disturbance < Limit);

    public void Add(Sample sample) => _samples.Add(sample);

    /// <summary>
    /// The median time of the clean samples; if there are fewer than <paramref name="least"/>, of the least disturbed ones.
    /// </summary>
    public double Median(int least)
    {
        var best = _samples.OrderBy(s => s.Disturbance).Take(Math.Max(least, Clean));
        double[] times = [.. best.Select(s => s.Milliseconds).Order()];
        return (times[(times.Length - 1) / 2] + times[times.Length / 2]) / 2;
    }
}

/// <summary>Lets sides take turns, so that the machine's moods affect all of them equally.</summary>
internal static class Turns
{
    // Each side is asked at most this many times as often as rounds are wanted.
    private const int MostRepeats = 5;

    /// <summary>
    /// Asks each side once a round, and goes on after the rounds wanted, as long as time is left, until each side has as many
    /// clean samples as rounds were wanted.
    /// </summary>
    /// <param name="sides">Make one measurement each.</param>
    /// <param name="rounds">Rounds wanted.</param>
    /// <param name="hasTime">Whether there is time for a round more than those wanted.</param>
    public static IReadOnlyList<SampleSet> Take(IReadOnlyList<Func<Sample>> sides, int rounds, Func<bool> hasTime)
    {
        SampleSet[] samples = [.. sides.Select(_ => new SampleSet())];
        for (var done = 0; done < rounds || (done < MostRepeats * rounds && IsWanting() && hasTime()); done++)
        {
            for (var i = 0; i < samples.Length; i++) samples[i].Add(sides[i]());
        }

        return samples;

        bool IsWanting() => samples.Any(s => s.Clean < rounds);
    }
}
