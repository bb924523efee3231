using Engine.Cli.Text;

namespace Engine.Tests.Cli.Terminal;

/// <summary>How wide text is, where it breaks, and how wide the terminal is.</summary>
public class TextWidthTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("blues", 5)]
    [InlineData("é", 1)]
    [InlineData("e\u0301", 1)]
    [InlineData("演歌", 4)]
    [InlineData("ｼﾞｬｽﾞ", 5)]
    [InlineData("힙합", 4)]
    [InlineData("راب", 3)]
    [InlineData("🎵 a", 4)]
    [InlineData("𠀀", 2)]
    [InlineData("━─±…", 4)]
    public void Of_CountsColumns(string text, int columns) => Assert.Equal(columns, DisplayWidth.Of(text));

    [Theory]
    [InlineData("演歌", 3, "演")]
    [InlineData("cafe\u0301s", 4, "cafe\u0301")]
    [InlineData("🎵🎵", 2, "🎵")]
    [InlineData("ab", 5, "ab")]
    public void Beginning_KeepsCharactersWhole(string text, int columns, string beginning) =>
        Assert.Equal(beginning, DisplayWidth.Beginning(text, columns));

    [Fact]
    public void Shortened_ShowsThatSomethingIsMissing()
    {
        Assert.Equal("classical", DisplayWidth.Shortened("classical", 9));
        Assert.Equal("classic…", DisplayWidth.Shortened("classical", 8));
    }

    [Theory]
    [InlineData("one two three", 8, "one two|three")]
    [InlineData("corpus/moondub/moondub.00001.wav", 18, "corpus/moondub/|moondub.00001.wav")]
    [InlineData("classifier.layers[0].units", 20, "classifier.|layers[0].units")]
    [InlineData("0.556 ± 0.048", 8, "0.556|± 0.048")]
    [InlineData("95 % interval", 6, "95 %|interv|al")]
    [InlineData("pthread-skylake-avx512-AMD", 16, "pthread-skylake-|avx512-AMD")]
    [InlineData("演歌演歌", 5, "演歌|演歌")]
    [InlineData("演歌", 1, "演|歌")]
    public void Lines_BreakWhereOneReadsOn(string text, int columns, string lines) =>
        Assert.Equal(lines.Split('|'), Folding.Lines(text, columns));

    [Theory]
    [InlineData("xterm", null, null, true, true)]
    [InlineData("xterm", "1", null, true, false)]
    [InlineData("xterm", "", null, true, true)]
    [InlineData("dumb", null, null, false, false)]
    [InlineData(null, null, null, true, true)]
    public void Screen_FollowsTheEnvironment(string? term, string? noColor, string? columns, bool overwrites, bool colored)
    {
        if (OperatingSystem.IsWindows()) return;
        var screen = Of(term, noColor, columns);
        Assert.Equal((overwrites, colored), (screen.CanOverwrite, screen.IsColored));
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("10", 40)]
    public void Screen_Columns_TakePrecedence(string columns, int width) =>
        Assert.Equal(width, Of("xterm", null, columns).Columns());

    [Theory]
    [InlineData("0")]
    [InlineData("wide")]
    [InlineData("")]
    public void Screen_ColumnsThatAreNoWidth_CountAsUnset(string columns) =>
        Assert.Equal(Of("xterm", null, null).Columns(), Of("xterm", null, columns).Columns());

    private static Screen Of(string? term, string? noColor, string? columns) => Screen.OfProcess(name => name switch
    {
        "TERM" => term,
        "NO_COLOR" => noColor,
        "COLUMNS" => columns,
        _ => null,
    });
}
