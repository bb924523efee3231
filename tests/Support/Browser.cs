using System.Text.Json;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;

namespace Engine.Tests.Support;

/// <summary>A test in a real browser; skipped, visibly, where Chromium or its driver is not on the PATH.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Browser.Program is null || Browser.Driver is null) Skip = "chromium and chromedriver are not on the PATH.";
    }
}

/// <summary>The same with several cases.</summary>
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute()
    {
        if (Browser.Program is null || Browser.Driver is null) Skip = "chromium and chromedriver are not on the PATH.";
    }
}

/// <summary>Chromium without a window, which loads nothing from any network.</summary>
public sealed class Browser : IDisposable
{
    private ChromeDriverService? _service;
    private ChromeDriver? _driver;

    /// <summary>The browser.</summary>
    public static string? Program { get; } = Find("chromium", "chromium-browser", "google-chrome");

    /// <summary>What drives it.</summary>
    public static string? Driver { get; } = Find("chromedriver");

    /// <summary>The driver, started by its first use.</summary>
    internal ChromeDriver Page => _driver ??= Start();

    /// <summary>Opens a page in a window of a size, with light or dark colours, on a screen or on paper.</summary>
    internal void Open(string file, int width = 1200, int height = 900, bool dark = false, bool paper = false)
    {
        Page.ExecuteCdpCommand("Emulation.setEmulatedMedia", new Dictionary<string, object?>
        {
            ["media"] = paper ? "print" : "screen",
            ["features"] = new object[]
            {
                new Dictionary<string, object> { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" },
            },
        });
        Page.ExecuteCdpCommand("Emulation.setDeviceMetricsOverride", new Dictionary<string, object?>
        {
            ["width"] = width,
            ["height"] = height,
            ["deviceScaleFactor"] = 1,
            ["mobile"] = false,
        });
        Page.Navigate().GoToUrl(new Uri(file).AbsoluteUri);
    }

    /// <summary>Runs JavaScript that returns a value.</summary>
    internal T Run<T>(string script) => (T)Convert.ChangeType(Page.ExecuteScript(script)!, typeof(T),
        System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Presses a key in what has the focus.</summary>
    internal void Press(string key) => Page.SwitchTo().ActiveElement().SendKeys(key);

    /// <summary>What the console said since it was last asked.</summary>
    internal string[] Console() => [.. Page.Manage().Logs.GetLog(LogType.Browser).Select(l => l.Message)];

    /// <summary>The faults that axe-core finds which are serious or critical.</summary>
    internal string[] AccessibilityFaults()
    {
        using var stream = typeof(Deque.AxeCore.Commons.AxeResult).Assembly
            .GetManifestResourceStream("Deque.AxeCore.Commons.Resources.axe.min.js")!;
        using var reader = new StreamReader(stream);
        Page.ExecuteScript(reader.ReadToEnd());
        var json = (string)Page.ExecuteAsyncScript(
            "const done = arguments[arguments.length - 1];"
                + "axe.run().then(r => done(JSON.stringify(r.violations"
                + ".filter(v => v.impact === 'serious' || v.impact === 'critical')"
                + ".map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target + ' ' + n.failureSummary).join('; ')))))"
                + ".catch(e => done(JSON.stringify([String(e)])));")!;
        return JsonSerializer.Deserialize<string[]>(json)!;
    }

    public void Dispose()
    {
        _driver?.Dispose();
        _service?.Dispose();
    }

    private ChromeDriver Start()
    {
        var options = new ChromeOptions { BinaryLocation = Program };
        options.AddArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync");
        options.SetLoggingPreference(LogType.Browser, LogLevel.All);
        _service = ChromeDriverService.CreateDefaultService(Driver);
        _service.SuppressInitialDiagnosticInformation = true;
        return new(_service, options);
    }

    private static string? Find(params string[] names) => names
        .SelectMany(n => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(f => Path.Combine(f, n)))
        .FirstOrDefault(File.Exists);
}
