using System.Text.RegularExpressions;
using Engine.Tensors.Gpu.Drivers;
using Engine.Tensors.Gpu.Kernels;
using ILGPU;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>What ILGPU makes of every kernel for three generations of NVIDIA's GPUs, none of which is needed.</summary>
public partial class PtxTests
{
    private static readonly IReadOnlyList<Type> s_kernels = KernelTypes.All();

    // Registers that spill and arrays go to local memory, which is off the chip; a call is a function that was not inlined, or a
    // software detour; an approximation keeps as few as eleven bits;
    // and ILGPU calls branches uniform that are not (KernelCompilation).
    [Fact]
    public void Kernels_All_StayInRegistersAndExact()
    {
        var found = new List<string>();
        foreach (var few in s_kernels.Chunk(16))
        {
            // A context keeps the code of all that it compiled.
            using var compiler = new PtxCompiler();
            foreach (var kernel in few)
            {
                if (Fault(compiler.Compile(kernel, 80)) is { } fault) found.Add($"{KernelName.Of(kernel)}: {fault}");
            }
        }

        Assert.Empty(found);
        Assert.True(s_kernels.Count > 100, $"{s_kernels.Count} kernels were found");
    }

    // So that what is true of one generation's text is true of all.
    [Fact]
    public void Kernels_ForEveryGeneration_HaveTheSameText()
    {
        using var compiler = new PtxCompiler();
        foreach (var kernel in s_kernels.Where((_, i) => i % 12 == 0))
        {
            var text = Body(compiler.Compile(kernel, 80));
            Assert.Equal(text, Body(compiler.Compile(kernel, 70)));
            Assert.Equal(text, Body(compiler.Compile(kernel, 90)));
        }
    }

    [Fact]
    public void Fault_KernelWithAnArray_IsFound()
    {
        using var compiler = new PtxCompiler();
        Assert.Contains(".local", Fault(compiler.Compile(typeof(KernelOfArray), 80)));
    }

    // Vector loads where the kernels mean them, and a step of the largest tile without a loop: eight times 8 × 8 multiply-adds.
    [Theory]
    [InlineData("Gemm<LargeTile, AlongKByFour, AlongKByFour>", 512, 32, 2)]
    public void Gemm_LargeTile_IsUnrolledAndLoadsByFour(string name, int products, int sharedLoads, int globalLoads)
    {
        var text = Text(name);
        Assert.True(ProductOfFloats().Count(text) + Fma().Count(text) >= products, $"{ProductOfFloats().Count(text)} products");
        Assert.True(SharedByFour().Count(text) >= sharedLoads, $"{SharedByFour().Count(text)} shared loads by four");
        Assert.True(GlobalByFour().Count(text) >= globalLoads, $"{GlobalByFour().Count(text)} global loads by four");
    }

    private static string Text(string name)
    {
        using var compiler = new PtxCompiler();
        return compiler.Compile(s_kernels.Single(k => KernelName.Of(k) == name), 80);
    }

    // Without the generation's name and ILGPU's running numbers.
    private static string Body(string ptx) => Varying().Replace(ptx, "");

    private static string? Fault(string ptx) =>
        Forbidden().Match(ptx) is { Success: true } match ? match.Value.Trim() : null;

    [GeneratedRegex(@"^.*(\.local\b|\bcall\b|\.approx\b|\.uni\b).*$", RegexOptions.Multiline)]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"\.(target|version) .*|_\d+")]
    private static partial Regex Varying();

    [GeneratedRegex(@"\bmul\.(rn\.)?(ftz\.)?f32\b")]
    private static partial Regex ProductOfFloats();

    [GeneratedRegex(@"\bfma\.")]
    private static partial Regex Fma();

    [GeneratedRegex(@"\bld\.shared\.v4\b")]
    private static partial Regex SharedByFour();

    [GeneratedRegex(@"\bld\.global\.v4\b")]
    private static partial Regex GlobalByFour();
}

/// <summary>What register tiles must not be: an array, which lies in local memory.</summary>
internal struct KernelOfArray : IKernel
{
    /// <summary>Input and output.</summary>
    public ArrayView<float> Values;

    /// <summary>Turns the first eight values around, by way of an array.</summary>
    public readonly void Run()
    {
        var held = LocalMemory.Allocate1D<float>(8);
        for (var i = 0; i < 8; i++) held[i] = Values[i];
        for (var i = 0; i < 8; i++) Values[i] = held[7 - i];
    }
}
