using System.Buffers;
using Engine.Dsp;
using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// Draws the mel spectrogram of a window. It is resized before it is coloured, so only one channel is resized rather than three,
/// and no colour appears that is not in the map.
/// </summary>
internal sealed class PictureWindows : WindowExtractor
{
    // Decibels below the loudest, and librosa's amin: powers below it count as it.
    private const float Range = 80, MinPower = 1e-10f;

    // The values of a spectrogram for which there is memory: 36 s at the usual rate, bands and hop.
    private const int MostKept = 200_000;

    private delegate void BlockMap(Span<float> block);

    private readonly MelPicture _spec;
    private readonly MelSpectrogram _mel;
    private readonly AxisResize _vertical;
    private readonly ColorMap _colors;

    public PictureWindows(MelPicture spec, int sampleRate)
    {
        _spec = spec;
        _mel = new(new StftOptions { FftSize = spec.FftSize, HopLength = spec.HopLength },
            new MelOptions { SampleRate = sampleRate, Bands = spec.Bands });
        _vertical = new(spec.Bands, spec.Height);
        _colors = new(spec.ColorMap);
    }

    public override IReadOnlyList<int> Sizes(int samples) => [3, _spec.Height, _spec.Width];

    public override void Extract(SampleSource samples, Span<float> window)
    {
        var (width, height, bands) = (_spec.Width, _spec.Height, _spec.Bands);
        var scratch = ArrayPool<float>.Shared.Rent(2 * width * bands + width * height + MostKept);
        var columns = scratch.AsSpan(0, width * bands);
        var rows = scratch.AsSpan(columns.Length, columns.Length);
        var picture = scratch.AsSpan(2 * columns.Length, width * height);
        var mel = FrameReader.Mel(samples, _mel).Remembered(scratch.AsMemory(2 * columns.Length + picture.Length));
        if (Peak(mel) is not { } peak)
        {
            // Colouring would hide the NaN from the caller, who reports it.
            window.Fill(float.NaN);
            ArrayPool<float>.Shared.Return(scratch);
            return;
        }

        columns.Clear();
        var horizontal = new AxisResize(mel.Count, width);
        foreach (var (first, decibels) in ToDecibels(mel, peak).Blocks()) horizontal.Add(decibels.Span, first, columns, bands);

        Matrices.Transpose(columns, rows, width, bands);
        _vertical.Apply(rows, picture, width);
        Color(picture, window);
        ArrayPool<float>.Shared.Return(scratch);
    }

    // The largest power, at least MinPower; null if any value is not finite.
    private static float? Peak(FrameReader<float> mel)
    {
        var peak = 0f;
        foreach (var (_, power) in mel.Blocks())
        {
            if (FrontEnd.IndexOfNotFinite(power.Span) >= 0) return null;
            peak = Math.Max(peak, Decibels.Peak(power.Span));
        }

        return peak;
    }

    // Gives, block by block, what Levels would return for the whole with the maximum as reference.
    private static FrameReader<float> ToDecibels(FrameReader<float> mel, float peak)
    {
        var relative = Map(mel, decibels => Decibels.FromPower(decibels, decibels, peak, MinPower, topDb: null));
        var loudest = float.NegativeInfinity;
        foreach (var (_, decibels) in relative.Blocks())
        {
            foreach (var value in decibels.Span) loudest = Math.Max(loudest, value);
        }

        return Map(relative, decibels =>
        {
            foreach (ref var value in decibels) value = peak > MinPower ? Math.Max(value, loudest - Range) : -Range;
        });
    }

    private static FrameReader<float> Map(FrameReader<float> frames, BlockMap change) =>
        new(frames.Count, frames.Bins, frames.BlockFrames, (first, block) =>
        {
            frames.Read(first, block);
            change(block);
        });

    // The lowest bin is the first row of the spectrogram and the last of the picture.
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
