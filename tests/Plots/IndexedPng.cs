using System.Buffers.Binary;
using System.IO.Compression;

namespace Engine.Tests.Plots;

/// <summary>An image as pictures embed it: PNG with a palette, a byte a pixel, rows unfiltered.</summary>
internal sealed record IndexedPng(int Width, int Height, byte[] Pixels, byte[] Palette)
{
    public byte this[int x, int y] => Pixels[y * Width + x];

    public static IndexedPng Read(byte[] png)
    {
        var (width, height, palette) = (0, 0, Array.Empty<byte>());
        using var compressed = new MemoryStream();
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            var data = png.AsSpan(at + 8, length);
            switch (System.Text.Encoding.ASCII.GetString(png, at + 4, 4))
            {
                case "IHDR":
                    width = BinaryPrimitives.ReadInt32BigEndian(data);
                    height = BinaryPrimitives.ReadInt32BigEndian(data[4..]);
                    break;
                case "PLTE": palette = data.ToArray(); break;
                case "IDAT": compressed.Write(data); break;
                default: break;
            }

            at += length + 12;
        }

        compressed.Position = 0;
        using var zlib = new ZLibStream(compressed, CompressionMode.Decompress);
        var pixels = new byte[width * height];
        for (var y = 0; y < height; y++)
        {
            Assert.Equal(0, zlib.ReadByte());
            zlib.ReadExactly(pixels, y * width, width);
        }

        return new(width, height, pixels, palette);
    }

    /// <summary>The place of the centre of the brightest pixel of a column, from 0 (bottom) to 1.</summary>
    public double BrightestRow(int x)
    {
        var best = Enumerable.Range(0, Height).MaxBy(y => this[x, y]);
        var end = best;
        while (end + 1 < Height && this[x, end + 1] == this[x, best]) end++;
        return 1 - (best + end + 1) / 2.0 / Height;
    }

    /// <summary>The mean red, green and blue of the opaque pixels.</summary>
    public double[] MeanColor() =>
        [.. Enumerable.Range(0, 3).Select(c => Pixels.Where(p => p != 255).Select(p => (double)Palette[p * 3 + c])
            .DefaultIfEmpty(0).Average())];
}
