using System.Text.RegularExpressions;
using Engine.Tensors.Gpu.Drivers;
using Engine.Tensors.Gpu.Kernels;
using ILGPU;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>What ILGPU makes of every kernel for three generations of NVIDIA's GPUs, none of which is needed.</summary>
public partial class PtxTests
{
    private static readonly IReadOnlyList<Type> s_kernels = KernelTypes.All();

    // Loads from shared memory that each tile's step makes by four: both its sides, for every row and column of its items.
    private static readonly Dictionary<string, int> s_sharedByFour = new()
    {
        ["LargeTile"] = 32,
        ["MediumTile"] = 24,
        ["SmallTile"] = 16,
        ["Wide32Tile"] = 24,
        ["Wide16Tile"] = 24,
        ["Wide8Tile"] = 16,
        ["Flat16Tile"] = 16,
        ["TallTile"] = 8,
        ["LowTile"] = 4,
    };

    // Loads by four beside those of operands: what a product adds to, and the weights of a step of a recurrent layer.
    private static readonly Dictionary<string, int> s_globalByFour = new()
    {
        ["Gemm"] = 1,
        ["CopyFours"] = 1,
        ["LstmStep"] = 4,
        ["LstmStepGradient"] = 4,
        ["GruStep"] = 4,
        ["GruStepGradient"] = 4,
    };

    // Registers that spill and arrays go to local memory, which is off the chip; a call is a function that was not inlined, or a
    // software detour; an approximation keeps as few as eleven bits; and ILGPU calls branches uniform that are not
    // (KernelCompilation). One generation's text is checked, and the others' are the same.
    [Fact]
    public void Kernels_OnEveryGeneration_StayInRegistersAreExactAndLoadByFour()
    {
        var found = new List<string>();
        foreach (var few in s_kernels.Chunk(16))
        {
            // A context keeps the code of all that it compiled.
            using var compiler = new PtxCompiler();
            foreach (var kernel in few)
            {
                var text = compiler.Compile(kernel, 80);
                if (Fault(text) is { } fault) found.Add($"{KernelName.Of(kernel)}: {fault}");
                if (Narrow(kernel, text) is { } narrow) found.Add($"{KernelName.Of(kernel)}: {narrow}");
                foreach (var other in (int[])[70, 90])
                {
                    var theirs = compiler.Compile(kernel, other);
                    if (Body(theirs) != Body(text)) found.Add($"{KernelName.Of(kernel)}: the text for sm_{other} differs");
                }
            }
        }

        Assert.Empty(found);
        Assert.True(s_kernels.Count > 100, $"{s_kernels.Count} kernels were found");
    }

    [Fact]
    public void Fault_KernelWithAnArray_IsFound()
    {
        using var compiler = new PtxCompiler();
        Assert.Contains(".local", Fault(compiler.Compile(typeof(KernelOfArray), 80)));
    }

    // A step of the largest tile without a loop: eight times 8 × 8 multiply-adds.
    [Fact]
    public void Gemm_LargeTile_IsUnrolled()
    {
        using var compiler = new PtxCompiler();
        var text = compiler.Compile(typeof(Gemm<LargeTile, AlongKByFour, AlongKByFour>), 80);
        Assert.True(ProductOfFloats().Count(text) + Fma().Count(text) >= 512, $"{ProductOfFloats().Count(text)} products");
    }

    [Fact]
    public void Narrow_KernelWithoutVectorLoads_IsFound()
    {
        using var compiler = new PtxCompiler();
        var text = compiler.Compile(typeof(Gemm<SmallTile, AlongKByFour, AcrossK>), 80);
        Assert.Null(Narrow(typeof(Gemm<SmallTile, AlongKByFour, AcrossK>), text));
        foreach (var wide in (string[])["ld.shared.v4", "ld.global.v4", "st.global.v4"])
        {
            Assert.Contains(wide, Narrow(typeof(Gemm<SmallTile, AlongKByFour, AcrossK>), text.Replace(wide, wide[..^3])));
        }
    }

    // What a kernel's type says it moves by four and its text does not: the sides of its tile, its operands and results.
    private static string? Narrow(Type kernel, string text)
    {
        var name = kernel.Name.Split('`')[0];
        var arguments = kernel.GetGenericArguments().Select(a => a.Name).ToArray();
        var operands = arguments.Count(a => a.EndsWith("ByFour", StringComparison.Ordinal));
        var result = name is "Gemm" or "Correlate" or "CopyFours" or "FillFours" ? 1 : 0;
        var tiles = arguments.Where(a => a.EndsWith("Tile", StringComparison.Ordinal));
        return Fewer("ld.shared.v4", tiles.Sum(t => s_sharedByFour[t]))
            ?? Fewer("ld.global.v4", operands + s_globalByFour.GetValueOrDefault(name)) ?? Fewer("st.global.v4", result);

        string? Fewer(string instruction, int wanted) =>
            Regex.Count(text, Regex.Escape(instruction)) is var count && count < wanted
                ? $"{count} times {instruction} instead of {wanted}"
                : null;
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
