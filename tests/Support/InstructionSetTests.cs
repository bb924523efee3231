using System.Reflection;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tests.Support;

/// <summary>
/// Runs the classes marked <see cref="EveryInstructionSetAttribute"/> again, in a process for each of the runtime's switches that
/// leave vector instructions alone.
/// </summary>
public class InstructionSetTests
{
    /// <summary>The runtime's switches, without their common start <c>DOTNET_Enable</c>.</summary>
    public static TheoryData<string> Restrictions => ["AVX512", "AVX2", "HWIntrinsic"];

    [Theory, MemberData(nameof(Restrictions))]
    public void Kernels_FewerInstructions_StillPass(string restriction) => ChildTests.Run(
        [
            typeof(RestrictedProcessTests),
            .. typeof(InstructionSetTests).Assembly.GetTypes()
                .Where(t => t.IsDefined(typeof(EveryInstructionSetAttribute))).OrderBy(t => t.FullName, StringComparer.Ordinal),
        ],
        $"DOTNET_Enable{restriction}=0", (RestrictedProcessTests.Variable, restriction), ("DOTNET_Enable" + restriction, "0"));
}

/// <summary>Part of each rerun.</summary>
public class RestrictedProcessTests
{
    internal const string Variable = "ENGINE_TESTS_RESTRICTION";

    /// <summary>The restriction that this process was started under, if any.</summary>
    public static string? Current => Environment.GetEnvironmentVariable(Variable);

    [Fact]
    public void Restriction_OfThisProcess_IsInForce() => Assert.True(Current is null || InForce(Current), Current);

    private static bool InForce(string restriction) => restriction switch
    {
        "AVX512" => !Vector512.IsHardwareAccelerated && !Avx512F.IsSupported,
        "AVX2" => !Vector256.IsHardwareAccelerated && !Avx2.IsSupported && !Fma.IsSupported,
        "HWIntrinsic" => !Vector128.IsHardwareAccelerated && !Sse.IsSupported,
        _ => throw new ArgumentException($"RestrictedProcessTests: no restriction is called '{restriction}'."),
    };
}
