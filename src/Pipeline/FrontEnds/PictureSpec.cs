using System.Text.Json.Serialization;
using Engine.Dsp;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Tensors;

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
    [property: Range(Minimum = 1), JsonPropertyName("n_fft")] int FftSize = 2048,
    [property: Range(Minimum = 1)] int HopLength = 512,
    [property: Range(Minimum = 1), JsonPropertyName("n_mels")] int Bands = 128,
    [property: Range(1, 4096)] int Width = 400,
    [property: Range(1, 4096)] int Height = 400,
    ColorMapKind ColorMap = ColorMapKind.Magma) : WindowSpec
{
    internal override WindowExtractor CreateWindows(int sampleRate) => new PictureWindows(this, sampleRate);

    internal override WindowAxes Axes(int sampleRate, int samples, int columns)
    {
        // As in PictureWindows: frames and bands are resized to pixels, and the lowest band is the last row.
        var frames = new Stft(new StftOptions { FftSize = FftSize, HopLength = HopLength }).FrameCount(samples);
        var top = Mel.FromHertz(sampleRate / 2.0);
        var seconds = AxisResize.Places(frames, columns).Select(t => t * HopLength / sampleRate);
        var hertz = AxisResize.Places(Bands, Height).Select(b => Mel.ToHertz(top * (b + 1) / (Bands + 1)));
        return new(WindowRows.MelBands, [.. seconds], [.. hertz.Reverse()], "colour");
    }

    internal override int MinimumSamples => FftSize;

    internal override double ValueCount(double samples) => 3.0 * Width * Height;

    internal override void AddNeeds(PartNeeds needs)
    {
        needs.AddMel(FftSize, HopLength, Bands);
        needs.Add(Height > Bands ? "width" : "n_mels", "the picture's rows and columns",
            sizeof(float) * Width * (2.0 * Bands + Height));
    }

    internal override bool HasFixedSizes => true;
}
