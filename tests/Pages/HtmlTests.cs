using System.Text;
using Engine.Plots.Report;
using Engine.Plots.Report.Html;

namespace Engine.Tests.Pages;

public class HtmlTests
{
    [Fact]
    public void Text_WithMarkup_IsEscaped() =>
        Assert.Equal("<b>&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;x&quot; &#39;y&#39;</b>",
            Html(new Element("b", "<script>alert(1)</script> & \"x\" 'y'")));

    [Fact]
    public void Attribute_WithQuotes_StaysOne() =>
        Assert.Equal("<b title=\"a&quot; onclick=&quot;x&#39; &gt;\"></b>",
            Html(new Element("b").With("title", "a\" onclick=\"x' >")));

    [Theory]
    [InlineData("href")]
    [InlineData("src")]
    [InlineData("onclick")]
    [InlineData("srcdoc")]
    public void Attribute_ThatHoldsCodeOrAddresses_IsRefused(string name) =>
        Assert.Contains(name, Assert.Throws<ArgumentException>(() => new Element("a").With(name, "x")).Message);

    [Fact]
    public void Text_ControlCharactersAndDirectionMarks_AreReplaced() =>
        Assert.Equal("<b>a\ufffdb\ufffdc\u200dd</b>", Html(new Element("b", "a\0b\u202ec\u200dd")));

    [Theory]
    [InlineData("/music/blues/a b.wav", "/music/run", "../blues/a%20b.wav")]
    [InlineData("/music/run/javascript:alert(1)", "/music/run", "./javascript%3Aalert%281%29")]
    [InlineData("/music/a?b#c%20\"'<>.wav", "/music", "./a%3Fb%23c%2520%22%27%3C%3E.wav")]
    [InlineData("/music/\u97f3\u697d.wav", "/music", "./%E9%9F%B3%E6%A5%BD.wav")]
    [InlineData("/music/a.wav", "/home/me/work/runs/run", "file:///music/a.wav")]
    public void Address_OfFile_IsRelativeIfNearAndAlwaysEncoded(string file, string folder, string address)
    {
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(address, Address.OfFile(file, folder).Text);
    }

    [Theory]
    [InlineData("run", "run")]
    [InlineData("my run", "'my run'")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("~", "'~'")]
    [InlineData("", "''")]
    [InlineData("a\u001b'b", "$'a\\u001b\\'b'")]
    public void ShellWord_AnyName_IsOneWord(string name, string word) => Assert.Equal(word, ShellWord.Of(name));

    [Theory]
    [InlineData(0.0, "0 %")]
    [InlineData(0.004, "<1 %")]
    [InlineData(0.125, "12 %")]
    [InlineData(0.999, ">99 %")]
    [InlineData(1.0, "100 %")]
    public void Percent_NearTheEnds_IsNotRoundedToThem(double share, string text) => Assert.Equal(text, Numbers.Percent(share));

    [Theory]
    [InlineData(0.0123456, "0.0123 s")]
    [InlineData(75.25, "1 min 15 s")]
    [InlineData(7325, "2 h 2 min")]
    public void Seconds_AreReadable(double seconds, string text) => Assert.Equal(text, Numbers.Seconds(seconds));

    private static string Html(Node node)
    {
        var html = new StringBuilder();
        node.Write(html);
        return html.ToString();
    }
}
