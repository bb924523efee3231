using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;

namespace Engine.Tests.Support;

/// <summary>
/// Runs a test class again in a process of its own in which the runtime leaves some vector instructions alone, so that
/// every width of a kernel is tested on a machine that has the widest. Use it as
/// <code>
/// [Theory, MemberData(nameof(InstructionSets.Restrictions), MemberType = typeof(InstructionSets))]
/// public void Kernel_FewerInstructions_StillPasses(string restriction) => InstructionSets.Rerun(typeof(KernelTests), restriction);
/// </code>
/// in another class than the one that is run again.
/// </summary>
public static partial class InstructionSets
{
    private const string Variable = "ENGINE_TESTS_RESTRICTION";
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    /// <summary>The runtime's switches, without their common start <c>DOTNET_Enable</c>.</summary>
    public static TheoryData<string> Restrictions => ["AVX512", "AVX2", "HWIntrinsic"];

    /// <summary>The restriction that this process was started under, if any.</summary>
    public static string? Current => Environment.GetEnvironmentVariable(Variable);

    /// <summary>Whether the instructions that <paramref name="restriction"/> names are out of use in this process.</summary>
    public static bool InForce(string restriction) => restriction switch
    {
        "AVX512" => !Vector512.IsHardwareAccelerated && !Avx512F.IsSupported,
        "AVX2" => !Vector256.IsHardwareAccelerated && !Avx2.IsSupported && !Fma.IsSupported,
        "HWIntrinsic" => !Vector128.IsHardwareAccelerated && !Sse.IsSupported,
        _ => throw new ArgumentException($"InstructionSets: no restriction is called '{restriction}'."),
    };

    /// <summary>Runs the tests of <paramref name="testClass"/> under a restriction, after a test that it took effect.</summary>
    public static void Rerun(Type testClass, string restriction) => Rerun([testClass], restriction);

    /// <summary>The same for several classes, in one process.</summary>
    public static void Rerun(Type[] testClasses, string restriction)
    {
        var names = string.Join(", ", testClasses.Select(c => c.Name));
        var host = Environment.ProcessPath;
        var start = new ProcessStartInfo(Path.GetFileNameWithoutExtension(host) == "dotnet" ? host! : "dotnet")
        {
            ArgumentList =
            {
                "vstest", typeof(InstructionSets).Assembly.Location,
                $"--TestCaseFilter:{string.Join('|', testClasses.Append(typeof(InstructionSetsTests)).Select(c => $"FullyQualifiedName~{c.FullName}."))}",
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Variable] = restriction;
        start.Environment["DOTNET_Enable" + restriction] = "0";

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(s_limit)) process.Kill(entireProcessTree: true);
        process.WaitForExit();
        var report = output.Result + error.Result;
        Assert.True(process.ExitCode == 0, $"{names} under DOTNET_Enable{restriction}=0:\n{report}");
        Assert.True(PassedCount().Match(report) is { Success: true } passed && int.Parse(passed.Groups[1].Value) >= 2,
            $"{names} under DOTNET_Enable{restriction}=0 ran no tests:\n{report}");
    }

    [GeneratedRegex(@"Passed:\s+(\d+)")]
    private static partial Regex PassedCount();
}

/// <summary>Part of each rerun.</summary>
public class InstructionSetsTests
{
    [Fact]
    public void Restriction_OfThisProcess_IsInForce() =>
        Assert.True(InstructionSets.Current is null || InstructionSets.InForce(InstructionSets.Current), InstructionSets.Current);
}
