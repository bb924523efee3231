using System.Globalization;
using System.Text.RegularExpressions;
using Engine.Dsp.Audio;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp.Audio;

/// <summary>
/// Files of every format that is read here, each cut, corrupted and tagged in every way. The outcome follows from what the format
/// says of itself, <see cref="Specimen"/>, and from what was done to it, <see cref="Harm"/>:
/// <list type="bullet">
/// <item>What is not part of the recording changes nothing; only MPEG audio is found behind rubbish.</item>
/// <item>Without a whole header there is no recording.</item>
/// <item>A format that declares its length says how many seconds are missing, and is refused if they are more than half.</item>
/// <item>Ogg does not, but numbers its parts and marks its end, so it knows what is missing before that. MPEG audio without a tag
/// that counts its frames knows neither what is missing at its end nor which whole frames are missing.</item>
/// <item>Whatever is wrong, a refusal is one line that names the file.</item>
/// </list>
/// </summary>
public partial class DamageMatrixTests
{
    public static TheoryData<string> Names => [.. Specimens.All.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_WhateverIsDone_TheOutcomeIsRight(string name)
    {
        var specimen = Specimens.All.Single(s => s.Name == name);
        var whole = Recordings.Decode(specimen.Bytes, name);
        Assert.Null(whole.Damage);
        foreach (var harm in Harm.All) Check(specimen, whole, harm);
    }

    [Fact]
    public void Specimens_AreOfEveryNativeFormat() => Assert.Equal(
        ["AIFF", "AU", "CAF", "FLAC", "MP3", "Ogg", "WAV"],
        Specimens.All.Select(s => AudioContent.Sniff(s.Bytes)!).Distinct().Order(StringComparer.Ordinal));

    private static void Check(Specimen specimen, AudioSignal whole, Harm harm)
    {
        var what = $"{specimen.Name}, {harm.Name}";
        AudioSignal signal;
        try
        {
            signal = Recordings.Decode(harm.Do(specimen), specimen.Name);
        }
        catch (AudioFormatException e)
        {
            Assert.True(e.Message.StartsWith($"{specimen.Name}: ", StringComparison.Ordinal) && !e.Message.Contains('\n'), what);
            Assert.True(IsRefusedRightly(specimen, harm, e.Message), $"{what}: {e.Message}");
            return;
        }

        Assert.True(harm.Kind != HarmKind.Header, $"{what}: must be refused");
        if (harm.Kind == HarmKind.Before) Assert.True(specimen.IsFound, $"{what}: must be refused");
        if (harm.Kind is HarmKind.Before or HarmKind.Beside)
        {
            Assert.True(signal.Damage is null, $"{what}: {signal.Damage}");
            Assert.True(whole.Samples.AsSpan().SequenceEqual(signal.Samples), $"{what}: other samples");
            return;
        }

        Assert.Equal(whole.SampleRate, signal.SampleRate);
        var (missing, said) = (Seconds(whole) - Seconds(signal), Said(signal.Damage));
        if (harm.Kind == HarmKind.Cut && !specimen.DeclaresLength)
        {
            // How much there was, nobody knows; Ogg has a mark at its end.
            Assert.True(missing > 0, what);
            Assert.True(said is null && signal.Damage is not null == specimen.HasEndMark, $"{what}: {signal.Damage}");
            return;
        }

        if (harm.IsGap && !specimen.DeclaresLength && !specimen.HasChecksums)
        {
            Assert.True((said ?? 0) <= missing + specimen.Tolerance, $"{what}: {signal.Damage}");
            return;
        }

        // Never silently short, and never a wrong number.
        var error = Math.Abs(missing - (said ?? 0));
        Assert.True(said is null ? missing <= specimen.Tolerance : error <= specimen.Tolerance + 0.005,
            $"{what}: {missing:0.###} s are missing, but it says: {signal.Damage}");
        Assert.True(missing < Seconds(whole) / 2 + specimen.Tolerance, $"{what}: more than half is missing");
        // Where a block twice leaves each part whole once, nothing is lost.
        if (specimen.HasChecksums && harm.Kind == HarmKind.Inside)
        {
            Assert.True(signal.Damage is not null || whole.Samples.AsSpan().SequenceEqual(signal.Samples),
                $"{what}: must be noticed");
        }

        if (harm.Kind == HarmKind.Cut && specimen.IsExact)
        {
            Assert.True(whole.Samples.AsSpan().StartsWith(signal.Samples), $"{what}: other samples before the cut");
        }
    }

    // Nothing is refused that can be heard.
    private static bool IsRefusedRightly(Specimen specimen, Harm harm, string message) => harm.Kind switch
    {
        HarmKind.Header => true,
        HarmKind.Before => !specimen.IsFound,
        HarmKind.Cut => message.Contains(specimen.DeclaresLength ? "more than half" : "no samples") && harm.Share <= 0.5,
        HarmKind.Inside => message.Contains("more than half") && specimen.HasChecksums,
        _ => false,
    };

    private static double Seconds(AudioSignal signal) => (double)signal.Samples.Length / signal.SampleRate;

    private static double? Said(string? damage) => damage is not null && Missing().Match(damage) is { Success: true } match
        ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"^([\d.]+) s of its [\d.]+ s are missing")]
    private static partial Regex Missing();
}
