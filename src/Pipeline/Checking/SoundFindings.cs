using System.Globalization;

namespace Engine.Pipeline.Checking;

/// <summary>What is wrong with single recordings, and which are the same.</summary>
internal static class SoundFindings
{
    // Loud masters have some clipped samples; one in a hundred is heard.
    private const double Clipped = 0.01;

    /// <summary>The findings among songs.</summary>
    public static IEnumerable<Finding> Of(IReadOnlyList<CheckedSong> songs, double shortest)
    {
        CheckedSong[] sound = [.. songs.Where(s => s.IsSound)];
        var bands = new BandLimits([.. sound.Select(s => (double)s.Measures!.Sound.Bandwidth)]);
        return
        [
            .. Each(FindingKind.Unreadable, songs.Where(s => s.Error is not null), s => (s.Error!, 0)),
            .. Each(FindingKind.Damaged, songs.Where(s => s.Measures?.Damage is not null), s => (s.Measures!.Damage!, 0)),
            .. Each(FindingKind.Silent, songs.Where(s => s.IsSilent), Silence),
            .. Each(FindingKind.OutOfPhase, songs.Where(s => s.IsOutOfPhase), Phase),
            .. Each(FindingKind.Short, songs.Where(s => s.Measures?.Seconds < shortest),
                s => (Text($"{s.Measures!.Seconds:0.##} s long"), -s.Measures!.Seconds)),
            .. Each(FindingKind.Clipped, sound.Where(s => s.Measures!.ClippedShare >= Clipped),
                s => (Text($"{100 * s.Measures!.ClippedShare:0.#} % of its samples are clipped"), s.Measures!.ClippedShare)),
            .. Each(FindingKind.BandLimited, sound.Where(s => bands.IsLimited(s.Measures!.Sound.Bandwidth)), s => Band(s, bands)),
            .. Finding.OfCopies(sound, s => s.Measures!.Sound.Digest, s => s.Recording.Label, Copy),
        ];
    }

    private static IEnumerable<Finding> Each(
        FindingKind kind, IEnumerable<CheckedSong> songs, Func<CheckedSong, (string Detail, double Weight)> describe) =>
        Finding.Of(kind, songs.Select(s =>
        {
            var (detail, weight) = describe(s);
            return new FoundItem([s.Recording.RelativePath], detail, weight);
        }));

    private static (string, double) Silence(CheckedSong song) => song.Measures!.MeanShare is null
        ? ("all samples are 0", double.MaxValue)
        : (Text($"its level is {Decibels(song.Measures.Level * song.Measures.Level):0} dB"), -song.Measures.Level);

    private static (string, double) Band(CheckedSong song, BandLimits bands)
    {
        var band = song.Measures!.Sound.Bandwidth;
        return (Text($"ends at {band / 1000:0.#} kHz, most others at {bands.Usual / 1000:0.#} kHz or above"), -band);
    }

    private static (string, double) Phase(CheckedSong song) => song.Measures!.MeanShare is not { } share || share < 1e-6
        ? ("its channels cancel each other out", double.MaxValue)
        : (Text($"the mean of its channels is {-Decibels(share):0} dB quieter than the channels"), -share);

    private static FoundItem Copy(CheckedSong[] group)
    {
        var first = group[0].Measures!.ContentHash.Span;
        var areFiles = true;
        foreach (var song in group) areFiles &= song.Measures!.ContentHash.Span.SequenceEqual(first);
        return new([.. group.Select(s => s.Recording.RelativePath)],
            areFiles ? "the same file" : "the same sound in different files", group.Length);
    }

    private static double Decibels(double power) => 10 * Math.Log10(power);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
