using Engine.Dsp.Audio;

namespace Engine.Dsp;

/// <summary>
/// Creates <see cref="FrameReader{T}"/>s of the spectral features. Those that depend on the whole recording (its loudest value,
/// its tuning) read it once on creation.
/// </summary>
/// <remarks>
/// Each throws an <see cref="ArgumentException"/> for a transform that mirrors the signal at its ends and for a recording of
/// more than 2³¹ samples, and an <see cref="IOException"/> if the samples cannot be read.
/// </remarks>
public static class FrameReader
{
    private const float TopDecibels = 80;

    // Speech features use frames of about 25 ms.
    private const int SpeechFrames = 256;

    private delegate void FrameMap<TResult>(ReadOnlySpan<Complex<float>> spectrum, Span<TResult> frame);

    /// <summary>The spectrogram: <see cref="Stft.Forward(ReadOnlySpan{float})"/>.</summary>
    public static FrameReader<Complex<float>> Spectrum(SampleSource source, Stft stft) =>
        Of<Complex<float>>(source, stft, stft?.Bins ?? 0, (spectrum, frame) => spectrum.CopyTo(frame));

    /// <summary>Its magnitudes: <see cref="Stft.Magnitude(ReadOnlySpan{float})"/>.</summary>
    public static FrameReader<float> Magnitude(SampleSource source, Stft stft) =>
        Of<float>(source, stft, stft?.Bins ?? 0, Dsp.Spectrum.Magnitude);

    /// <summary>Its power: <see cref="Stft.Power(ReadOnlySpan{float})"/>.</summary>
    public static FrameReader<float> Power(SampleSource source, Stft stft) =>
        Of<float>(source, stft, stft?.Bins ?? 0, Dsp.Spectrum.Power);

    /// <summary>Mel power: <see cref="MelSpectrogram.Compute(ReadOnlySpan{float})"/>.</summary>
    public static FrameReader<float> Mel(SampleSource source, MelSpectrogram mel)
    {
        ArgumentNullException.ThrowIfNull(mel);
        var power = new float[mel.Stft.Bins];
        return Of<float>(source, mel.Stft, mel.Filters.Bands, (spectrum, frame) =>
        {
            Dsp.Spectrum.Power(spectrum, power);
            mel.Filters.Apply(power, frame);
        });
    }

    /// <summary>Mel power in dB, at most 80 dB below the recording's loudest value: <c>librosa.power_to_db</c>.</summary>
    public static FrameReader<float> MelDecibels(SampleSource source, MelSpectrogram mel) => ToDecibels(Mel(source, mel));

    /// <summary>The same, for power computed elsewhere.</summary>
    public static FrameReader<float> ToDecibels(FrameReader<float> power)
    {
        ArgumentNullException.ThrowIfNull(power);
        return Floored(Decibels(power).Remembered());
    }

    /// <summary>Cepstral coefficients: <see cref="Dsp.Mfcc.Compute(ReadOnlySpan{float})"/>.</summary>
    public static FrameReader<float> Mfcc(SampleSource source, Mfcc mfcc)
    {
        ArgumentNullException.ThrowIfNull(mfcc);
        return Mfcc(MelDecibels(source, mfcc.MelSpectrogram), mfcc);
    }

    /// <summary>The same, for a mel spectrogram in dB.</summary>
    public static FrameReader<float> Mfcc(FrameReader<float> mel, Mfcc mfcc)
    {
        ArgumentNullException.ThrowIfNull(mel);
        ArgumentNullException.ThrowIfNull(mfcc);
        var coefficients = mfcc.Options.Coefficients;
        float[] bands = [];
        return new(mel.Count, coefficients, mel.BlockFrames,
            (first, frames) => mfcc.FromDecibels(Scratch(mel, first, frames.Length / coefficients, ref bands), frames));
    }

    /// <summary>Each frame's features, then their derivatives: <see cref="Delta.Compute(Frames{float})"/>.</summary>
    /// <exception cref="ArgumentException">There are fewer frames than the width of the derivative.</exception>
    public static FrameReader<float> WithDelta(FrameReader<float> features, Delta delta)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(delta);
        if (features.Count < delta.Width)
            throw new ArgumentException($"Delta: width is {delta.Width}, but there are only {features.Count} frames.");
        var bins = features.Bins;
        float[] around = [];
        return new(features.Count, 2 * bins, features.BlockFrames, (first, frames) =>
        {
            var end = first + frames.Length / (2 * bins);
            var from = delta.Start(first, features.Count);
            var block = Scratch(features, from, delta.Start(end - 1, features.Count) + delta.Width - from, ref around);
            for (var t = first; t < end; t++)
            {
                var frame = frames.Slice(2 * (t - first) * bins, 2 * bins);
                block.Slice((t - from) * bins, bins).CopyTo(frame);
                frame[bins..].Clear();
                delta.Frame(block.Slice((delta.Start(t, features.Count) - from) * bins, delta.Width * bins), frame[bins..]);
            }
        });
    }

    /// <summary>
    /// Chroma, tuned to the recording: <see cref="Chroma.Of(Frames{float}, double, ChromaOptions?, int?)"/> of its power.
    /// </summary>
    public static FrameReader<float> Chroma(SampleSource source, Stft stft)
    {
        var power = Power(source, stft).Remembered();
        var fftSize = stft.Options.FftSize;
        var tuning = new LongTuning(new PitchTracker(source.SampleRate, fftSize));
        ForEach(power, tuning.Add);
        tuning.StartDetail();
        if (tuning.NeedsDetail) ForEach(power, tuning.AddDetail);
        var filters = new ChromaFilterBank(source.SampleRate, fftSize, tuning.Estimate(), new ChromaOptions());
        float[] spectra = [];
        return new(power.Count, filters.Classes, power.BlockFrames, (first, frames) =>
        {
            var count = frames.Length / filters.Classes;
            var block = Scratch(power, first, count, ref spectra);
            for (var t = 0; t < count; t++)
            {
                var frame = frames.Slice(t * filters.Classes, filters.Classes);
                filters.Apply(block.Slice(t * power.Bins, power.Bins), frame);
                Dsp.Chroma.Normalize(frame);
            }
        });
    }

    /// <summary>Tonal centroids of the chroma: <see cref="Dsp.Tonnetz.Of(Frames{float})"/>.</summary>
    public static FrameReader<float> Tonnetz(SampleSource source, Stft stft)
    {
        var chroma = Chroma(source, stft);
        float[] pitches = [];
        return new(chroma.Count, Dsp.Tonnetz.Dimensions, chroma.BlockFrames, (first, frames) =>
            Dsp.Tonnetz.Of(Scratch(chroma, first, frames.Length / Dsp.Tonnetz.Dimensions, ref pitches), chroma.Bins, frames));
    }

    /// <summary>Spectral contrast in dB: <see cref="SpectralContrast.Of(Frames{float}, bool)"/> of the magnitudes.</summary>
    public static FrameReader<float> Contrast(SampleSource source, Stft stft, SpectralContrast contrast)
    {
        ArgumentNullException.ThrowIfNull(contrast);
        var (magnitude, bands) = (new float[stft?.Bins ?? 0], contrast.Bands);

        // A frame holds its peaks, then its valleys. Each is floored relative to its own loudest value.
        var both = Decibels(Of<float>(source, stft, 2 * bands, (spectrum, frame) =>
        {
            Dsp.Spectrum.Magnitude(spectrum, magnitude);
            contrast.Frame(magnitude, frame[..bands], frame[bands..]);
        })).Remembered();
        var (peak, valley) = (float.NegativeInfinity, float.NegativeInfinity);
        ForEach(both, frame =>
        {
            peak = float.MaxNumber(peak, VectorMath.Max(frame[..bands]));
            valley = float.MaxNumber(valley, VectorMath.Max(frame[bands..]));
        });
        float[] pairs = [];
        return new(both.Count, bands, both.BlockFrames, (first, frames) =>
        {
            var block = Scratch(both, first, frames.Length / bands, ref pairs);
            for (var t = 0; t < frames.Length; t += bands)
            {
                var above = block.Slice(2 * t, bands);
                var below = block.Slice(2 * t + bands, bands);
                Dsp.Decibels.Raise(above, peak - TopDecibels);
                Dsp.Decibels.Raise(below, valley - TopDecibels);
                for (var b = 0; b < bands; b++) frames[t + b] = above[b] - below[b];
            }
        });
    }

    /// <summary>
    /// Spectral flatness, one value per frame: <see cref="SpectralFlatness.Of(Frames{float}, float)"/> of the power.
    /// </summary>
    public static FrameReader<float> Flatness(SampleSource source, Stft stft)
    {
        var power = new float[stft?.Bins ?? 0];
        return Of<float>(source, stft, 1, (spectrum, frame) =>
        {
            Dsp.Spectrum.Power(spectrum, power);
            frame[0] = SpectralFlatness.Frame(power);
        });
    }

    /// <summary>
    /// Onset strength, one value per frame: <see cref="OnsetStrength.Of(Frames{float}, OnsetOptions?)"/> of the mel spectrogram
    /// in dB, with the defaults: the rise from the frame before, shifted by half a transform.
    /// </summary>
    internal static FrameReader<float> Onsets(SampleSource source, MelSpectrogram mel)
    {
        var decibels = MelDecibels(source, mel);
        var (width, shift) = (decibels.Bins, mel.Stft.Options.FftSize / 2 / mel.Stft.Options.Hop);
        float[] scratch = [];
        return new(decibels.Count, 1, decibels.BlockFrames, (first, strength) =>
        {
            var (from, end) = (Math.Max(0, first - shift - 1), Math.Max(0, first + strength.Length - shift));
            var bands = Scratch(decibels, from, Math.Max(0, end - from), ref scratch);
            for (var t = 0; t < strength.Length; t++)
            {
                var at = (first + t - shift - from) * width;
                strength[t] = first + t > shift
                    ? OnsetStrength.Rise(bands.Slice(at - width, width), bands.Slice(at, width)) : 0;
            }
        });
    }

    /// <summary>
    /// Coefficients as python_speech_features computes them: <see cref="PythonSpeechFeatures.Mfcc(ReadOnlySpan{float})"/>.
    /// </summary>
    public static FrameReader<float> PythonSpeechMfcc(SampleSource source, PythonSpeechFeatures mfcc)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(mfcc);
        var coefficients = mfcc.Options.Coefficients;
        float[] samples = [];
        return new(mfcc.FrameCount(checked((int)source.Length)), coefficients, SpeechFrames, (first, frames) =>
        {
            var (from, to) = mfcc.SamplesOf(first, first + frames.Length / coefficients, source.Length);
            var before = from > 0 ? 1 : 0;
            var length = (int)(to - from) + before;
            if (samples.Length < length) samples = new float[length];
            source.Read(from - before, samples.AsSpan(0, length));
            mfcc.Mfcc(samples.AsSpan(before, length - before), before == 0 ? 0 : samples[0], frames);
        });
    }

    private static FrameReader<T> Of<T>(SampleSource source, Stft? stft, int bins, FrameMap<T> map)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(stft);
        var spectra = new SpectrumReader(stft, source);
        var spectrum = new Complex<float>[stft.Bins];
        return new(spectra.Count, bins, SpectrumReader.FramesOfBlock(Math.Max(bins, stft.Bins), stft.Options.Hop),
            (first, frames) =>
        {
            var count = frames.Length / bins;
            spectra.Load(first, first + count);
            for (var t = 0; t < count; t++)
            {
                spectra.Read(first + t, spectrum);
                map(spectrum, frames.Slice(t * bins, bins));
            }
        });
    }

    private static FrameReader<float> Decibels(FrameReader<float> power) =>
        new(power.Count, power.Bins, power.BlockFrames, (first, frames) =>
    {
        power.Read(first, frames);
        Dsp.Decibels.FromPower(frames, frames, topDb: null);
    });

    private static FrameReader<float> Floored(FrameReader<float> decibels)
    {
        var loudest = float.NegativeInfinity;
        foreach (var (_, values) in decibels.Blocks()) loudest = float.MaxNumber(loudest, VectorMath.Max(values.Span));
        return new(decibels.Count, decibels.Bins, decibels.BlockFrames, (first, frames) =>
        {
            decibels.Read(first, frames);
            Dsp.Decibels.Raise(frames, loudest - TopDecibels);
        });
    }

    private static void ForEach(FrameReader<float> frames, Action<ReadOnlySpan<float>> use)
    {
        foreach (var (_, values) in frames.Blocks())
        {
            for (var at = 0; at < values.Length; at += frames.Bins) use(values.Span.Slice(at, frames.Bins));
        }
    }

    private static Span<float> Scratch(FrameReader<float> reader, int first, int count, ref float[] buffer)
    {
        if (buffer.Length < count * reader.Bins) buffer = GC.AllocateUninitializedArray<float>(count * reader.Bins);
        var frames = buffer.AsSpan(0, count * reader.Bins);
        reader.Read(first, frames);
        return frames;
    }
}
