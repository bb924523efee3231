using System.Globalization;
using System.Text.RegularExpressions;
using Engine.Plots.Images;
using Engine.Plots.Output;

namespace Engine.Tests.Plots;

public partial class TerminalPictureTests
{
    [Theory]
    [InlineData("TERM=xterm-kitty", TerminalProtocol.Kitty)]
    [InlineData("TERM=xterm-256color KITTY_WINDOW_ID=1", TerminalProtocol.Kitty)]
    [InlineData("TERM=xterm-ghostty", TerminalProtocol.Kitty)]
    [InlineData("TERM=xterm-256color TERM_PROGRAM=ghostty", TerminalProtocol.Kitty)]
    [InlineData("TERM=xterm-256color TERM_PROGRAM=iTerm.app", TerminalProtocol.Iterm2)]
    [InlineData("TERM=xterm-256color TERM_PROGRAM=WezTerm", TerminalProtocol.Iterm2)]
    [InlineData("TERM=xterm-256color LC_TERMINAL=iTerm2", TerminalProtocol.Iterm2)]
    [InlineData("TERM=foot", TerminalProtocol.Sixel)]
    [InlineData("TERM=mlterm", TerminalProtocol.Sixel)]
    [InlineData("TERM=xterm-sixel", TerminalProtocol.Sixel)]
    [InlineData("TERM=xterm-256color", null)]
    [InlineData("TERM=xterm-256color TERM_PROGRAM=Apple_Terminal", null)]
    [InlineData("TERM=xterm-kitty TMUX=/tmp/tmux-0/default,1,0", null)]
    [InlineData("TERM=screen STY=1.pts KITTY_WINDOW_ID=1", null)]
    [InlineData("", null)]
    public void Detect_Environment_TellsTheProtocol(string environment, object? expected)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=', 2))
            .ToDictionary(v => v[0], v => v[1]);
        Assert.Equal((TerminalProtocol?)expected, TerminalPicture.Detect(variables.GetValueOrDefault)?.Protocol);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(3072)]
    [InlineData(3073)]
    [InlineData(10_000)]
    public void Kitty_Chunks_HoldTheFile(int bytes)
    {
        var png = Bytes(bytes);
        var text = new TerminalPicture(TerminalProtocol.Kitty).Encode(png);
        var chunks = KittyChunk().Matches(text);
        Assert.Equal(text, string.Concat(chunks.Select(c => c.Value)) + "\n");
        Assert.StartsWith("a=T,f=100,q=2,m=", chunks[0].Groups[1].Value);
        Assert.All(chunks.Skip(1), c => Assert.StartsWith("m=", c.Groups[1].Value));
        Assert.Equal(chunks.Select((_, i) => i < chunks.Count - 1), chunks.Select(c => c.Groups[1].Value.EndsWith("m=1")));
        Assert.All(chunks, c => Assert.InRange(c.Groups[2].Length, 1, 4096));
        Assert.Equal(png, Convert.FromBase64String(string.Concat(chunks.Select(c => c.Groups[2].Value))));
    }

    [Fact]
    public void Iterm2_Sequence_HoldsTheFile() =>
        Assert.Equal("\e]1337;File=inline=1;size=4;preserveAspectRatio=1:AQIDBA==\a\n",
            new TerminalPicture(TerminalProtocol.Iterm2).Encode([1, 2, 3, 4]));

    [Theory]
    [InlineData(7, 6)]
    [InlineData(64, 13)]
    [InlineData(1, 1)]
    public void Sixel_Decoded_IsTheImage(int width, int height)
    {
        // 64 colours, which 5 bits a channel tell apart, and long runs of one.
        var pixels = Enumerable.Range(0, width * height)
            .Select(i => i % 5 == 0 ? 0xFFFFFF : (i % 4 * 64) << 16 | (i / 4 % 4 * 64) << 8 | i / 16 % 4 * 64).ToArray();
        var decoded = DecodeSixel(Sixel.Encode(new(width, height, pixels)), width, height);
        for (var i = 0; i < pixels.Length; i++)
        {
            // Colours are sent in percent.
            for (var shift = 0; shift <= 16; shift += 8)
                Assert.InRange((decoded[i] >> shift & 255) - (pixels[i] >> shift & 255), -2, 2);
        }
    }

    [Fact]
    public void Sixel_Run_IsWrittenOnce() =>
        Assert.Equal("\eP0;1;0q\"1;1;100;2#0;2;100;100;100#0!100B\e\\",
            Sixel.Encode(new(100, 2, Enumerable.Repeat(0xFFFFFF, 200).ToArray())));

    [Fact]
    public void MedianCut_MoreColoursThanThePalette_StayNear()
    {
        var pixels = Enumerable.Range(0, 1 << 15).Select(i => (i & 31) << 19 | (i >> 5 & 31) << 11 | (i >> 10) << 3).ToArray();
        var (palette, indices) = MedianCut.Of(new(256, 128, pixels), 256);
        Assert.Equal(256, palette.Length);
        Assert.All(pixels.Select((p, i) => (p, palette[indices[i]])), pair =>
        {
            for (var shift = 0; shift <= 16; shift += 8)
                Assert.InRange((pair.Item1 >> shift & 255) - (pair.Item2 >> shift & 255), -40, 40);
        });
    }

    [Fact]
    public void MedianCut_FewColours_AreKept()
    {
        var (palette, indices) = MedianCut.Of(new(4, 1, [0xFF0000, 0x00FF00, 0xFF0000, 0x123456]), 256);
        Assert.Equal([0xFF0000, 0x00FF00, 0xFF0000, 0x123456], indices.Select(i => palette[i]));
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 7))];

    // As a terminal reads them: registers in percent, then columns of six pixels.
    private static int[] DecodeSixel(string text, int width, int height)
    {
        Assert.StartsWith("\eP0;1;0q", text);
        Assert.EndsWith("\e\\", text);
        var image = new int[width * height];
        Array.Fill(image, -1);
        var (registers, color, x, y) = (new Dictionary<int, int>(), 0, 0, 0);
        foreach (Match token in SixelToken().Matches(text[8..^2]))
        {
            var numbers = Digits().Matches(token.Value).Select(d => int.Parse(d.Value, CultureInfo.InvariantCulture)).ToArray();
            switch (token.Value[0])
            {
                case '"': Assert.Equal([1, 1, width, height], numbers); break;
                case '#' when numbers.Length == 5:
                    registers[numbers[0]] = Part(numbers[2]) << 16 | Part(numbers[3]) << 8 | Part(numbers[4]);
                    break;
                case '#': color = registers[numbers[0]]; break;
                case '$': x = 0; break;
                case '-': (x, y) = (0, y + 6); break;
                default:
                    var sixel = token.Value[^1] - '?';
                    for (var run = token.Value[0] == '!' ? numbers[0] : 1; run > 0; run--, x++)
                    {
                        for (var row = 0; row < 6; row++)
                            if ((sixel >> row & 1) == 1) image[(y + row) * width + x] = color;
                    }

                    break;
            }
        }

        Assert.DoesNotContain(-1, image);
        return image;

        static int Part(int percent) => (percent * 255 + 50) / 100;
    }

    [GeneratedRegex(@"\e_G([^;]*);([A-Za-z0-9+/=]*)\e\\")]
    private static partial Regex KittyChunk();

    [GeneratedRegex(@"""[\d;]+|#[\d;]+|!\d+[?-~]|[$\-?-~]")]
    private static partial Regex SixelToken();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();
}
