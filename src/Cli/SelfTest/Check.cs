namespace Engine.Cli.SelfTest;

/// <summary>One operation of a device on operands of some sizes, compared with plain loops in double.</summary>
/// <param name="Operation">The operation, as <see cref="Tensors.IBackend"/> calls it.</param>
/// <param name="Sizes">What it runs on, in words.</param>
/// <param name="Run">Runs it and hands results and what they should be to the probe.</param>
internal sealed record Check(string Operation, string Sizes, Action<Probe> Run)
{
    /// <summary>Whether tensors begin in the middle of a block of memory, at no multiple of a vector.</summary>
    public bool Shifted { get; init; }

    /// <summary>Sizes and whether the tensors are shifted.</summary>
    public string Description => Shifted ? $"{Sizes}, shifted" : Sizes;
}

/// <summary>How a check went.</summary>
/// <param name="Check">The check.</param>
/// <param name="Share">The worst error as a share of what rounding may cost; infinite where a value is simply wrong.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Fault">What is wrong; null if nothing.</param>
internal sealed record CheckResult(Check Check, double Share, double Seconds, string? Fault)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool Passed => Fault is null;
}
