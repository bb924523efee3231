using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tests.Support;

/// <summary>
/// Runs a test class again in a process of its own in which the runtime leaves some vector instructions alone, so that
/// every width of a kernel is tested on a machine that has the widest. Use it as
/// <code>
/// [Theory, MemberData(nameof(InstructionSets.Restrictions), MemberType = typeof(InstructionSets))]
/// public void Kernel_FewerInstructions_StillPasses(string restriction) => InstructionSets.Rerun(typeof(KernelTests),
/// restriction);
/// </code>
/// in another class than the one that is run again.
/// </summary>
public static class InstructionSets
{
    private const string Variable = "ENGINE_TESTS_RESTRICTION";

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
    public static void Rerun(Type[] testClasses, string restriction) => ChildTests.Run(
        [.. testClasses, typeof(InstructionSetsTests)], $"DOTNET_Enable{restriction}=0", (Variable, restriction),
        ("DOTNET_Enable" + restriction, "0"));
}

/// <summary>Part of each rerun.</summary>
public class InstructionSetsTests
{
    [Fact]
    public void Restriction_OfThisProcess_IsInForce() =>
        Assert.True(InstructionSets.Current is null || InstructionSets.InForce(InstructionSets.Current), InstructionSets.Current);
}
