using Engine.Cli;
using Engine.Tests.Support;

namespace Engine.Tests.Cli.Ranks;

/// <summary>The built program as the ranks of a job.</summary>
internal static class RankRun
{
    /// <summary>Runs it.</summary>
    public static EngineRun Of(string launcher, int ranks, TemporaryFolder folder, params string[] arguments)
    {
        using var job = Start(launcher, ranks, folder, "", arguments);
        return job.End();
    }

    /// <summary>
    /// Starts it by way of a shell, which first does <paramref name="before"/>, where <c>$rank</c> is the rank's number.
    /// </summary>
    public static Child Start(string launcher, int ranks, TemporaryFolder folder, string before, params string[] arguments)
    {
        var script = $"rank=${{OMPI_COMM_WORLD_RANK:-$PMI_RANK}}; {before} exec dotnet \"$0\" \"$@\"";
        var start = new System.Diagnostics.ProcessStartInfo(launcher, [.. Mpi.Arguments(launcher, ranks), "/bin/sh", "-c", script,
            typeof(CommandLine).Assembly.Location, .. arguments])
        {
            WorkingDirectory = folder.Path,
        };
        start.Environment["ENGINE_CACHE"] = folder["cache"];
        return Child.Start(start);
    }
}
