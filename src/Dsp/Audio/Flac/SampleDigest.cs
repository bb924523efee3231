using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Engine.Dsp.Audio.Flac;

/// <summary>
/// The MD5 of decoded samples as STREAMINFO has it: interleaved, in whole bytes, the least significant first. It finds
/// accidents, not forgeries.
/// </summary>
internal sealed class SampleDigest(int channels, int depth) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private readonly int _size = (depth + 7) / 8;
    private byte[] _bytes = [];

    /// <summary>Adds a part of a frame.</summary>
    /// <param name="frame">Where the samples are.</param>
    /// <param name="start">The first of them.</param>
    /// <param name="count">How many.</param>
    public void Add(FrameSource frame, int start, int count)
    {
        var length = count * channels * _size;
        if (_bytes.Length < length) _bytes = new byte[length];
        for (var channel = 0; channel < channels; channel++)
        {
            var samples = frame.Channel(channel).Slice(start, count);
            switch (_size)
            {
                case 2:
                    Spread(samples, MemoryMarshal.Cast<byte, short>(_bytes.AsSpan())[channel..]);
                    break;
                case 4:
                    Spread(samples, MemoryMarshal.Cast<byte, int>(_bytes.AsSpan())[channel..]);
                    break;
                default:
                    var at = channel * _size;
                    foreach (var sample in samples)
                    {
                        for (var i = 0; i < _size; i++) _bytes[at + i] = (byte)(sample >> (8 * i));
                        at += channels * _size;
                    }

                    break;
            }
        }

        _hash.AppendData(_bytes, 0, length);
    }

    /// <summary>Whether the digest of all that was added is this one.</summary>
    public bool Is(ReadOnlySpan<byte> md5) => _hash.GetHashAndReset().AsSpan().SequenceEqual(md5);

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void Spread(ReadOnlySpan<int> samples, Span<short> target)
    {
        for (var i = 0; i < samples.Length; i++) target[i * channels] = (short)samples[i];
    }

    private void Spread(ReadOnlySpan<int> samples, Span<int> target)
    {
        for (var i = 0; i < samples.Length; i++) target[i * channels] = samples[i];
    }
}
