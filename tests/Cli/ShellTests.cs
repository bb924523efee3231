using System.Diagnostics;
using System.Runtime.Versioning;
using Engine.Cli;
using Engine.Cli.Shell;
using Engine.Pipeline.Recipes;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary>What makes the command line pleasant in a shell: completion, manual, guesses at misspelt names, quiet runs.</summary>
public sealed class ShellTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("train", "tarin")]
    [InlineData("predict", "perdict")]
    [InlineData("--recipe", "train", "--recpie", "gtzan57-knn")]
    [InlineData("--threads", "features", "x", "--thread", "1")]
    [InlineData("gtzan57-svm", "recipes", "gtzan57-smv")]
    public void MisspeltName_IsGuessed(string meant, params string[] arguments) =>
        EngineRun.Of(arguments).IsRefused($"(did you mean {meant}?)");

    [Fact]
    public void ArgumentAfterTwoDashes_IsNoOption() =>
        EngineRun.Of("predict", "missing", "--", "--song.wav").IsRefused("missing: there is no such file");

    [Theory]
    [InlineData("xyzzy")]
    [InlineData("q")]
    public void NameLikeNoOther_IsNotGuessed(string name) => Assert.DoesNotContain("did you mean", EngineRun.Of(name).Error);

    [Theory]
    [InlineData("kitten", "")]
    [InlineData("abcd", " (did you mean abdc?)")]
    [InlineData("ab", "")]
    public void Suggest_IsForNearNames(string name, string expected) =>
        Assert.Equal(expected, Spelling.Suggest(name, ["sitting-down", "abdc"]));

    [PosixFact, UnsupportedOSPlatform("windows")]
    public void Completion_Bash_CompletesCommandsOptionsAndValues()
    {
        if (!File.Exists("/bin/bash")) return;
        File.WriteAllText(_folder["engine"], $"#!/bin/sh\nexec dotnet '{typeof(CommandLine).Assembly.Location}' \"$@\"\n");
        File.SetUnixFileMode(_folder["engine"], UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        File.WriteAllText(_folder["script"], CompletionScript.Of("bash", _folder["engine"]) + """
            complete_line() { COMP_LINE="$1"; COMP_POINT=${#1}; _engine; echo "${COMPREPLY[*]}"; }
            complete_line "engine tr"
            complete_line "alias train music --recipe cs464-conv1"
            complete_line "engine train --on-error "
            complete_line "engine train --split groups:a"
            """);
        using var bash = Child.Start(new ProcessStartInfo("/bin/bash", [_folder["script"]]));
        Assert.Equal(
            "train\ncs464-conv1d-mel cs464-conv1d-raw\n", string.Join('\n', bash.End().Succeeds().Split('\n')[..2]) + "\n");
    }

    [Theory]
    [InlineData("bash", "complete -o default")]
    [InlineData("zsh", "compdef _engine engine")]
    [InlineData("fish", "complete -c engine")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName engine")]
    public void Completion_EveryShell_HasAScript(string shell, string registration)
    {
        var script = EngineRun.Of("completion", shell).Succeeds();
        Assert.Contains(registration, script);
        Assert.Contains("[suggest:", script);
    }

    [Fact]
    public void Completion_QuotesTheProgram()
    {
        Assert.Contains("""'/it'"'"'s/engine'""", CompletionScript.Of("bash", "/it's/engine"));
        Assert.Contains("& '/it''s/engine'", CompletionScript.Of("pwsh", "/it's/engine"));
    }

    [Fact]
    public void Completion_UnknownShell_IsRefusedWithTheList() =>
        EngineRun.Of("completion", "csh").IsRefused("'csh'", "bash, zsh, fish, pwsh");

    [Fact]
    public void Help_OfAnArgumentWithCompletions_ShowsItsNameNotItsValues() =>
        Assert.Contains("  summary <RECIPE> ", EngineRun.Of("--help").Succeeds());

    [Fact]
    public void Manual_HasEveryCommandAndOption_AndNoTextThatRoffTakesForARequest()
    {
        var page = EngineRun.Of("manual").Succeeds();
        string[] requests = [".TH", ".SH", ".SS", ".TP", ".B", ".I", ".PP", ".nf", ".fi", ".RS", ".RE"];
        Assert.All(page.Split('\n').Where(l => l.StartsWith('.')), l => Assert.Contains(l.Split(' ')[0], requests));
        Assert.DoesNotContain(page, c => c > '~');
        foreach (var command in Commands())
        {
            Assert.Contains($".SS engine {command.Replace("-", "\\-")}", page);
            var options = EngineRun.Of(command, "--help").Succeeds().Split('\n')
                .Select(l => l.Trim().Split(' ', ',')[0]).Where(l => l.StartsWith("--", StringComparison.Ordinal));
            Assert.All(options, o => Assert.Contains($"\\fB{o.Replace("-", "\\-")}", page));
        }
    }

    [Fact]
    public void Quiet_Training_ShowsNoEpochs()
    {
        EngineRun.Of("synth", _folder["corpus"], "--tracks", "3", "--seconds", "3").Succeeds();
        string[] train =
            ["train", _folder["corpus"], "--recipe", "spectro-ann", "--set", "classifier.training.epochs=1", "--no-cache"];
        Assert.Contains("loss", EngineRun.Of([.. train, "--out", _folder["loud"]]).Error);
        var quiet = EngineRun.Of([.. train, "--out", _folder["run"], "--quiet", "--json"]);
        Assert.Contains("\"accuracy\"", quiet.Succeeds());
        Assert.DoesNotContain("loss", quiet.Error);
    }

    // As the help lists them.
    private static IEnumerable<string> Commands() =>
        EngineRun.Of("--help").Succeeds().Split("Commands:")[1].Split("\n\n")[0].Split('\n')
            .Where(l => l.StartsWith("  ", StringComparison.Ordinal)).Select(l => l.Trim().Split(' ')[0]);
}
