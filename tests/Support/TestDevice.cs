using System.Runtime.CompilerServices;
using Engine.Tensors;

namespace Engine.Tests.Support;

/// <summary>
/// Runs test classes again in a process whose tensors live on another device: the same tests, references and budgets for
/// every backend. <see cref="OpenClTheoryAttribute"/> and <see cref="OpenClFactAttribute"/> skip where OpenCL is absent.
/// </summary>
public static class TestDevice
{
    private const string Variable = "ENGINE_TESTS_DEVICE";

    /// <summary>The device that this process was started for, if any.</summary>
    public static string? Chosen => Environment.GetEnvironmentVariable(Variable);

    /// <summary>
    /// The GPU of tests that compare one with the processor: the device that this process was started for, else OpenCL's.
    /// </summary>
    public static string Gpu => Chosen ?? "opencl";

    /// <summary>Why there is no OpenCL device here; null if there is one.</summary>
    public static string? WithoutOpenCl => Without("opencl");

    /// <summary>Why there is no CUDA device; null if there is one.</summary>
    public static string? WithoutCuda => Without("cuda");

    /// <summary>
    /// Runs the tests of some classes on a device, after one that it is in use; in one process, which compiles each kernel once.
    /// </summary>
    public static void Rerun(string device, params ReadOnlySpan<Type> testClasses) =>
        ChildTests.Run([.. testClasses, typeof(TestDeviceTests)], $"device {device}", (Variable, device));

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255",
        Justification = "The device must be chosen before the first test makes a tensor.")]
    [ModuleInitializer]
    internal static void Choose()
    {
        if (Chosen is { Length: > 0 } name) Device.Default = Device.Get(name);
    }

    private static string? Without(string kind) =>
        BackendRegistry.List().First(d => d.Name == kind) is { IsPresent: false } absent ? absent.Description : null;
}

/// <summary>
/// Classes that compile many kernels, one after another: at the same time, each process would compile the same ones.
/// </summary>
[CollectionDefinition(nameof(OpenClTests))]
public class OpenClTests;

/// <summary>A theory that needs an OpenCL device.</summary>
public sealed class OpenClTheoryAttribute : TheoryAttribute
{
    public OpenClTheoryAttribute() => Skip = TestDevice.WithoutOpenCl;
}

/// <summary>A test that needs an OpenCL device.</summary>
public sealed class OpenClFactAttribute : FactAttribute
{
    public OpenClFactAttribute() => Skip = TestDevice.WithoutOpenCl;
}

/// <summary>A theory that needs the GPU that <see cref="TestDevice.Gpu"/> names.</summary>
public sealed class GpuTheoryAttribute : TheoryAttribute
{
    public GpuTheoryAttribute() => Skip = TestDevice.Chosen is null ? TestDevice.WithoutOpenCl : null;
}

/// <summary>A test that needs the GPU that <see cref="TestDevice.Gpu"/> names.</summary>
public sealed class GpuFactAttribute : FactAttribute
{
    public GpuFactAttribute() => Skip = TestDevice.Chosen is null ? TestDevice.WithoutOpenCl : null;
}

/// <summary>A test that needs a CUDA device.</summary>
public sealed class CudaFactAttribute : FactAttribute
{
    public CudaFactAttribute() => Skip = TestDevice.WithoutCuda;
}

/// <summary>Part of each rerun; the collection is for classes that lose the device or count what lies on it.</summary>
[Collection(nameof(TestDeviceTests))]
public class TestDeviceTests
{
    [Fact]
    public void Default_OfThisProcess_IsTheChosenDevice()
    {
        using var tensor = Tensor.Zeros(new Shape(3));
        Assert.Equal(TestDevice.Chosen ?? "cpu", tensor.Device.Name);
        Assert.Equal([0, 0, 0], tensor.ToArray());
    }
}
