using Engine.Pipeline.Fitting;
using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>What the device can do at best.</summary>
/// <param name="Flops">Operations a second.</param>
/// <param name="Bytes">Bytes read and written a second.</param>
internal sealed record Peak(double Flops, double Bytes)
{
    /// <summary>The greater of two measurements: other work on the machine can only lower one.</summary>
    public Peak Or(Peak other) => new(Math.Max(Flops, other.Flops), Math.Max(Bytes, other.Bytes));
}

/// <summary>A kernel, or a transfer, as timed.</summary>
/// <param name="Name">The operation.</param>
/// <param name="Sizes">On what.</param>
/// <param name="Amount">Operations or bytes of one call.</param>
/// <param name="IsFlops">Whether the amount is operations.</param>
/// <param name="Timing">How long one call takes.</param>
internal sealed record KernelRate(string Name, string Sizes, double Amount, bool IsFlops, Timing Timing)
{
    /// <summary>What it is called among the rows of a benchmark.</summary>
    public string Key => $"{Name} {Sizes}";

    /// <summary>Operations or bytes a second.</summary>
    public double Rate => Amount / Timing.Seconds;
}

/// <summary>A recipe's training step as timed, or why not.</summary>
/// <param name="Recipe">The recipe.</param>
/// <param name="Summary">Its network.</param>
/// <param name="Timing">How long a step takes; null if it was skipped.</param>
/// <param name="Skipped">Why it was skipped.</param>
internal sealed record StepRate(string Recipe, RecipeSummary Summary, Timing? Timing, string? Skipped)
{
    /// <summary>What it is called among the rows of a benchmark.</summary>
    public string Key => $"{Recipe} batch {Summary.Batch}";

    /// <summary>Examples a second.</summary>
    public double? SamplesPerSecond => Summary.Batch / Timing?.Seconds;

    /// <summary>
    /// Operations a second: a multiply-add is two, and the backward pass makes twice those of the forward pass.
    /// </summary>
    public double? Rate => 6.0 * Summary.Network.MultiplyAdds * SamplesPerSecond;
}

/// <summary>A benchmark of a device.</summary>
/// <param name="Listing">The device.</param>
/// <param name="Version">The version of Engine.</param>
/// <param name="Commit">The commit it was built from; null if unknown.</param>
/// <param name="Date">When it ended.</param>
/// <param name="Threads">Threads of the processor.</param>
/// <param name="Before">The peak at the beginning.</param>
/// <param name="After">The peak at the end.</param>
/// <param name="Kernels">Operations.</param>
/// <param name="Transfers">Copies between host and device.</param>
/// <param name="Steps">Training steps.</param>
internal sealed record BenchResult(
    DeviceListing Listing, string Version, string? Commit, DateTimeOffset Date, int Threads, Peak Before, Peak After,
    IReadOnlyList<KernelRate> Kernels, IReadOnlyList<KernelRate> Transfers, IReadOnlyList<StepRate> Steps)
{
    // Two measurements on a machine with nothing else to do differ by less.
    private const double Steady = 0.15;

    /// <summary>The peak that shares refer to.</summary>
    public Peak Peak => Before.Or(After);

    /// <summary>Whether something else used the machine: the two peaks differ.</summary>
    public bool WasBusy => Difference(Before.Flops, After.Flops) > Steady || Difference(Before.Bytes, After.Bytes) > Steady;

    /// <summary>What the share of a kernel's rate refers to.</summary>
    public double Roof(KernelRate kernel) => kernel.IsFlops ? Peak.Flops : Peak.Bytes;

    private static double Difference(double a, double b) => 1 - Math.Min(a, b) / Math.Max(a, b);
}
