namespace Engine.Cli.Cases;

/// <summary>One operation of a device on operands of given sizes, checked by the self-test and timed by the benchmark.</summary>
/// <param name="Operation">The operation, as <see cref="Tensors.IBackend"/> calls it.</param>
/// <param name="Sizes">What it runs on, in words.</param>
/// <param name="Body">
/// Makes operands and hands the call to the probe; then, on request, the results and what they should be.
/// </param>
internal sealed record OperationCase(string Operation, string Sizes, Action<Probe> Body)
{
    /// <summary>Whether tensors begin in the middle of a block of memory, not aligned to a vector.</summary>
    public bool Shifted { get; init; }

    /// <summary>Operations of one call; 0 if <see cref="Bytes"/> limit the speed.</summary>
    public double Flops { get; init; }

    /// <summary>The least bytes that one call must read and write.</summary>
    public double Bytes { get; init; }

    /// <summary>Sizes and whether the tensors are shifted.</summary>
    public string Description => Shifted ? $"{Sizes}, shifted" : Sizes;
}
