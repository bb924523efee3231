namespace Engine.Cli.Cases;

/// <summary>One operation of a device on operands of some sizes, as the self-test checks it and the benchmark times it.</summary>
/// <param name="Operation">The operation, as <see cref="Tensors.IBackend"/> calls it.</param>
/// <param name="Sizes">What it runs on, in words.</param>
/// <param name="Body">Makes operands and hands the call to the probe; then, if asked, results and what they should be.</param>
internal sealed record OperationCase(string Operation, string Sizes, Action<Probe> Body)
{
    /// <summary>Whether tensors begin in the middle of a block of memory, at no multiple of a vector.</summary>
    public bool Shifted { get; init; }

    /// <summary>Operations of one call; 0 where <see cref="Bytes"/> set the pace.</summary>
    public double Flops { get; init; }

    /// <summary>Bytes that one call must read and write at least.</summary>
    public double Bytes { get; init; }

    /// <summary>Sizes and whether the tensors are shifted.</summary>
    public string Description => Shifted ? $"{Sizes}, shifted" : Sizes;
}
