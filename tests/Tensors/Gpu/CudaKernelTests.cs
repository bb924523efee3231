using System.Reflection;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>
/// The tests of every operation again on CUDA, one process for each family: on a device if there is one, and on the emulator.
/// </summary>
public class CudaKernelTests
{
    /// <summary>The classes that run again on OpenCL, and those of kernels alone.</summary>
    public static TheoryData<Type> Classes =>
    [
        .. typeof(OpenClKernelTests).GetMethods().SelectMany(m => m.GetCustomAttributes<InlineDataAttribute>())
            .SelectMany(d => d.GetData(null!)).Select(d => (Type)d[0]),
        .. typeof(CudaKernelTests).Assembly.GetTypes()
            .Where(t => t.GetMethods()
            .Any(m => m.IsDefined(typeof(GpuFactAttribute)) || m.IsDefined(typeof(GpuTheoryAttribute)))),
    ];

    [CudaTheory]
    [MemberData(nameof(Classes))]
    public void Kernels_OnCuda_MatchTheReferences(Type testClass) => TestDevice.Rerun(testClass, "cuda");

    [CudaEmulatorTheory]
    [MemberData(nameof(Classes))]
    [InlineData(typeof(CudaDriverTests))]
    [InlineData(typeof(CudaPlatformTests))]
    [InlineData(typeof(CudaTf32Tests))]
    [InlineData(typeof(Engine.Tests.Nn.GraphTrainingTests))]
    public void Kernels_OnTheCudaEmulator_MatchTheReferences(Type testClass) => CudaEmulator.Rerun(testClass);
}
