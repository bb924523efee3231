using System.Diagnostics;
using System.Runtime.InteropServices;
using Engine.Cli.Cases;
using Engine.Cli.Reports;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>A recipe's first two training steps, in seconds.</summary>
/// <param name="Recipe">The recipe.</param>
/// <param name="First">The first, with the compilation of its kernels.</param>
/// <param name="Second">The one after it.</param>
internal sealed record FirstSteps(string Recipe, double First, double Second);

/// <summary>Times a device: its peak, kernels, transfers, and training steps of recipes.</summary>
/// <param name="device">The device.</param>
/// <param name="memoryBytes">Its memory.</param>
/// <param name="seconds">How long it may take altogether, about.</param>
/// <param name="cancel">Stops it between repetitions.</param>
internal sealed class BenchRun(Device device, long memoryBytes, double seconds, CancellationToken cancel)
{
    // The rest goes to peaks, operands and warming up.
    private const double KernelShare = 0.3, StepShare = 0.5;
    private const int TransferCount = 16 << 20;

    private Peak MeasurePeak() => new(DevicePeak.FlopsPerSecond(device), DevicePeak.BytesPerSecond(device));

    /// <summary>Measures the peak, times everything, and measures the peak again.</summary>
    /// <param name="listing">How the device is listed.</param>
    /// <param name="kernels">What is timed by itself.</param>
    /// <param name="recipes">Whose training steps are timed.</param>
    /// <param name="session">Shows progress.</param>
    public BenchResult Run(
        DeviceListing listing, IReadOnlyList<OperationCase> kernels, IReadOnlyList<Recipe> recipes, Session session)
    {
        var before = MeasurePeak();
        var rates = Progress.All(session, "kernel", kernels.Count, Kernels(kernels));
        var transfers = Transfers();
        var steps = Progress.All(session, "recipe", recipes.Count, Steps(recipes));
        return new(
            listing, CommandLine.Version, CommandLine.Commit, DateTimeOffset.UtcNow, Device.CpuThreads, before, MeasurePeak(),
            rates, transfers, steps);
    }

    private IEnumerable<KernelRate> Kernels(IReadOnlyList<OperationCase> kernels)
    {
        foreach (var operation in kernels)
        {
            using var scope = new TensorScope();
            var call = new TimedProbe(device, operation).Prepare();
            var (isFlops, timing) = (operation.Flops > 0, Time(KernelShare / kernels.Count, call));
            yield return new(operation.Operation, operation.Sizes, isFlops ? operation.Flops : operation.Bytes, isFlops, timing);
        }
    }

    // Copies between the host and the device.
    private IReadOnlyList<KernelRate> Transfers()
    {
        using var scope = new TensorScope();
        var values = new float[TransferCount];
        Array.Fill(values, 0.5f);
        var tensor = Tensor.From(values, new Shape(TransferCount), device);
        var bytes = MemoryMarshal.AsBytes(values.AsSpan()).Length;
        return
        [
            new("upload", $"[{TransferCount}]", bytes, false, Time(0.01, () => tensor.Write(values))),
            new("download", $"[{TransferCount}]", bytes, false,
                Time(0.01, () => device.Backend.Download(tensor, MemoryMarshal.AsBytes(values.AsSpan())))),
        ];
    }

    // The training steps of recipes, the smallest first, for as long as there is time; the first in any case.
    private IEnumerable<StepRate> Steps(IReadOnlyList<Recipe> recipes)
    {
        var start = Stopwatch.GetTimestamp();
        var ordered = recipes.Select(r => (Recipe: r, Summary: RecipeSummary.Of(r)))
            .OrderBy(r => r.Summary.Batch * r.Summary.Network.MultiplyAdds).ToArray();
        foreach (var (i, (recipe, summary)) in ordered.Index())
        {
            cancel.ThrowIfCancellationRequested();
            yield return i == 0 || Stopwatch.GetElapsedTime(start).TotalSeconds < StepShare * seconds
                ? Step(recipe, summary, StepShare / recipes.Count)
                : new(recipe.Name, summary, null, "no time left; raise --seconds, or name it with --recipe");
        }
    }

    /// <summary>
    /// Times each recipe's first training step, which compiles what kernels no recipe before it used, and the second.
    /// </summary>
    public IEnumerable<FirstSteps> FirstSteps(IReadOnlyList<Recipe> recipes)
    {
        foreach (var recipe in recipes)
        {
            cancel.ThrowIfCancellationRequested();
            using var step = new RecipeStep(recipe, device);
            yield return new(recipe.Name, Once(step), Once(step));
        }

        double Once(RecipeStep step)
        {
            device.Backend.Wait();
            var start = Stopwatch.GetTimestamp();
            step.Run();
            device.Backend.Wait();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    private StepRate Step(Recipe recipe, RecipeSummary summary, double share)
    {
        // The kernels' scratch memory comes on top.
        var wanted = summary.TrainingBytes / 4 * 5;
        if (wanted > memoryBytes) return Skip($"needs about {Gibibytes(wanted)}, there are {Gibibytes(memoryBytes)}");
        try
        {
            using var step = new RecipeStep(recipe, device);
            return new(recipe.Name, summary, Time(share, () => step.Run()), null);
        }
        catch (DeviceException e)
        {
            return Skip(e.Message);
        }

        StepRate Skip(string reason) => new(recipe.Name, summary, null, reason);
    }

    private Timing Time(double share, Action work) => Timing.Of(device, share * seconds, work, cancel);

    private static string Gibibytes(long bytes) => FormattableString.Invariant($"{bytes / (1024.0 * 1024 * 1024):0.0} GiB");
}
