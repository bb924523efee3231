using System.Buffers.Binary;
using System.IO.Compression;
using Engine.Plots.Images;

namespace Engine.Tests.Plots;

public class PngReaderTests
{
    private const int Width = 5, Height = 10;

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Read_EveryFilter_GivesThePixels(int channels)
    {
        var raw = Raw(channels);
        var image = PngReader.Read(Png(Filtered(raw, channels), channels));
        Assert.Equal((Width, Height), (image.Width, image.Height));
        for (var i = 0; i < Width * Height; i++)
        {
            var opacity = channels == 4 ? raw[i * 4 + 3] : 255;
            for (var c = 0; c < 3; c++)
            {
                var expected = Math.Round((raw[i * channels + c] * opacity + 255.0 * (255 - opacity)) / 255);
                Assert.Equal(expected, image.Pixels[i] >> (16 - 8 * c) & 255);
            }
        }
    }

    [Fact]
    public void Read_NotSuchAPng_SaysWhy()
    {
        var png = Png(Filtered(Raw(3), 3), 3);
        Assert.Contains("no signature", Assert.Throws<InvalidDataException>(() => PngReader.Read("GIF89a.."u8)).Message);
        Assert.Contains("cut short", Assert.Throws<InvalidDataException>(() => PngReader.Read(png.AsSpan(0, 60).ToArray())).Message);
        Assert.Contains("no header", Assert.Throws<InvalidDataException>(() => PngReader.Read(png.AsSpan(0, 8))).Message);
        png[8 + 8 + 9] = 3;
        Assert.Contains("not RGB", Assert.Throws<InvalidDataException>(() => PngReader.Read(png)).Message);
    }

    private static byte[] Raw(int channels)
    {
        var raw = new byte[Width * Height * channels];
        new Random(1).NextBytes(raw);
        return raw;
    }

    // Row y is stored with filter y mod 5.
    private static byte[] Filtered(byte[] raw, int channels)
    {
        var stride = Width * channels;
        var rows = new List<byte>();
        for (var y = 0; y < Height; y++)
        {
            rows.Add((byte)(y % 5));
            for (var i = 0; i < stride; i++)
            {
                int At(int dx, int dy) => i < dx || y < dy ? 0 : raw[(y - dy) * stride + i - dx];
                var (left, above, corner) = (At(channels, 0), At(0, 1), At(channels, 1));
                var p = left + above - corner;
                var paeth = new[] { left, above, corner }.MinBy(v => Math.Abs(p - v));
                rows.Add((byte)(At(0, 0) - (y % 5) switch { 0 => 0, 1 => left, 2 => above, 3 => (left + above) / 2, _ => paeth }));
            }
        }

        return [.. rows];
    }

    private static byte[] Png(byte[] rows, int channels)
    {
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true)) zlib.Write(rows);
        return [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A,
            .. Chunk("IHDR"u8, [0, 0, 0, Width, 0, 0, 0, Height, 8, (byte)(channels == 3 ? 2 : 6), 0, 0, 0]),
            .. Chunk("IDAT"u8, data.ToArray()), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> kind, byte[] data)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        return [.. length, .. kind, .. data, 0, 0, 0, 0];
    }
}
