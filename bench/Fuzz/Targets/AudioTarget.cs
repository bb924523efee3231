using System.Runtime.InteropServices;
using Engine.Dsp.Audio;
using Engine.Dsp.Files;
using Engine.Fuzzing.Mutation;

namespace Engine.Fuzzing.Targets;

/// <summary>
/// A recording as it lies in a file: every sample is finite, a part is that part of the whole, and a copy holds the same. What is
/// another format is refused, because there is no ffmpeg.
/// </summary>
internal class AudioTarget(string name, string folder, string file, IReadOnlyList<byte[]> seeds) : Target(name)
{
    private readonly string _path = Path.Combine(folder, file), _copy = Path.Combine(folder, "copy.wav");

    public static IMutation Mutations { get; } = new ByteMutation(
        "RIFF", "RIFX", "RF64", "BW64", "WAVE", "fmt ", "data", "ds64", "LIST", "JUNK", "fact", ".snd", "FORM", "fLaC", "OggS",
        "ID3\u0003", "AIFF", "AIFC", "COMM", "SSND", "sowt", "fl32", "caff", "desc", "lpcm", "\0\0\0\0");

    public override IReadOnlyList<byte[]> Seeds => seeds;

    public override IMutation Mutation => Mutations;

    /// <summary>A changed byte may make MPEG audio of any file, whose frames have 1,152 samples.</summary>
    public override double AllocationPerByte => 1 << 10;

    /// <summary>The buffers of the largest decoder.</summary>
    public override long AllocationBase => 1 << 20;

    public override string InputName => _path;

    public override bool IsDocumented(Exception e) => e is AudioFormatException;

    public override object Parse(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return Read(_path);
    }

    public override void Check(object parsed)
    {
        var whole = (AudioSignal)parsed;
        Require(whole.Samples.Length > 0, "a signal without a sample was accepted");
        Require(whole.Samples.All(float.IsFinite), "a sample is not finite");
        var half = whole.Samples.Length / 2;
        if (HasParts(whole))
        {
            var part = Read(_path, (double)half / whole.SampleRate, 10.0 / whole.SampleRate);
            var same = whole.Samples.AsSpan(half, Math.Min(10, whole.Samples.Length - half));
            Require(part.Samples.AsSpan().SequenceEqual(same), "a part differs from that part of the whole");
        }

        WavWriter.Write(_copy, whole, WavEncoding.Float32);
        var again = Read(_copy);
        var isSame = Bits(again).SequenceEqual(Bits(whole)) && again.SampleRate == whole.SampleRate;
        Require(isSame, "what was written reads back as something else");
    }

    /// <summary>Whether a time is at the same place in the whole.</summary>
    protected virtual bool HasParts(AudioSignal whole) => true;

    private static AudioSignal Read(string path, double offset = 0, double? duration = null) =>
        AudioFile.Read(path, offset, duration, () => null);

    private static ReadOnlySpan<int> Bits(AudioSignal signal) => MemoryMarshal.Cast<float, int>(signal.Samples.AsSpan());
}

/// <summary>WAV as ffmpeg's output is read: from a stream that cannot seek and gives a few bytes at a time.</summary>
internal sealed class PipeTarget(string name) : Target(name)
{
    private const string File = "fuzz.flac";

    public override IReadOnlyList<byte[]> Seeds => AudioSeeds.Wav;

    public override IMutation Mutation => AudioTarget.Mutations;

    public override string InputName => File;

    // A block of bytes, the same as samples of each channel, and the first part of the result, whatever there is to read.
    public override long AllocationBase => 512 << 10;

    public override bool IsDocumented(Exception e) => e is AudioFormatException;

    public override object Parse(byte[] bytes)
    {
        using var pipe = new Pipe(bytes);
        return AudioFile.ReadAll(new SampleReader(pipe, WavReader.ReadHeader(pipe, File), File, 0, null), File);
    }

    public override void Check(object parsed)
    {
        var signal = (AudioSignal)parsed;
        Require(signal.Samples.Length > 0 && signal.Samples.All(float.IsFinite),
            "no sample, or one that is not finite, was accepted");
    }

    private sealed class Pipe(byte[] bytes) : ForwardStream
    {
        private const int Most = 61;

        private int _at;

        public override int Read(Span<byte> buffer)
        {
            var got = Math.Min(Math.Min(Most, buffer.Length), bytes.Length - _at);
            bytes.AsSpan(_at, got).CopyTo(buffer);
            _at += got;
            return got;
        }
    }
}
