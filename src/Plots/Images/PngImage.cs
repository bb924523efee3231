using System.Buffers.Binary;
using System.IO.Compression;
using Engine.Dsp.Files;
using OxyPlot;

namespace Engine.Plots.Images;

/// <summary>Writes images of up to 255 colours as PNG (ISO/IEC 15948): a palette and one byte a pixel.</summary>
internal static class PngImage
{
    /// <summary>The colour that shows what is behind.</summary>
    public const byte Transparent = 255;

    private const int PaletteBytes = 256 * 3;

    /// <summary>Encodes pixels [height, width], the top row first.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, int width, int height, IList<OxyColor> colors)
    {
        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        (header[8], header[9]) = (8, 3);
        Chunk(png, "IHDR"u8, header);

        Span<byte> palette = stackalloc byte[PaletteBytes];
        for (var c = 0; c < 256; c++)
        {
            var color = colors[Math.Min(c, colors.Count - 1)];
            (palette[c * 3], palette[c * 3 + 1], palette[c * 3 + 2]) = (color.R, color.G, color.B);
        }

        Chunk(png, "PLTE"u8, palette);
        Span<byte> opacity = stackalloc byte[256];
        opacity.Fill(255);
        opacity[Transparent] = 0;
        Chunk(png, "tRNS"u8, opacity);
        Chunk(png, "IDAT"u8, Compressed(pixels, width, height));
        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    // Every row begins with the number of its filter: none suits palettes best.
    private static byte[] Compressed(ReadOnlySpan<byte> pixels, int width, int height)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal))
        {
            for (var y = 0; y < height; y++)
            {
                zlib.WriteByte(0);
                zlib.Write(pixels.Slice(y * width, width));
            }
        }

        return compressed.ToArray();
    }

    private static void Chunk(MemoryStream png, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(kind);
        png.Write(data);
        var crc = new Crc32();
        crc.Append(kind);
        crc.Append(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, crc.Value);
        png.Write(number);
    }
}
