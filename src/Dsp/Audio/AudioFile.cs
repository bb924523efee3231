namespace Engine.Dsp.Audio;

/// <summary>
/// Reads a recording of any kind as mono float. WAV and AU are recognised by content and read natively; everything else is
/// decoded by <see cref="FfmpegDecoder"/>.
/// </summary>
public static class AudioFile
{
    /// <summary>Reads a file, or a part of it, as the mean of its channels.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">Where to start, in seconds, rounded to the nearest frame. The part before is not read.</param>
    /// <param name="duration">How much to read at most, in seconds; null for all.</param>
    /// <param name="targetRate">The sample rate wanted, in Hz; null for that of the file.</param>
    /// <exception cref="AudioFormatException">The file is not audio, is damaged, needs an <c>ffmpeg</c> that is not on the PATH,
    /// has no sample in the part asked for, or has one that is not finite.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The path is a folder, or not open to this user.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Offset is negative, or duration or target rate is not positive.</exception>
    public static AudioSignal Read(string path, double offset = 0, double? duration = null, int? targetRate = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (targetRate < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(targetRate), $"Read: targetRate is {targetRate}; it must be at least 1.");
        }
        var signal = Read(path, offset, duration, FfmpegDecoder.FindOnPath);
        return targetRate is { } rate ? signal.Resample(rate) : signal;
    }

    /// <summary>Opens a file, or a part of it, to read its samples by position.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">Where to start, in seconds, rounded to the nearest frame.</param>
    /// <param name="duration">How much to read at most, in seconds; null for all.</param>
    /// <param name="targetRate">The sample rate wanted, in Hz; null for that of the file.</param>
    /// <exception cref="AudioFormatException">As <see cref="Read(string, double, double?, int?)"/>.</exception>
    public static SampleSource Open(string path, double offset = 0, double? duration = null, int? targetRate = null)
    {
        var signal = Read(path, offset, duration, targetRate);
        return SampleSource.Of(signal.Samples, signal.SampleRate);
    }

    /// <summary>The same at the file's rate, with the search for <c>ffmpeg</c> as an argument.</summary>
    internal static AudioSignal Read(string path, double offset, double? duration, Func<FfmpegDecoder?> findFfmpeg)
    {
        SampleReader.CheckPart(offset, duration);
        string format;
        using (var stream = File.OpenRead(path))
        {
            if (ReadNative(stream, path, offset, duration, out format) is { } signal) return signal;
        }

        var ffmpeg = findFfmpeg() ?? throw new AudioFormatException(path,
            $"{format} needs ffmpeg, which is not on the PATH. Install ffmpeg, or convert the file to WAV.");
        return ffmpeg.Read(path, offset, duration);
    }

    /// <summary>Reads WAV and AU; null, with the format's name, for what <c>ffmpeg</c> may know.</summary>
    internal static AudioSignal? ReadNative(Stream stream, string name, double offset, double? duration, out string format)
    {
        Span<byte> start = stackalloc byte[AudioContent.Bytes];
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (start.IsEmpty) throw new AudioFormatException(name, "the file is empty (0 bytes). Leave it out.");
        stream.Position = 0;
        switch (AudioContent.Sniff(start))
        {
            case AudioContent.Wav:
                format = AudioContent.Wav;
                return ReadFrames(stream, WavReader.ReadHeader(stream, name), name, offset, duration, ref format);
            case AudioContent.Au:
                format = AudioContent.Au;
                return ReadFrames(stream, AuReader.ReadHeader(stream, name), name, offset, duration, ref format);
            case { } known:
                format = known;
                return null;
        }

        var extension = Path.GetExtension(name).ToUpperInvariant();
        if (extension is ".WAV" or ".WAVE" or ".AU" or ".SND")
        {
            throw new AudioFormatException(name,
                $"no {(extension[1] == 'W' ? "RIFF" : ".snd")} header; it starts with {HeaderReader.Hex(start)}, "
                + "which no known audio format does. The file is damaged or not audio.");
        }

        format = extension.Length > 1 ? $"{extension[1..]} audio" : "audio of an unknown format";
        return null;
    }

    private static AudioSignal? ReadFrames(
        Stream stream, in AudioHeader header, string name, double offset, double? duration, ref string format)
    {
        if (header.Format != SampleFormat.Other) return SampleReader.Read(stream, header, name, offset, duration);
        format = $"{format} with {header.Codec}";
        return null;
    }
}
