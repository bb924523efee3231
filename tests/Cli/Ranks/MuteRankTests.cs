using Engine.Cli;
using Engine.Tensors.Distributed;

namespace Engine.Tests.Cli.Ranks;

/// <summary>What ranks print before MPI has started.</summary>
public class MuteRankTests
{
    [Theory]
    [InlineData(0, "--version")]
    [InlineData(0, "features", "--help")]
    [InlineData(2, "features", "--nonsense")]
    [InlineData(2)]
    public void Run_WhatNeedsNoWork_IsSaidByTheFirstRank(int code, params string[] arguments)
    {
        var first = Rank(0, arguments);
        Assert.Equal(code, first.Code);
        Assert.NotEqual("", code == 0 ? first.Output : first.Error);
        Assert.Equal(new(code, "", ""), Rank(1, arguments));
    }

    [Theory]
    [InlineData("plot", "run")]
    [InlineData("report", "run")]
    [InlineData("scan", "music", "--out", "x.csv")]
    [InlineData("synth", "music")]
    [InlineData("merge", "a.csv", "--out", "x.csv")]
    public void Run_CommandThatDoesNotShare_IsRefusedOnce(params string[] arguments)
    {
        Rank(0, arguments).IsRefused($"engine {arguments[0]} does not share its work among ranks", "without mpirun or srun");
        Assert.Equal(new(2, "", ""), Rank(1, arguments));
    }

    [Fact]
    public void Run_OnePartOfAList_IsItsOwnProcess()
    {
        var error = Rank(1, "features", "missing", "--out", "x.csv", "--shard", "2/2");
        error.IsRefused("missing: no such file");
        Assert.DoesNotContain("rank", error.Error);
    }

    private static EngineRun Rank(int rank, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        // A signal, so that the other ranks do not wait for the first to speak.
        var command = new CommandLine(output, error, outputIsTerminal: false, errorIsTerminal: false, new(canceled: rank > 0))
        {
            Launcher = Launcher.Find(name => name switch { "PMI_RANK" => $"{rank}", "PMI_SIZE" => "2", _ => null }),
        };
        return new(command.Run(arguments), output.ToString(), error.ToString());
    }
}
