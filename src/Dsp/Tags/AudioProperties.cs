using Engine.Dsp.Audio;

namespace Engine.Dsp.Tags;

/// <summary>What the headers of a music file say about its audio; nothing is decoded.</summary>
/// <param name="Format">The format, such as <c>MP3</c> or <c>Ogg Vorbis</c>.</param>
/// <param name="Duration">Seconds, or null if the headers do not tell.</param>
/// <param name="SampleRate">Samples per second, or null if the headers do not tell.</param>
/// <param name="Channels">Channels, or null if the headers do not tell.</param>
public sealed record AudioProperties(string Format, double? Duration, int? SampleRate, int? Channels)
{
    /// <summary>Whether a recording may have this rate and this many channels.</summary>
    internal static bool IsPlausible(long rate, long channels) =>
        rate is >= AudioHeader.LowestRate and <= AudioHeader.HighestRate && channels is > 0 and <= AudioHeader.MostChannels;
}
