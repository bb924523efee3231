using System.Text;
using Engine.Pipeline.Runs;
using Engine.Plots.Report;
using Engine.Tests.Support;
using OpenQA.Selenium;
using OpenQA.Selenium.Interactions;

namespace Engine.Tests.Pages;

/// <summary>The page of a run as a browser shows it.</summary>
public sealed class ReportBrowserTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private static readonly string[] s_genres = ["blues", "jazz", "rock"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [BrowserFact]
    public void Page_AnyColoursAndWidths_HasNoFaults()
    {
        var page = Write(MadeUpRuns.Of(["ジャズ", "طرب", .. s_genres], songs: 8, windows: 3, leaky: true));
        foreach (var (width, dark) in new[] { (1200, false), (1200, true), (400, false) })
        {
            browser.Open(page, width, dark: dark);
            Assert.Empty(browser.Console());
            Assert.Empty(browser.AccessibilityFaults());
            Assert.True(browser.Run<bool>("const d = document.documentElement; return d.scrollWidth <= d.clientWidth"));
        }

        browser.Open(page, dark: true);
        Assert.InRange(browser.Run<int>(
            "return parseInt(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"), 0, 60);
    }

    [BrowserFact]
    public void Pages_OfASearchAndAComparison_HaveNoFaults()
    {
        var page = _folder["compared.html"];
        File.WriteAllText(page, ComparisonPage.Of(MadeUpRuns.Comparison("<b>one</b>", "two", "three"), _folder.Path));
        foreach (var made in new[] { page, Write(MadeUpRuns.Searched(MadeUpRuns.Of(s_genres))) })
        {
            foreach (var dark in new[] { false, true })
            {
                browser.Open(made, dark: dark);
                Assert.Empty(browser.Console());
                Assert.Empty(browser.AccessibilityFaults());
            }
        }
    }

    [BrowserFact]
    public void Page_ThirtyGenres_FitTheWindow()
    {
        browser.Open(Write(MadeUpRuns.Of([.. Enumerable.Range(0, 30).Select(g => $"a long genre name {g}")], songs: 8)));
        Assert.Empty(browser.Console());
        Assert.Empty(browser.AccessibilityFaults());
        Assert.True(browser.Run<bool>(
            "const p = document.querySelector('.matrix-place'); return p.scrollWidth <= p.clientWidth"));
    }

    [BrowserFact]
    public void GenreTable_SortsByMouseAndByKeys()
    {
        // Jazz is taken for rock once more than rock for blues, so recalls differ.
        var run = MadeUpRuns.Of(s_genres, songs: 4);
        browser.Open(Write(run));
        const string Order = "return [...document.querySelectorAll('#genre-table tbody th')].map(h => h.textContent).join()";
        Assert.Equal("blues,jazz,rock", browser.Run<string>(Order));
        var button = browser.Page.FindElement(By.CssSelector("#genre-table thead th:first-child button"));
        button.Click();
        Assert.Equal("rock,jazz,blues", browser.Run<string>(Order));
        Assert.Equal("descending", Sorted());
        browser.Press(Keys.Enter);
        Assert.Equal("blues,jazz,rock", browser.Run<string>(Order));
        Assert.Equal("ascending", Sorted());
        var area = browser.Page.FindElement(By.CssSelector("#genre-table thead th:last-child button"));
        area.SendKeys(Keys.Space);
        var values = browser.Run<string>(
            "return [...document.querySelectorAll('#genre-table tbody tr')].map(r => r.cells[5].dataset.value).join()")
            .Split(',');
        Assert.Equal(values.Select(double.Parse).OrderDescending(), values.Select(double.Parse));
        Assert.Equal(1, browser.Run<int>("return document.querySelectorAll('#genre-table [aria-sort]').length"));

        string Sorted() => browser.Run<string>(
            "return document.querySelector('#genre-table [aria-sort]').getAttribute('aria-sort')");
    }

    [BrowserFact]
    public void MatrixCells_HoverFocusAndEnter_GiveTheirSongs()
    {
        Directory.CreateDirectory(_folder["music", "blues"]);
        File.WriteAllBytes(_folder["music", "blues", "blues.00003.wav"], AudioBytes.Wav(new byte[44100]));
        browser.Open(Write(MadeUpRuns.Of(s_genres, songs: 4, data: _folder["music"])));
        var cells = browser.Page.FindElements(By.CssSelector("#matrix button"));
        Assert.Equal(6, cells.Count);
        new Actions(browser.Page).MoveToElement(cells[1]).Perform();
        Assert.Equal("blues taken for jazz: 1 of 4, 25 %", Title());
        Assert.Equal("blues/blues.00003.wav", browser.Run<string>("return document.querySelector('#songs-list a').textContent"));
        Assert.EndsWith("/music/blues/blues.00003.wav",
            browser.Run<string>("return document.querySelector('#songs-list audio').src"));
        // Only one cell is in the order of the Tab key.
        Assert.Equal(1, browser.Run<int>("return document.querySelectorAll('#matrix button[tabindex=\"0\"]').length"));
        browser.Page.ExecuteScript("document.querySelector('#matrix button').focus()");
        Assert.Equal("blues recognised: 3 of 4, 75 %", Title());
        Assert.Equal(3, browser.Page.FindElements(By.CssSelector("#songs-list li")).Count);
        browser.Press(Keys.ArrowRight);
        browser.Press(Keys.ArrowDown);
        Assert.Equal("jazz recognised: 3 of 4, 75 %", Title());
        browser.Press(Keys.Enter);
        Assert.Equal("songs", browser.Run<string>("return document.activeElement.id"));
        new Actions(browser.Page).MoveToElement(cells[1]).Perform();
        Assert.Equal("jazz recognised: 3 of 4, 75 %", Title());
        browser.Press(Keys.Escape);
        Assert.Equal("jazz recognised: 3 of 4, 75 %", browser.Run<string>("return document.activeElement.textContent"));
        Assert.Empty(browser.Console());
        // The policy lets the page play what lies on the disk.
        browser.Page.ExecuteScript("const a = document.querySelector('#errors audio'); a.preload = 'auto'; a.load()");
        Assert.True(Waits(() => browser.Run<int>("return document.querySelector('#errors audio').readyState") > 0));

        string Title() => browser.Run<string>("return document.getElementById('songs-title').textContent");
    }

    [BrowserFact]
    public void HostileNames_StayText_AndRunNothing()
    {
        const string Script = "<script>alert(1)</script>";
        const string Name = "\"'><img src=x onerror=\"document.title='run'\">.wav";
        Directory.CreateDirectory(_folder["music"]);
        File.WriteAllBytes(_folder["music", Name], []);
        browser.Open(Write(MadeUpRuns.Of([Script, "javascript:alert(1)", "' onfocus='document.title=1"], songs: 4,
            name: (g, s) => g == Script && s == 3 ? Name : $"{(g[0] == 'j' ? "javascript:alert(1)//" : "x")} {s}",
            data: _folder["music"])));
        Assert.Empty(browser.Console());
        Assert.Equal("gtzan57-knn – Engine", browser.Page.Title);
        Assert.Equal(0, browser.Run<int>(
            "return document.querySelectorAll('img, [onerror], [onfocus], [href^=\"javascript\"]').length"));
        Assert.Equal(Script, browser.Run<string>("return document.querySelector('#genre-table tbody th').textContent"));
        foreach (var cell in browser.Page.FindElements(By.CssSelector("#matrix button"))) cell.Click();
        browser.Page.ExecuteScript("document.querySelectorAll('#matrix button')[1].click()");
        Assert.Equal(Name, browser.Run<string>("return document.querySelector('#errors tbody a').textContent"));
        var address = new Uri(browser.Run<string>("return document.querySelector('#errors tbody a').href"));
        Assert.Equal(_folder["music", Name], Uri.UnescapeDataString(address.AbsolutePath));
        Assert.Equal(0, browser.Run<int>("return document.querySelectorAll('img, [onerror], [href^=\"javascript\"]').length"));
        Assert.Equal("gtzan57-knn – Engine", browser.Page.Title);
        Assert.Empty(browser.Console());
    }

    [BrowserTheory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(60)]
    public void Paper_CutsNoTable(int genres)
    {
        // A4 between the margins of the page.
        const int Width = 703, Height = 1009;
        var page = Write(MadeUpRuns.Of([.. Enumerable.Range(0, genres).Select(g => $"genre number {g}")], songs: 8, windows: 3,
            name: (g, s) => $"{g} {s} {new string('x', 100)}"));
        browser.Open(page, Width, Height, paper: true);
        browser.Page.ExecuteScript("dispatchEvent(new Event('beforeprint'))");
        Assert.Equal("", browser.Run<string>(
            "return [...document.querySelectorAll('table, svg, pre')]"
                + ".filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
                + ".map(e => e.tagName + ' ' + (e.querySelector('caption') || e).textContent).join()"));
        Assert.InRange(browser.Run<int>("return document.getElementById('matrix').offsetHeight"), 50, Height);
        Assert.Equal("avoid", browser.Run<string>("return getComputedStyle(document.getElementById('matrix')).breakInside"));
        Assert.Equal(0, browser.Run<int>("return document.querySelectorAll('details:not([open])').length"));
        Assert.Equal(0, browser.Run<int>(
            "return [...document.querySelectorAll('nav, audio, #songs')].filter(e => e.offsetHeight).length"));
        Assert.Equal("avoid", browser.Run<string>("return getComputedStyle(document.querySelector('tbody tr')).breakInside"));
        Assert.Equal("table-header-group",
            browser.Run<string>("return getComputedStyle(document.querySelector('thead')).display"));
        var pdf = browser.Page.Print(new PrintOptions { OutputBackgroundImages = true, ShrinkToFit = false }).AsByteArray;
        Assert.StartsWith("%PDF-", Encoding.ASCII.GetString(pdf.AsSpan(0, 5)));
    }

    private static bool Waits(Func<bool> holds) => SpinWait.SpinUntil(() =>
    {
        Thread.Sleep(50);
        return holds();
    }, TimeSpan.FromSeconds(10));

    private string Write(FinishedRun run)
    {
        Directory.CreateDirectory(_folder["run"]);
        File.WriteAllText(_folder["run", "report.html"], RunPage.Of(run, _folder["run"]));
        return _folder["run", "report.html"];
    }
}
