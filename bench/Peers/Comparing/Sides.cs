namespace Engine.Peers.Comparing;

/// <summary>The programs that take part, each with its environment; they start when they are first asked.</summary>
internal sealed class Sides : IDisposable
{
    // No page goes back to the system, and large ones are asked for: what PyTorch's guide to tuning gets from other allocators.
    private const string KeepPages = "glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=68719476736"
        + ":glibc.malloc.top_pad=268435456";

    public Sides(ComparisonOptions options)
    {
        var ours = Environment(options);
        var theirs = Environment(options);
        if (options.Instructions == Instructions.Avx2)
        {
            ours.Add("DOTNET_EnableAVX512", "0");
            theirs.Add("ONEDNN_MAX_CPU_ISA", "AVX2");
            theirs.Add("MKL_ENABLE_INSTRUCTIONS", "AVX2");
            theirs.Add("ATEN_CPU_CAPABILITY", "avx2");
        }

        KeyValuePair<string, string> tuned = new("GLIBC_TUNABLES", KeepPages);
        string[] torch = [options.LibTorch];
        string[] engine = [Path.Combine(AppContext.BaseDirectory, "Engine.Peers.dll"), "tensors", "cpu"];
        Ours = new("ours", engine, ours, options.Patience);
        Installed = new("LibTorch", torch, theirs, options.Patience);
        Tuned = new("LibTorch, tuned allocator", torch, theirs.Append(tuned), options.Patience);
        Flushed = new("LibTorch, tuned allocator, denormals flushed", [.. torch, "--flush-denormals"], theirs.Append(tuned),
            options.Patience);
        OnnxRuntime = new("ONNX Runtime", [options.OnnxRuntime], ours, options.Patience);
    }

    public Side Ours { get; }

    /// <summary>LibTorch as it is installed.</summary>
    public Side Installed { get; }

    /// <summary>LibTorch with an allocator that keeps its pages.</summary>
    public Side Tuned { get; }

    /// <summary>The same with denormal numbers flushed to zero.</summary>
    public Side Flushed { get; }

    public Side OnnxRuntime { get; }

    public IReadOnlyList<Side> All => [Ours, Installed, Tuned, Flushed, OnnxRuntime];

    public void Dispose()
    {
        foreach (var side in All) side.Dispose();
    }

    private static Dictionary<string, string> Environment(ComparisonOptions options) =>
        new() { ["OMP_NUM_THREADS"] = $"{options.Threads}", ["DOTNET_TieredPGO"] = "1" };
}
