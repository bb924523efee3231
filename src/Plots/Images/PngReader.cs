using System.Buffers.Binary;
using System.IO.Compression;

namespace Engine.Plots.Images;

/// <summary>
/// Reads PNG (ISO/IEC 15948) as programs that draw SVG write it: 8 bits a channel, RGB with or without opacity, not interlaced.
/// </summary>
internal static class PngReader
{
    private const int Rgb = 2, RgbAlpha = 6;

    /// <summary>The pixels, over white where they are transparent.</summary>
    /// <exception cref="InvalidDataException">It is not such a PNG, or is damaged.</exception>
    public static RgbImage Read(ReadOnlySpan<byte> png)
    {
        if (!png.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G'])) throw Unreadable("has no signature");
        var (width, height, channels) = (0, 0, 0);
        using var compressed = new MemoryStream();
        for (var at = 8; at + 12 <= png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png[at..]);
            if (length < 0 || length > png.Length - at - 12) throw Unreadable("is cut short");
            var kind = png.Slice(at + 4, 4);
            var data = png.Slice(at + 8, length);
            if (kind.SequenceEqual("IHDR"u8)) (width, height, channels) = Header(data);
            else if (kind.SequenceEqual("IDAT"u8)) compressed.Write(data);
            at += length + 12;
        }

        if (channels == 0) throw Unreadable("has no header");
        compressed.Position = 0;
        return new(width, height, Pixels(compressed, width, height, channels));
    }

    private static (int Width, int Height, int Channels) Header(ReadOnlySpan<byte> data)
    {
        if (data.Length != 13 || data[8] != 8 || data[9] is not (Rgb or RgbAlpha) || data[12] != 0)
            throw Unreadable("is not RGB of 8 bits");
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(data), BinaryPrimitives.ReadInt32BigEndian(data[4..]));
        if (width < 1 || height < 1 || (long)width * height > 1 << 28) throw Unreadable("has an impossible size");
        return (width, height, data[9] == Rgb ? 3 : 4);
    }

    private static int[] Pixels(Stream compressed, int width, int height, int channels)
    {
        using var zlib = new ZLibStream(compressed, CompressionMode.Decompress);
        var pixels = new int[width * height];
        var (row, above) = (new byte[1 + width * channels], new byte[1 + width * channels]);
        for (var y = 0; y < height; y++)
        {
            if (zlib.ReadAtLeast(row, row.Length, throwOnEndOfStream: false) < row.Length) throw Unreadable("is cut short");
            Unfilter(row[0], row.AsSpan(1), above.AsSpan(1), channels);
            for (var x = 0; x < width; x++)
            {
                var pixel = row.AsSpan(1 + x * channels, channels);
                var opacity = channels == 4 ? pixel[3] : 255;
                pixels[y * width + x] = Over(pixel[0], opacity) << 16 | Over(pixel[1], opacity) << 8 | Over(pixel[2], opacity);
            }

            (row, above) = (above, row);
        }

        return pixels;
    }

    private static int Over(int value, int opacity) => (value * opacity + 255 * (255 - opacity) + 127) / 255;

    // Each byte was stored as its difference from a prediction by its neighbours to the left, above, and above left.
    private static void Unfilter(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int channels)
    {
        if (filter > 4) throw Unreadable("has an unknown filter");
        for (var i = 0; i < row.Length; i++)
        {
            var left = i < channels ? 0 : row[i - channels];
            var corner = i < channels ? 0 : above[i - channels];
            row[i] += (byte)(filter switch
            {
                0 => 0,
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                _ => Paeth(left, above[i], corner),
            });
        }
    }

    private static int Paeth(int left, int above, int corner)
    {
        var (l, a, c) = (Math.Abs(above - corner), Math.Abs(left - corner), Math.Abs(left + above - 2 * corner));
        return l <= a && l <= c ? left : a <= c ? above : corner;
    }

    private static InvalidDataException Unreadable(string why) => new($"the PNG {why}; it cannot be shown as sixels.");
}
