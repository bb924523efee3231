using System.Buffers.Binary;

namespace Engine.Dsp.Audio.Mpeg;

/// <summary>What an encoder writes about the whole recording into a silent first frame: the Xing or Info tag with LAME's
/// extension, or Fraunhofer's VBRI tag.</summary>
/// <param name="Frames">How many frames follow; null if it does not say.</param>
/// <param name="Delay">Samples to drop at the start: the encoder's delay and the decoder's; 0 if it does not say.</param>
/// <param name="Cut">The first of the padding samples at the end; <see cref="CutEnd"/> if there are none.</param>
/// <param name="CutEnd">Where the padding samples end.</param>
internal readonly record struct MpegTag(long? Frames, int Delay, long Cut, long CutEnd)
{
    /// <summary>The delay of a decoder's filter banks.</summary>
    private const int DecoderDelay = 528 + 1;

    private const int VbriAt = MpegHeader.Size + 32, Version = 9, DelayAt = 21;

    /// <summary>The samples of the recording without delay and padding; null if the tag does not say.</summary>
    public long? SamplesOf(in MpegHeader header) =>
        Frames is { } count ? Math.Max(0, count * header.Samples - Delay - (CutEnd - Cut)) : null;

    /// <summary>Reads the tag of a first frame; null if it is an ordinary frame.</summary>
    public static MpegTag? Read(in MpegHeader header, ReadOnlySpan<byte> frame)
    {
        if (header.Layer != 3) return null;
        foreach (var at in (ReadOnlySpan<int>)[MpegHeader.Size, header.ContentAt])
        {
            var tag = frame[Math.Min(frame.Length, at + header.SideBytes)..];
            if (tag.StartsWith("Xing"u8) || tag.StartsWith("Info"u8)) return ReadXing(header, tag);
        }

        var vbri = frame[Math.Min(frame.Length, VbriAt)..];
        if (!vbri.StartsWith("VBRI"u8)) return null;
        return new(vbri.Length >= 18 ? Positive(BinaryPrimitives.ReadUInt32BigEndian(vbri[14..])) : null, 0, 0, 0);
    }

    private static MpegTag ReadXing(in MpegHeader header, ReadOnlySpan<byte> tag)
    {
        if (tag.Length < 8) return default;
        var (flags, at) = (tag[7], 8);
        long? frames = (flags & 1) != 0 && tag.Length >= 12 ? Positive(BinaryPrimitives.ReadUInt32BigEndian(tag[8..])) : null;
        at += ((flags & 1) != 0 ? 4 : 0) + ((flags & 2) != 0 ? 4 : 0) + ((flags & 4) != 0 ? 100 : 0) + ((flags & 8) != 0 ? 4 : 0);
        var encoder = tag[Math.Min(tag.Length, at)..];
        var hasDelay = encoder.StartsWith("LAME"u8) || encoder.StartsWith("Lavf"u8) || encoder.StartsWith("Lavc"u8);
        if (!hasDelay || encoder.Length < DelayAt + 3) return new(frames, 0, 0, 0);
        var (delay, padding) = (encoder[DelayAt] << 4 | encoder[DelayAt + 1] >> 4,
            (encoder[DelayAt + 1] & 15) << 8 | encoder[DelayAt + 2]);
        var end = (frames ?? 0) * header.Samples;
        return new(frames, delay + DecoderDelay, Math.Min(end, end - padding + DecoderDelay), end);
    }

    private static long? Positive(uint value) => value == 0 ? null : value;
}
