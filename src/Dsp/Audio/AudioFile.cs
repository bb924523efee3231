using System.Buffers;
using Engine.Dsp.Audio.Flac;
using Engine.Dsp.Audio.Mpeg;
using Engine.Dsp.Audio.Vorbis;

namespace Engine.Dsp.Audio;

/// <summary>
/// Reads a recording of any format as mono float. WAV, AU, AIFF, CAF, FLAC, MP3 (all layers of MPEG audio) and Ogg Vorbis are
/// recognised by content and read natively; everything else is decoded by <see cref="FfmpegDecoder"/>.
/// </summary>
public static partial class AudioFile
{
    /// <summary>Recordings longer than this, in seconds, are refused by default: a file of a few hundred kilobytes
    /// can hold days.</summary>
    public const double DefaultLongest = 12 * 3600;

    private const int BlockSamples = 1 << 14, FormatBytes = 12;

    /// <summary>Reads a file, or a part of it, as the mean of its channels, into memory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">Where to start, in seconds, rounded to the nearest frame. The part before is not read.</param>
    /// <param name="duration">How much to read at most, in seconds; null for all.</param>
    /// <param name="targetRate">The sample rate wanted, in Hz; null for that of the file.</param>
    /// <exception cref="AudioFormatException">The file is not audio, has lost more than half of what it declares, needs an
    /// <c>ffmpeg</c> that is not on the PATH, has no sample in the requested part, has one that is not finite, or is longer than
    /// <see cref="DefaultLongest"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The path is a folder, or the user has no access to it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Offset is negative, or duration or target rate is not positive.</exception>
    public static AudioSignal Read(string path, double offset = 0, double? duration = null, int? targetRate = null)
    {
        CheckRate(targetRate, nameof(Read));
        var signal = Read(path, offset, duration, FfmpegDecoder.FindOnPath);
        return targetRate is { } rate ? signal.Resample(rate) : signal;
    }

    /// <summary>
    /// Decodes a file, or a part of it, to samples that are read by position. Recordings of up to five minutes stay in memory;
    /// longer ones go to a temporary file.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">Where to start, in seconds, rounded to the nearest frame.</param>
    /// <param name="duration">How much to read at most, in seconds; null for all.</param>
    /// <param name="targetRate">The sample rate wanted, in Hz; null for that of the file.</param>
    /// <param name="longest">The longest accepted recording, in seconds.</param>
    /// <exception cref="AudioFormatException">As <see cref="Read(string, double, double?, int?)"/>.</exception>
    /// <exception cref="IOException">The file cannot be read, or there is no space for a temporary file.</exception>
    /// <exception cref="UnauthorizedAccessException">The path is a folder, or the user has no access to it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Offset is negative, or duration or target rate is not positive.</exception>
    public static DecodedAudio Open(
        string path, double offset = 0, double? duration = null, int? targetRate = null, double longest = DefaultLongest)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var stream = AudioInput.Open(path);
        return Open(stream, path, offset, duration, targetRate, longest, FfmpegDecoder.FindOnPath);
    }

    /// <summary>The same from a stream, which may be a pipe. It is read once, to its end, and stays open.</summary>
    /// <param name="stream">The bytes of a recording, from the first one.</param>
    /// <param name="name">The recording's name in errors.</param>
    /// <param name="targetRate">The sample rate wanted, in Hz; null for that of the recording.</param>
    /// <param name="longest">The longest accepted recording, in seconds.</param>
    /// <param name="cancellation">Stops decoding after the current block.</param>
    /// <exception cref="AudioFormatException">As <see cref="Read(string, double, double?, int?)"/>.</exception>
    /// <exception cref="IOException">The stream cannot be read, or there is no space for a temporary file.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DecodedAudio Open(
        Stream stream, string name, int? targetRate = null, double longest = DefaultLongest,
        CancellationToken cancellation = default) =>
        Open(stream, name, 0, null, targetRate, longest, FfmpegDecoder.FindOnPath, cancellation: cancellation);

    /// <summary>
    /// The same at several rates: decoded once, and resampled to each from the recording's own. The result is at the first rate,
    /// and has the <see cref="DecodedAudio.Others"/>.
    /// </summary>
    /// <param name="stream">The bytes of a recording, from the first one.</param>
    /// <param name="name">The recording's name in errors.</param>
    /// <param name="rates">The sample rates wanted, in Hz, at least one.</param>
    /// <param name="longest">The longest accepted recording, in seconds.</param>
    /// <param name="cancellation">Stops decoding after the current block.</param>
    /// <exception cref="AudioFormatException">As <see cref="Read(string, double, double?, int?)"/>.</exception>
    /// <exception cref="IOException">The stream cannot be read, or there is no space for temporary files.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ArgumentException">There is no rate, or one is not positive.</exception>
    public static DecodedAudio Open(
        Stream stream, string name, IReadOnlyList<int> rates, double longest = DefaultLongest,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rates);
        if (rates.Count == 0) throw new ArgumentException("Open: rates is empty; name one at least.", nameof(rates));
        foreach (var rate in rates) CheckRate(rate, nameof(Open));
        return Open(stream, name, 0, null, rates[0], longest, FfmpegDecoder.FindOnPath, otherRates: [.. rates.Skip(1)],
            cancellation: cancellation);
    }

    /// <summary>The same, with <c>ffmpeg</c>'s location as an argument.</summary>
    internal static DecodedAudio Open(
        Stream stream, string name, double offset, double? duration, int? targetRate, double longest,
        Func<FfmpegDecoder?> findFfmpeg,
        int largestInMemory = SampleStore.LargestInMemory, IReadOnlyList<int>? otherRates = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        CheckRate(targetRate, nameof(Open));
        CheckLongest(longest, nameof(Open));
        SampleReader.CheckPart(offset, duration);
        var state = FileState.Of(stream);
        var whole = offset == 0 && duration is null;
        using var content = new ContentStream(stream, hashed: whole);
        using var reader = Start(content, name, offset, duration, findFfmpeg);
        CheckLength(name, reader.Declared, reader.SampleRate, longest);
        var store = StoreAt(targetRate ?? reader.SampleRate);
        (int Rate, SampleStore Store)[] others = [.. (otherRates ?? []).Select(r => (r, StoreAt(r)))];
        try
        {
            var rate = targetRate ?? reader.SampleRate;
            using var profiler = whole ? new SoundProfiler(reader.SampleRate) : null;
            Copy(reader, [(rate, store), .. others], profiler, name, longest, cancellation);
            var damage = reader.Finish();
            var hash = whole ? content.Finish() : [];
            if (FileState.Of(stream) != state) throw Changed(name);
            return new(store, rate)
            {
                SourceRate = reader.SampleRate,
                Channels = reader.Channels,
                Damage = damage,
                Silence = reader.Levels.Silence(),
                ContentHash = hash,
                Sound = profiler?.Finish(),
                Others = [.. others.Select(o => new DecodedAudio(o.Store, o.Rate))],
            };
        }
        catch
        {
            store.Dispose();
            foreach (var other in others) other.Store.Dispose();
            throw;
        }

        SampleStore StoreAt(int rate) => new(name, largestInMemory)
        {
            Expected = (long)((double)(reader.Length ?? reader.Declared ?? 0) / reader.SampleRate * rate),
        };
    }

    /// <summary>Reads into memory at the file's rate, with the search for <c>ffmpeg</c> as an argument.</summary>
    internal static AudioSignal Read(string path, double offset, double? duration, Func<FfmpegDecoder?> findFfmpeg)
    {
        ArgumentNullException.ThrowIfNull(path);
        SampleReader.CheckPart(offset, duration);
        using var stream = AudioInput.Open(path);
        using var content = new ContentStream(stream, hashed: false);
        return ReadAll(Start(content, path, offset, duration, findFfmpeg), path);
    }

    /// <summary>Reads a recording to its end into one array, and disposes of the reader.</summary>
    internal static AudioSignal ReadAll(IMonoReader reader, string name)
    {
        using (reader)
        {
            CheckLength(name, reader.Declared, reader.SampleRate, DefaultLongest);
            var samples = Collect(reader, name);
            var damage = reader.Finish();
            return new AudioSignal(samples, reader.SampleRate) { Truncated = reader.Short, Damage = damage };
        }
    }

    /// <summary>
    /// Starts to read a format that is read natively; for others that <c>ffmpeg</c> may know, returns null and the format's name.
    /// </summary>
    internal static IMonoReader? StartNative(
        Stream stream, ReadOnlySpan<byte> start, string name, double offset, double? duration, out string format)
    {
        format = AudioContent.Sniff(start) ?? "";
        if (format.Length == 0 && AudioContent.NoRecording(start) is null && MpegFrames.StartIn(start)) format = AudioContent.Mp3;
        return format switch
        {
            AudioContent.Wav => StartSamples(stream, WavReader.ReadHeader(stream, name), name, offset, duration, ref format),
            AudioContent.Au => StartSamples(stream, AuReader.ReadHeader(stream, name), name, offset, duration, ref format),
            AudioContent.Aiff => StartSamples(stream, AiffReader.ReadHeader(stream, name), name, offset, duration, ref format),
            AudioContent.Caf => StartSamples(stream, CafReader.ReadHeader(stream, name), name, offset, duration, ref format),
            AudioContent.Flac => new FlacReader(stream, name, offset, duration),
            AudioContent.Ogg => OggVorbisReader.TryStart(stream, name, offset, duration, ref format),
            AudioContent.Mp3 => MpegReader.TryStart(stream, name, offset, duration, ref format),
            _ => null,
        };
    }

    private static SampleReader? StartSamples(
        Stream stream, in AudioHeader header, string name, double offset, double? duration, ref string format)
    {
        if (header.Format != SampleFormat.Other) return new SampleReader(stream, header, name, offset, duration);
        format = $"{format} with {header.Codec}";
        return null;
    }

    /// <summary>Some programs put an ID3 tag in front of any format: passes over it, except before MP3, whose reader does so
    /// itself.</summary>
    /// <returns>The first bytes of what is read.</returns>
    private static byte[] PassTag(ContentStream content, byte[] start, string name)
    {
        if (AudioContent.TagBytes(start) is not (> 0 and var tag)) return start;
        var behind = content.PeekAt(tag, FormatBytes);
        switch (AudioContent.Sniff(behind))
        {
            case AudioContent.Wav or AudioContent.Au or AudioContent.Aiff or AudioContent.Caf or AudioContent.Flac
                or AudioContent.Ogg:
                HeaderReader.Skip(content, tag, name);
                return behind;
            default:
                return start;
        }
    }

    private static IMonoReader Start(
        ContentStream content, string name, double offset, double? duration, Func<FfmpegDecoder?> findFfmpeg)
    {
        var start = content.Peek(AudioContent.Bytes);
        if (start.Length == 0)
        {
            throw new AudioFormatException(name, content.CanSeek
                ? "the file is empty (0 bytes). Leave it out."
                : "the pipe ended without a byte. Its writer failed, or it was read before: a pipe can be read only once.");
        }

        var sound = PassTag(content, start, name);
        if (StartNative(content, sound, name, offset, duration, out var format) is { } native) return native;
        if (format.Length == 0)
        {
            var other = AudioContent.NoRecording(start);
            if (other is null or AudioContent.Text) format = Unknown(name, start);
            if (other is not null) throw new AudioFormatException(name, $"its content is {other}, not audio. Leave it out.");
        }

        var ffmpeg = findFfmpeg() ?? throw new AudioFormatException(name,
            $"{format} needs ffmpeg, which is not on the PATH. Install ffmpeg, or convert the file to WAV.");
        if (!content.TryRewind())
        {
            throw new AudioFormatException(name,
                $"{format} with a header this long cannot be read from a pipe. Save it as a file.");
        }

        return ffmpeg.Start(content, format, name, offset, duration);
    }

    private static string Unknown(string name, ReadOnlySpan<byte> start)
    {
        var extension = Path.GetExtension(name).ToUpperInvariant();
        start = start[..Math.Min(start.Length, 16)];
        if (extension is ".WAV" or ".WAVE" or ".AU" or ".SND")
        {
            throw new AudioFormatException(name,
                $"no {(extension[1] == 'W' ? "RIFF" : ".snd")} header; it starts with {HeaderReader.Hex(start)}, "
                + "which no known audio format does. The file is damaged or not audio.");
        }

        return extension.Length > 1 ? $"{extension[1..]} audio" : "audio of an unknown format";
    }

    private static void Copy(
        IMonoReader reader, (int Rate, SampleStore Store)[] outputs, SoundProfiler? profiler, string name, double longest,
        CancellationToken cancellation)
    {
        var resamplers = Array.ConvertAll(outputs, o => o.Rate == reader.SampleRate
            ? null : new ResamplerStream(Resampler.For(reader.SampleRate, o.Rate), o.Store));
        ReadBlocks(reader, name, longest, samples =>
        {
            profiler?.Add(samples);
            for (var i = 0; i < outputs.Length; i++)
            {
                if (resamplers[i] is { } resampler) resampler.Add(samples);
                else outputs[i].Store.Add(samples);
            }
        }, cancellation);
        foreach (var resampler in resamplers) resampler?.Finish();
    }

    /// <summary>Reads a recording to its end, block by block; returns how many samples it has.</summary>
    private static long ReadBlocks(
        IMonoReader reader, string name, double longest, Action<ReadOnlySpan<float>> take, CancellationToken cancellation)
    {
        var block = ArrayPool<float>.Shared.Rent(BlockSamples);
        try
        {
            long count = 0;
            for (int got; (got = reader.Read(block)) > 0;)
            {
                cancellation.ThrowIfCancellationRequested();
                count += got;
                CheckLength(name, count, reader.SampleRate, longest);
                take(block.AsSpan(0, got));
            }

            return count;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(block);
        }
    }

    private static float[] Collect(IMonoReader reader, string name)
    {
        if (reader.Length > Array.MaxLength) throw TooManySamples(name);
        var samples = GC.AllocateUninitializedArray<float>((int)(reader.Length ?? BlockSamples));
        for (var count = 0; ;)
        {
            count += reader.Read(samples.AsSpan(count));
            if (count < samples.Length || reader.Length == count) return count == samples.Length ? samples : samples[..count];
            CheckLength(name, count, reader.SampleRate, DefaultLongest);
            if (count == Array.MaxLength) throw TooManySamples(name);
            Array.Resize(ref samples, (int)Math.Min(Array.MaxLength, 2L * count));
        }
    }

    private static void CheckLength(string name, long? samples, int rate, double longest)
    {
        if (samples is not { } count || (double)count / rate <= longest) return;
        throw new AudioFormatException(name,
            $"it is {(double)count / rate / 3600:0.##} h long or longer; the limit is {longest / 3600:0.##} h. "
            + "Cut it, or raise the limit (--max-hours).");
    }

    private static void CheckRate(int? targetRate, string operation)
    {
        if (targetRate < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(targetRate), $"{operation}: targetRate is {targetRate}; it must be at least 1.");
        }
    }

    private static AudioFormatException TooManySamples(string name) =>
        new(name, $"it has more than {Array.MaxLength} samples. Read it in parts, by offset and duration.");

    /// <summary>Properties that change when the file is written to.</summary>
    private readonly record struct FileState(long Length, DateTime Written)
    {
        public static FileState Of(Stream stream) =>
            stream is FileStream { CanSeek: true } file
            ? new(file.Length, File.GetLastWriteTimeUtc(file.SafeFileHandle)) : default;
    }
}
