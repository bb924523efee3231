using Engine.Tensors.Cpu;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

/// <summary>
/// Runs kernels in processes of their own in which what they read or write beyond a block, or after it was given back, is a
/// crash.
/// </summary>
public class GuardPageTests
{
    [PosixTheory]
    [InlineData("end")]
    [InlineData("start")]
    public void Kernels_BlocksBesideForbiddenPages_StayInside(string where) =>
        ChildTests.Run([typeof(GuardedKernelTests), typeof(GuardedTransformTests)], $"guard pages at the {where} of blocks",
            (GuardPages.Variable, where));
}

/// <summary>Part of each guarded run; in an ordinary one only that the kernels run at all.</summary>
public unsafe class GuardedKernelTests
{
    public static TheoryData<string> Names => OperationFamilies.Names;

    [PosixFact]
    public void Guard_OfThisProcess_ForbidsTheBytesAround()
    {
        if (Environment.GetEnvironmentVariable(GuardPages.Variable) is not { Length: > 0 } where) return;
        Assert.Same(GuardPages.Current, LargeBlock.Source);
        foreach (var length in new[] { 4, 12, 64, 4096, 5000 })
        {
            var block = (byte*)LargeBlock.Allocate((nuint)length);
            Assert.True(GuardPages.IsAccessible(block) && GuardPages.IsAccessible(block + length - 1));
            Assert.False(GuardPages.IsAccessible(where == "end" ? block + length : block - 1),
                $"The byte beside a block of {length} can be written.");
            LargeBlock.Free(block);
            Assert.False(GuardPages.IsAccessible(block));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Family_OddSizes_StaysInsideItsBlocks(string name) =>
    Assert.NotEmpty(OperationFamilies.All.Single(f => f.Name == name).Run());
}
