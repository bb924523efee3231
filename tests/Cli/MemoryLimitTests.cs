using Engine.Cli;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

public class MemoryLimitTests
{
    [Theory]
    [InlineData("8g")]
    [InlineData("2147483648")]
    [InlineData("900M")]
    [InlineData("1T")]
    public void Summary_LimitThatSuffices_ShowsWhatIsNeeded(string limit)
    {
        var output = EngineRun.Of("summary", "cs464-conv2d", "--memory-limit", limit).Succeeds();
        Assert.Contains("needed, about", output);
        Assert.Contains("$.classifier.training.batch", output);
        Assert.Contains("\"needs\"", EngineRun.Of("summary", "cs464-conv2d", "--json").Succeeds());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("8 G")]
    [InlineData("8GB")]
    [InlineData("G")]
    [InlineData("9999999999G")]
    [InlineData("much")]
    public void MemoryLimit_ThatIsNoSize_IsRefused(string limit) =>
        EngineRun.Of("summary", "cs464-conv2d", "--memory-limit", limit).IsRefused("--memory-limit", limit, "8G");

    [Fact]
    public void Commands_RecipeBeyondTheLimit_RefuseWithOneLine()
    {
        using var folder = new TemporaryFolder();
        var recipe = folder["r.json"];
        File.WriteAllText(recipe, EngineRun.Of("recipes", "cortis-mlp-fixed").Succeeds());
        string[][] commands =
        [
            ["summary", recipe],
            ["recipes", recipe],
            ["train", folder["none"], "--recipe", recipe, "--out", folder["run"]],
            ["compare", folder["none"], "--recipes", recipe, "--out", folder["compared"]],
            ["tune", folder["none"], "--recipe", "cortis-mlp-tuned", "--out", folder["tuned"]],
            ["features", folder[""], "--out", folder["f.csv"]],
        ];
        File.WriteAllBytes(folder["song.wav"], []);
        foreach (var command in commands)
            EngineRun.Of([.. command, "--memory-limit", "1M"])
                .IsRefused("$.front_end.features.set", "the limit is 1 MiB", "--memory-limit");
        Assert.False(Path.Exists(folder["run"]) || Path.Exists(folder["tuned"]));
    }

    [Fact]
    public void Command_ThatRunsOutOfMemory_FailsWithARemedyAndIsNoFaultOfEngine()
    {
        using var error = new StringWriter();
        var session = new Session(
            TextWriter.Null, error, outputIsTerminal: false, errorIsTerminal: false, CancellationToken.None);
        var code = CommandLine.Explain(new AggregateException(new InsufficientMemoryException()), session, debug: false);
        Assert.Equal(CommandLine.Failed, code);
        Assert.Contains("there is not enough memory", error.ToString());
        Assert.Contains("--threads", error.ToString());
        Assert.Single(error.ToString().TrimEnd().Split('\n'));
    }
}
