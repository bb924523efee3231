using System.Buffers;
using Engine.Dsp;

namespace Engine.Classifiers.Pipeline.FrontEnds;

/// <summary>
/// Draws the mel spectrogram of a window. Resized before it is coloured: of three channels one is resized, and no colour comes
/// up that the map does not have.
/// </summary>
internal sealed class PictureWindows : WindowExtractor
{
    private const float Range = 80;

    private readonly MelPicture _spec;
    private readonly MelSpectrogram _mel;
    private readonly Levels _levels = new(LogScale.Db, amplitude: false, DecibelReference.Max, Range);
    private readonly AxisResize _vertical;
    private readonly ColorMap _colors;

    public PictureWindows(MelPicture spec, int sampleRate)
    {
        _spec = spec;
        _mel = new(new StftOptions { FftSize = spec.FftSize, HopLength = spec.HopLength }, new MelOptions { SampleRate = sampleRate, Bands = spec.Bands });
        _vertical = new(spec.Bands, spec.Height);
        _colors = new(spec.ColorMap);
    }

    public override IReadOnlyList<int> Sizes(int samples) => [3, _spec.Height, _spec.Width];

    public override void Extract(ReadOnlySpan<float> samples, Span<float> window)
    {
        var (width, height, bands) = (_spec.Width, _spec.Height, _spec.Bands);
        var decibels = _levels.Of(_mel.Compute(samples));
        if (FrontEnd.IndexOfNotFinite(decibels.Data) >= 0)
        {
            // A colour would hide it from the caller, who reports it.
            window.Fill(float.NaN);
            return;
        }

        var scratch = ArrayPool<float>.Shared.Rent(2 * width * bands + width * height);
        var columns = scratch.AsSpan(0, width * bands);
        var rows = scratch.AsSpan(columns.Length, columns.Length);
        var picture = scratch.AsSpan(2 * columns.Length, width * height);
        new AxisResize(decibels.Count, width).Apply(decibels.Data, columns, bands);
        Matrices.Transpose(columns, rows, width, bands);
        _vertical.Apply(rows, picture, width);
        Color(picture, window);
        ArrayPool<float>.Shared.Return(scratch);
    }

    // The lowest bin's row comes first in the spectrogram and last in the picture.
    private void Color(ReadOnlySpan<float> decibels, Span<float> window)
    {
        var (width, pixels) = (_spec.Width, decibels.Length);
        var (red, green, blue) = (_colors.Channels[0], _colors.Channels[1], _colors.Channels[2]);
        for (var y = 0; y < _spec.Height; y++)
        {
            var row = decibels.Slice((_spec.Height - 1 - y) * width, width);
            var start = y * width;
            for (var x = 0; x < row.Length; x++)
            {
                var level = Math.Clamp((int)((row[x] + Range) * (ColorMap.Count / Range)), 0, ColorMap.Count - 1);
                window[start + x] = red[level];
                window[start + x + pixels] = green[level];
                window[start + x + 2 * pixels] = blue[level];
            }
        }
    }
}
