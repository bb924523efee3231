using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Engine.Tensors;
using Engine.Tensors.Gpu;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>
/// Every kernel as CUDA C, compiled for NVIDIA's processors by clang, which needs nothing of CUDA for it: the same rules as
/// NVRTC's, where the emulator's g++ is another compiler for another machine.
/// </summary>
public partial class CudaSourceTests
{
    // What a group may have without asking for more.
    private const int MostLocalBytes = 48 * 1024;

    [ClangFact]
    public void Kernels_AsCuda_CompileWithoutDoublesTooMuchLocalMemoryOrArraysOutsideOfRegisters()
    {
        using var folder = new TemporaryFolder();
        var faults = new ConcurrentBag<string>();
        Parallel.ForEach(Sources().Index(), source => Check(source.Item, folder[$"{source.Index}"], faults.Add));
        Assert.True(faults.IsEmpty, string.Join('\n', faults));
    }

    [Fact]
    public void Sources_Together_TakeInEveryKernelFile()
    {
        var sources = Sources();
        var files = typeof(KernelFamily).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith("Kernels.", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(files);
        Assert.All(files, file =>
            Assert.Contains(sources,
                source => source.Text.Contains($"#line 1 \"{file["Kernels.".Length..]}\"", StringComparison.Ordinal)));
    }

    // What every operation compiles for small operands, what lies in static fields, a family's other sizes, and transforms of
    // every kind.
    private static KernelSource[] Sources()
    {
        var driver = new FakeGpuDriver("cuda", memoryBytes: 1 << 28) { IgnoresKernels = true };
        var device = new Device("cuda", new GpuBackend(driver, cache: null));
        foreach (var operation in OperationTable.All)
            operation.Call(Array.ConvertAll(operation.Operands, o => ErrorSweepTests.Make(o, device)));
        var fields = typeof(KernelFamily).Assembly.GetTypes().Where(t => !t.ContainsGenericParameters)
            .SelectMany(t => t.GetFields(
                BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));
        var transforms = new[] { 64, 441, 1000, 1009, 2048, 2205, 4096,
            6144 }.Select(size => new SpectralPlan(size, MostLocalBytes).Family!);
        return [.. driver.Compiled.Concat(fields.SelectMany(Families).Concat(transforms).Select(f => f.Source))
            .DistinctBy(s => s.Text)];
    }

    private static IEnumerable<KernelFamily> Families(FieldInfo field) =>
        field.FieldType == typeof(KernelFamily)
        || (field.FieldType.IsAssignableTo(typeof(IEnumerable))
            && field.FieldType.ToString().Contains(nameof(KernelFamily), StringComparison.Ordinal))
            ? Families(field.GetValue(null)) : [];

    private static IEnumerable<KernelFamily> Families(object? value) => value switch
    {
        KernelFamily family => [family],
        IDictionary dictionary => dictionary.Values.Cast<object?>().SelectMany(Families),
        IEnumerable list => list.Cast<object?>().SelectMany(Families),
        _ => [],
    };

    private static void Check(KernelSource source, string path, Action<string> fault)
    {
        File.WriteAllText(path + ".cu", source.Text, new UTF8Encoding(false));
        using var compiler = Child.Start(new ProcessStartInfo("clang++")
        {
            ArgumentList =
            {
                "-x", "cuda", "--cuda-device-only", "--cuda-gpu-arch=sm_80", "-nocudainc", "-nocudalib",
                "-Wno-unknown-cuda-version", "-std=c++17", "-O3",
                "-Wdouble-promotion", "-Werror=double-promotion", "-include",
                Path.Combine(AppContext.BaseDirectory, "Tensors", "Gpu", "emulator", "nvptx_prologue.h"),
                "-S", "-o", path + ".ptx", path + ".cu",
            },
        });
        var compiled = compiler.End();
        if (compiled.Code != 0)
        {
            fault($"{source.Family}.cl: {compiled.Error}");
            return;
        }

        var ptx = File.ReadAllText(path + ".ptx");
        if (!ptx.Contains(".entry", StringComparison.Ordinal)) fault($"{source.Family}.cl has no kernel.");
        if (ptx.Contains(".f64", StringComparison.Ordinal)) fault($"{source.Family}.cl computes in double precision.");

        // Where an index is no constant after all loops are unrolled, an item's array goes to the device's memory.
        if (ptx.Contains("__local_depot", StringComparison.Ordinal))
            fault($"{source.Family}.cl has an array that registers cannot hold.");
        foreach (var kernel in LocalArray().Matches(ptx).GroupBy(m => m.Groups["kernel"].Value))
        {
            var bytes = kernel.Sum(m => int.Parse(m.Groups["bytes"].Value));
            if (bytes > MostLocalBytes) fault($"{source.Family}.cl: {kernel.Key} has {bytes} bytes of local memory.");
        }
    }

    // A LOCAL array of a kernel: extern "C", so its name stands in the mangled one with its length before it.
    [GeneratedRegex(@"\.shared \.align \d+ \.b\d+ _ZZ\d+(?<kernel>\w+?)E\d*\w+\[(?<bytes>\d+)\];")]
    private static partial Regex LocalArray();
}

/// <summary>A test that needs clang with NVIDIA's processors among its targets.</summary>
public sealed class ClangFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_missing = new(() =>
    {
        try
        {
            using var clang = Child.Start(new ProcessStartInfo("clang++", "--print-targets"));
            return clang.End().Output.Contains("nvptx64", StringComparison.Ordinal)
                ? null : "clang++ does not know NVIDIA's processors.";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "clang++ is not on the PATH.";
        }
    });

    public ClangFactAttribute() => Skip = s_missing.Value;
}
