using System.Runtime.InteropServices;
using Engine.Dsp.Audio;
using Engine.Fuzzing.Mutation;

namespace Engine.Fuzzing.Targets;

/// <summary>WAV or AU as they lie in a file: every sample is finite, a part is that part of the whole, and a copy holds the same.</summary>
internal sealed class AudioTarget(string name, string file, IReadOnlyList<byte[]> seeds) : Target(name)
{
    private byte[] _bytes = [];

    public static IMutation Mutations { get; } = new ByteMutation(
        "RIFF", "RIFX", "RF64", "BW64", "WAVE", "fmt ", "data", "ds64", "LIST", "JUNK", "fact", ".snd", "FORM", "fLaC", "OggS", "ID3\u0003", "\0\0\0\0");

    public override IReadOnlyList<byte[]> Seeds => seeds;

    public override IMutation Mutation => Mutations;

    public override string InputName => file;

    public override bool IsDocumented(Exception e) => e is AudioFormatException;

    public override object? Parse(byte[] bytes)
    {
        _bytes = bytes;
        using var stream = new MemoryStream(bytes, writable: false);
        return AudioFile.ReadNative(stream, file, 0, null, out _);
    }

    public override void Check(object parsed)
    {
        var whole = (AudioSignal)parsed;
        Require(whole.Samples.Length > 0, "a signal without a sample was accepted");
        Require(whole.Samples.All(float.IsFinite), "a sample is not finite");
        using var stream = new MemoryStream(_bytes, writable: false);
        var half = whole.Samples.Length / 2;
        var part = AudioFile.ReadNative(stream, file, (double)half / whole.SampleRate, 10.0 / whole.SampleRate, out _)!;
        Require(part.Samples.AsSpan().SequenceEqual(whole.Samples.AsSpan(half, Math.Min(10, whole.Samples.Length - half))), "a part differs from that part of the whole");
        using var copy = new MemoryStream();
        WavWriter.Write(copy, whole.Samples, whole.SampleRate, WavEncoding.Float32, channels: 1);
        copy.Position = 0;
        var again = AudioFile.ReadNative(copy, file, 0, null, out _)!;
        Require(Bits(again).SequenceEqual(Bits(whole)) && again.SampleRate == whole.SampleRate, "what was written reads back as something else");
    }

    private static ReadOnlySpan<int> Bits(AudioSignal signal) => MemoryMarshal.Cast<float, int>(signal.Samples.AsSpan());
}

/// <summary>WAV as ffmpeg's output is read: from a stream that cannot seek and gives a few bytes at a time.</summary>
internal sealed class PipeTarget(string name) : Target(name)
{
    private const string File = "fuzz.flac";

    public override IReadOnlyList<byte[]> Seeds => AudioSeeds.Wav;

    public override IMutation Mutation => AudioTarget.Mutations;

    public override string InputName => File;

    public override bool IsDocumented(Exception e) => e is AudioFormatException;

    public override object Parse(byte[] bytes)
    {
        using var pipe = new Pipe(bytes);
        return SampleReader.Read(pipe, WavReader.ReadHeader(pipe, File), File, 0, null);
    }

    public override void Check(object parsed)
    {
        var signal = (AudioSignal)parsed;
        Require(signal.Samples.Length > 0 && signal.Samples.All(float.IsFinite), "no sample, or one that is not finite, was accepted");
    }

    private sealed class Pipe(byte[] bytes) : Stream
    {
        private const int Most = 61;

        private int _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var got = Math.Min(Math.Min(Most, buffer.Length), bytes.Length - _at);
            bytes.AsSpan(_at, got).CopyTo(buffer);
            _at += got;
            return got;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
