using System.Net;
using System.Text.Json;
using Engine.Dsp.Audio;
using Engine.Tests.Classifiers;
using Engine.Tests.Embedding;
using Engine.Tests.Support;
using OpenQA.Selenium;

namespace Engine.Tests.Samples;

/// <summary>The service, asked by a program and by a browser.</summary>
public sealed class AspNetCoreServiceTests(AspNetCoreServiceTests.Service service, Browser browser)
    : IClassFixture<AspNetCoreServiceTests.Service>, IClassFixture<Browser>
{
    [UnixFact]
    public async Task Genres_ASong_IsAnsweredAsItsTimeline()
    {
        using var client = new HttpClient { BaseAddress = service.Address };
        using var song = new ByteArrayContent(File.ReadAllBytes(service.Song));
        using var answer = await client.PostAsync("genres?name=a%20song.wav", song);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var timeline = service.Models.OfWindows.Timeline(service.Song);
        Assert.Equal("a song.wav", json.RootElement.GetProperty("name").GetString());
        var windows = json.RootElement.GetProperty("windows").EnumerateArray().ToArray();
        Assert.Equal(timeline.Windows.Select(w => w.Label), windows.Select(w => w.GetProperty("label").GetString()));
        Assert.Equal(timeline.Windows[3].Probabilities,
            windows[3].GetProperty("probabilities").EnumerateArray().Select(p => p.GetDouble()));
        Assert.Equal(timeline.Segments.Select(s => s.Start),
            json.RootElement.GetProperty("segments").EnumerateArray().Select(s => s.GetProperty("start").GetDouble()));

        using var text = new StringContent("not a song");
        using var refusal = await client.PostAsync("genres?name=notes.txt", text);
        Assert.Equal(HttpStatusCode.BadRequest, refusal.StatusCode);
        Assert.StartsWith("{\"problem\":\"notes.txt: ", await refusal.Content.ReadAsStringAsync());
    }

    [BrowserFact]
    public void Page_SongChosenOrDropped_ShowsItsGenres()
    {
        foreach (var dark in new[] { false, true })
        {
            browser.Open(service.Address.AbsoluteUri, width: dark ? 420 : 1000, dark: dark);
            Assert.Empty(browser.AccessibilityFaults());
            browser.Page.FindElement(By.Id("file")).SendKeys(service.Song);
            Waits("return !document.getElementById('result').hidden");
            Assert.Equal("song.wav", browser.Run<string>("return document.getElementById('name').textContent"));
            Assert.Equal("drone,hiss", browser.Run<string>(
                "return [...document.querySelectorAll('#segments tr')].map(r => r.cells[2].textContent).join()"));
            Assert.Equal(3, browser.Run<int>("return document.querySelectorAll('#chart polygon').length"));
            Assert.StartsWith("Genres along time: drone from 0:00.0, hiss from 0:0",
                browser.Run<string>("return document.getElementById('chart').getAttribute('aria-label')"));
            Assert.True(browser.Run<bool>("const d = document.documentElement; return d.scrollWidth <= d.clientWidth"));
            Assert.Empty(browser.AccessibilityFaults());
            Assert.Empty(browser.Console());
            Picture($"genres-{(dark ? "dark" : "light")}.png");
        }

        // Dropped: what is no song is refused in words.
        browser.Page.ExecuteScript("""
            const data = new DataTransfer();
            data.items.add(new File(['not a song'], '<b>notes</b>.txt'));
            document.getElementById('drop').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
            """);
        Waits("return !document.getElementById('problem').hidden");
        Assert.StartsWith("<b>notes</b>.txt: its content is text, not audio.",
            browser.Run<string>("return document.getElementById('problem').textContent"));
        Assert.True(browser.Run<bool>("return document.getElementById('result').hidden"));
    }

    // ENGINE_PICTURES names a folder for pictures to be looked at.
    private void Picture(string name)
    {
        if (Environment.GetEnvironmentVariable("ENGINE_PICTURES") is { } folder)
            browser.Page.GetScreenshot().SaveAsFile(Path.Combine(folder, name));
    }

    private void Waits(string holds) => Assert.True(SpinWait.SpinUntil(() =>
    {
        Thread.Sleep(20);
        return browser.Run<bool>(holds);
    }, TimeSpan.FromSeconds(30)), holds);

    /// <summary>The service on a free port, and a song of two halves.</summary>
    public sealed class Service : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly Lazy<(Child Process, Uri Address)> _started;

        public Service()
        {
            Models.OfWindows.Save(_folder["model"]);
            WavWriter.Write(Song, new AudioSignal(
                [.. PipelineCorpus.Clip("drone", 8, 1.5), .. PipelineCorpus.Clip("hiss", 8, 1.5)], PipelineCorpus.Rate));
            _started = new(Start);
        }

        public EmbeddingModels Models { get; } = new();

        public string Song => _folder["song.wav"];

        public Uri Address => _started.Value.Address;

        public void Dispose()
        {
            if (_started.IsValueCreated) _started.Value.Process.Dispose();
            Models.Dispose();
            _folder.Dispose();
        }

        private (Child, Uri) Start()
        {
            var child = SampleProgram.Start("AspNetCoreService", ">&2", "--model", _folder["model"],
                "--urls", "http://127.0.0.1:0");
            const string Says = "Now listening on: ";
            while (child.NextLine() is { } line)
            {
                if (line.IndexOf(Says, StringComparison.Ordinal) is >= 0 and var at)
                    return (child, new(line[(at + Says.Length)..].Trim() + "/"));
            }

            throw new InvalidOperationException("The service did not start.");
        }
    }
}
