using System.Text.RegularExpressions;
using Engine.Tests.Support;

namespace Engine.Tests.Cli.Terminal;

/// <summary>Reports and progress in a real terminal.</summary>
public sealed partial class TmuxTests : IClassFixture<CorpusFixture>, IDisposable
{
    private const string Recipe = """
        {
          "name": "long", "description": "A network that is trained for longer than any test waits.",
          "front_end": { "sample_rate": 22050, "features": { "set": "mel-frames", "n_fft": 1024, "hop_length": 512, "n_mels": 16 }, "segment": 0.5 },
          "scaler": "none", "window_scaler": "bin",
          "classifier": {
            "kind": "network", "layers": [ { "layer": "flatten" }, { "layer": "dense", "units": 1024 }, { "layer": "relu" }, { "layer": "output" } ],
            "training": { "optimizer": { "kind": "adam" }, "batch": 4, "epochs": 9000 }
          }
        }
        """;

    private readonly CorpusFixture _corpus;
    private readonly TemporaryFolder _folder = new();

    public TmuxTests(CorpusFixture corpus)
    {
        _corpus = corpus;
        File.WriteAllText(_folder["recipe.json"], Recipe);
    }

    public void Dispose() => _folder.Dispose();

    [TmuxFact]
    public void Reports_AtFourWidths_FitWithoutWrapping()
    {
        using var tmux = new Tmux(_folder);
        int[] widths = [60, 80, 100, 150];
        foreach (var width in widths)
        {
            tmux.Start($"w{width}", width,
                $"engine test '{_corpus.Run}' && cd '{_corpus.Corpus}' && engine predict '{_corpus.Run}' moondub --top 3");
        }

        foreach (var width in widths)
        {
            tmux.Wait($"w{width}", shown => shown.Contains("code 0"));
            var lines = tmux.Shown($"w{width}", joined: true).Split('\n');
            // A warning stays one line, so that what it names can be copied; the terminal wraps it.
            var report = lines.Where(line => !line.StartsWith("engine: warning: ", StringComparison.Ordinal));
            Assert.All(report, line => Assert.InRange(line.TrimEnd().Length, 0, width));
            string[] rows = ["amberwaltz .*[.0-9]( +[.0-9]+){9}$", "weighted avg +0[.]", "^(moondub/)?moondub[.]00004[.]wav"];
            Assert.All(rows, row => Assert.Contains(lines, line => Regex.IsMatch(line.TrimEnd(), row)));
            Assert.DoesNotContain(lines, line => line.Contains("left"));
        }
    }

    [TmuxFact]
    public void Train_UntilCtrlC_ShowsOneLineAndLeavesACleanTerminal()
    {
        using var tmux = new Tmux(_folder);
        tmux.Start("plain", 60, $"export NO_COLOR=1; {Train("a")}");
        tmux.Start("color", 100, Train("b"));
        foreach (var session in new[] { "plain", "color" })
        {
            var lines = tmux.Wait(session, shown => Status().IsMatch(shown.Split('\n')[^1])).Split('\n');
            Assert.InRange(lines[^1].Length, 20, 40);
            Assert.Single(lines, line => line.Contains("left"));
            Assert.Contains(lines, line => EpochLine().IsMatch(line));
            Assert.Equal(session == "color", tmux.Shown(session, colors: true).Contains("\e[32m━"));
            tmux.Press(session, "C-c");
        }

        foreach (var session in new[] { "plain", "color" })
        {
            var lines = tmux.Wait(session, shown => shown.Contains("\ncode 130")).Split('\n');
            Assert.DoesNotContain(lines, line => line.Contains("left") || line.Contains("^C"));
            Assert.Equal("engine: stopped", lines[^2]);
            Assert.StartsWith("engine: stopped; resume with:", Assert.Single(lines, line => line.Contains("resume")));
            Assert.True(tmux.HasCursor(session));
        }
    }

    [TmuxFact]
    public void Train_WithOutputToAPipe_StillShowsTheLine()
    {
        using var tmux = new Tmux(_folder);
        // The reader outlives the Ctrl-C, as a pager does.
        tmux.Start("pipe", 80, $"{Train("a")} | (trap '' INT; tee '{_folder["log"]}')");
        tmux.Wait("pipe", shown => Status().IsMatch(shown.Split('\n')[^1]));
        tmux.Press("pipe", "C-c");
        tmux.Wait("pipe", shown => shown.Contains("\ncode "));
        Assert.Equal("", File.ReadAllText(_folder["log"]));
    }

    private string Train(string run) =>
        $"engine train '{_corpus.Corpus}' --recipe '{_folder["recipe.json"]}' --out '{_folder[run]}'";

    [GeneratedRegex(@"^epoch +\d+/9000 ━+─+ \d+ % \d+:\d\d(:\d\d)? left$")]
    private static partial Regex Status();

    [GeneratedRegex(@"^(epoch )? *\d+/9000  loss \d+[.]\d+ acc(uracy)? \d[.]\d+  \d+[.]\d+ s")]
    private static partial Regex EpochLine();
}
