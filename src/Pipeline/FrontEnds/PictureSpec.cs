using System.Text.Json.Serialization;
using Engine.Classifiers;

namespace Engine.Pipeline.FrontEnds;

/// <summary>How levels become colours.</summary>
public enum ColorMapKind
{
    /// <summary>matplotlib's and viridis' "magma": black, purple, orange, pale yellow.</summary>
    Magma,

    /// <summary>Black to white.</summary>
    Gray,
}

/// <summary>
/// The mel spectrogram of a window as a colour picture: <c>[3, height, width]</c>, red, green and blue from 0 to 1 in steps of
/// 1/255 as a PNG file would keep them; time runs to the right, low frequencies are at the bottom. Decibels below the window's
/// largest value, of which 80 are kept (<c>librosa.power_to_db(ref=np.max)</c>), span the colours.
/// </summary>
/// <param name="FftSize">Points of the transform (<c>n_fft</c>).</param>
/// <param name="HopLength">Samples between frames (<c>hop_length</c>).</param>
/// <param name="Bands">Mel bands (<c>n_mels</c>).</param>
/// <param name="Width">The picture's width in pixels.</param>
/// <param name="Height">Its height.</param>
/// <param name="ColorMap">Its colours.</param>
public sealed record MelPicture(
    [property: JsonPropertyName("n_fft")] int FftSize = 2048,
    int HopLength = 512,
    [property: JsonPropertyName("n_mels")] int Bands = 128,
    int Width = 400,
    int Height = 400,
    ColorMapKind ColorMap = ColorMapKind.Magma) : WindowSpec
{
    private const int MaxSide = 4096;

    internal override int MinimumSamples => FftSize;

    internal override bool HasFixedSizes => true;

    private protected override void ValidateParameters(string at, RangeCheck check, int sampleRate)
    {
        CheckFrames(at, check, FftSize, HopLength);
        check.AtLeast($"{at}.n_mels", Bands, 1);
        check.Between($"{at}.width", Width, 1, MaxSide);
        check.Between($"{at}.height", Height, 1, MaxSide);
    }
}
