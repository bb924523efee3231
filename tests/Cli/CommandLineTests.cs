using Engine.Cli;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

public class CommandLineTests
{
    [Fact]
    public void Version_Asked_IsPrinted() =>
    Assert.Equal($"engine {CommandLine.Version}{Environment.NewLine}", EngineRun.Of("--version").Succeeds());

    [Fact]
    public void Help_OfEveryCommand_HasUsageAndExamples()
    {
        var commands = EngineRun.Of("--help").Succeeds().Split("Commands:")[1].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ')
            .Select(line => line.Trim().Split(' ')[0]).ToArray();
        Assert.Contains("synth", commands);
        Assert.All(commands, command =>
        {
            var help = EngineRun.Of(command, "--help").Succeeds();
            Assert.Contains($"engine {command}", help);
            Assert.Contains("Examples:", help);
        });
    }

    [Fact]
    public void Command_None_IsRefused() => EngineRun.Of().IsRefused("engine --help");

    [Fact]
    public void Command_Unknown_IsRefusedWithTheList() => EngineRun.Of("trian").IsRefused("'trian'", "synth");

    [Fact]
    public void Option_Unknown_IsRefusedWithTheList() =>
    EngineRun.Of("synth", "x", "--track", "3").IsRefused("'--track'", "--tracks");

    [Theory]
    [InlineData("--tracks", "0", "from 1 to 10000")]
    [InlineData("--tracks", "many", "'many'")]
    [InlineData("--seconds", "-1", "'-1'")]
    [InlineData("--seconds", "NaN", "'NaN'")]
    [InlineData("--seed", "1.5", "'1.5'")]
    [InlineData("--threads", "0", "from 1 to")]
    public void Option_BadNumber_IsRefusedWithTheRange(string option, string value, string part)
    {
        using var folder = new TemporaryFolder();
        EngineRun.Of("synth", folder["corpus"], option, value).IsRefused(option, part);
        Assert.False(Directory.Exists(folder["corpus"]));
    }

    [Fact]
    public void Cancelled_Run_Returns130AndLeavesNothing()
    {
        using var folder = new TemporaryFolder();
        var run = EngineRun.Of(new CancellationToken(canceled: true), "synth", folder["corpus"], "--seconds", "1");
        Assert.Equal(CommandLine.Stopped, run.Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }
}
