using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// How a recording is cut: windows of equal length at equal steps. The remainder is ignored. At other rates, windows start at the
/// nearest sample.
/// </summary>
/// <param name="Audio">The recording, at the front end's rate, or a <see cref="RatedSource"/>.</param>
/// <param name="Length">Samples per window.</param>
/// <param name="Hop">Samples from the start of one window to the start of the next.</param>
/// <param name="OtherLengths">Samples per window at each of the other rates; null: there are none.</param>
internal sealed record WindowGrid(SampleSource Audio, int Length, int Hop, IReadOnlyList<int>? OtherLengths = null)
{
    /// <summary>How many windows there are: those that are complete at every rate.</summary>
    public int Count { get; } = CountOf(Audio, Length, Hop, OtherLengths);

    /// <summary>The samples of a window.</summary>
    public SampleSource this[int window] => From((long)window * Hop);

    /// <summary>The samples of a window that starts anywhere.</summary>
    public SampleSource From(long start)
    {
        if (Audio is not RatedSource rated) return Audio.Part(start, Length);
        return new RatedSource(rated.At(rated.SampleRate).Part(start, Length), [.. rated.Others.Select((other, i) =>
            other.Part(Math.Min(Start(start, Audio, other), other.Length - OtherLengths![i]), OtherLengths[i]))]);
    }

    /// <summary>A window's name in errors.</summary>
    public string Label(string name, int window) => Count == 1 ? name : $"{name}, segment {window}";

    /// <summary>The sample nearest to one of another rate.</summary>
    public static long Start(long start, int fromRate, int toRate) =>
        fromRate == toRate ? start : (long)Math.Round((double)start * toRate / fromRate);

    private static int CountOf(SampleSource audio, int length, int hop, IReadOnlyList<int>? otherLengths)
    {
        var count = checked((int)(1 + (audio.Length - length) / hop));
        // Rounding to whole samples may have left a rate one short of the last window.
        while (count > 0 && audio is RatedSource rated && rated.Others.Where((other, i) =>
            Start((count - 1L) * hop, audio, other) + otherLengths![i] > other.Length).Any()) count--;
        return count;
    }

    private static long Start(long start, SampleSource audio, SampleSource other) =>
        Start(start, audio.SampleRate, other.SampleRate);
}
