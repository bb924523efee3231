using Engine.Cli.Cases;

namespace Engine.Cli.SelfTest;

/// <summary>How a check went.</summary>
/// <param name="Case">What was checked.</param>
/// <param name="Share">The worst error as a share of what rounding may cost; infinite where a value is simply wrong.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Fault">What is wrong; null if nothing.</param>
internal sealed record CheckResult(OperationCase Case, double Share, double Seconds, string? Fault)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool Passed => Fault is null;
}
