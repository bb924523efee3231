using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Engine.Peers.Comparing;

/// <summary>Where, and of which commit, something was measured.</summary>
/// <param name="Processor">The processor's name.</param>
/// <param name="Cores">How many of its cores there are.</param>
/// <param name="Commit">Our commit.</param>
/// <param name="Flops">The measured peak of all cores, operations per second.</param>
/// <param name="Bytes">The measured peak of copying, bytes per second.</param>
internal sealed partial record Machine(string Processor, int Cores, string Commit, double Flops, double Bytes)
{
    /// <summary>Describes this machine.</summary>
    /// <param name="flops">Its measured peak.</param>
    /// <param name="bytes">Its measured peak.</param>
    public static Machine Here(double flops, double bytes)
    {
        var model = ModelName().Match(File.ReadAllText("/proc/cpuinfo")).Groups[1].Value;
        return new(model, Environment.ProcessorCount, Revision(), flops, bytes);
    }

    /// <summary>The least time of so much work, in milliseconds.</summary>
    public double Bound(Resource resource, double work, int threads) =>
        1e3 * work / (resource == Resource.Memory ? Bytes : Flops * threads / Cores);

    private static string Revision()
    {
        var changed = Git("status", "--porcelain", "src").Length > 0;
        return Git("rev-parse", "--short", "HEAD") + (changed ? " with changes" : "");
    }

    private static string Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true })!;
        var output = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return git.ExitCode == 0 ? output : "unknown";
    }

    [GeneratedRegex(@"model name\s*:\s*(.*)")]
    private static partial Regex ModelName();
}
