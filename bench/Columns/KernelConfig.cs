using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;

namespace Engine.Bench.Columns;

/// <summary>
/// What the kernel benchmarks share: one job per width of vectors, down to none, the work rate and the allocations.
/// Use it as <c>[Config(typeof(KernelConfig))]</c>.
/// </summary>
public sealed class KernelConfig : ManualConfig
{
    public KernelConfig()
    {
        AddJob(Job.Default.WithId("512 bits"));
        AddJob(Restricted("AVX512", "256 bits"));
        AddJob(Restricted("AVX2", "128 bits"));
        AddJob(Restricted("HWIntrinsic", "scalar"));
        AddColumn(new RateColumn());
        AddDiagnoser(MemoryDiagnoser.Default);
    }

    private static Job Restricted(string feature, string id) =>
        Job.Default.WithEnvironmentVariable("DOTNET_Enable" + feature, "0").WithId(id);
}
