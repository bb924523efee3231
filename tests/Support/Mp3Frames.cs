using Engine.Dsp.Audio.Mpeg;

namespace Engine.Tests.Support;

/// <summary>Frames of an MP3 file, and changes to them.</summary>
internal static class Mp3Frames
{
    /// <summary>Where each frame starts.</summary>
    public static IReadOnlyList<int> Starts(byte[] bytes)
    {
        var starts = new List<int>();
        for (var at = 0; MpegHeader.Parse(bytes.AsSpan(at)) is { } header; at += header.Bytes) starts.Add(at);
        return starts;
    }

    /// <summary>Turns a frame's short blocks to mixed blocks.</summary>
    public static void Mix(byte[] bytes, int frame)
    {
        var header = MpegHeader.Parse(bytes.AsSpan(frame))!.Value;
        var position = 8 * (frame + header.ContentAt) + (header.IsLow ? 8 + header.Channels : 20);
        for (var i = 0; i < (header.IsLow ? 1 : 2) * header.Channels; i++)
        {
            position += 12 + 9 + 8 + (header.IsLow ? 9 : 4);
            if (Bit(bytes, position)) bytes[(position + 3) >> 3] |= (byte)(0x80 >> ((position + 3) & 7));
            position += 1 + 22 + (header.IsLow ? 2 : 3);
        }
    }

    private static bool Bit(byte[] bytes, int position) => (bytes[position >> 3] & 0x80 >> (position & 7)) != 0;
}
