using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Engine.Tests.Support;

/// <summary>Runs test classes again in a process of its own, in another environment.</summary>
public static partial class ChildTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Every test of the classes passes, and there are two at least: one is the check that the environment took effect.
    /// </summary>
    /// <param name="testClasses">What to run.</param>
    /// <param name="environment">What is different, for the report.</param>
    /// <param name="variables">Environment variables to set.</param>
    public static void Run(Type[] testClasses, string environment, params ReadOnlySpan<(string Name, string Value)> variables)
    {
        var names = string.Join(", ", testClasses.Select(c => c.Name));
        var host = Environment.ProcessPath;
        var start = new ProcessStartInfo(Path.GetFileNameWithoutExtension(host) == "dotnet" ? host! : "dotnet")
        {
            ArgumentList =
            {
                "vstest", typeof(ChildTests).Assembly.Location,
                $"--TestCaseFilter:{string.Join('|', testClasses.Select(c => $"FullyQualifiedName~{c.FullName}."))}",
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(s_limit)) process.Kill(entireProcessTree: true);
        process.WaitForExit();
        var report = output.Result + error.Result;
        Assert.True(process.ExitCode == 0, $"{names} under {environment}:\n{report}");
        Assert.True(PassedCount().Match(report) is { Success: true } passed && int.Parse(passed.Groups[1].Value) >= 2,
            $"{names} under {environment} ran no tests:\n{report}");
    }

    [GeneratedRegex(@"Passed:\s+(\d+)")]
    private static partial Regex PassedCount();
}
