using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline.Checking;

/// <summary>How data are checked.</summary>
internal sealed record CheckOptions
{
    /// <summary>
    /// Recordings below this many seconds are short by default: at 120 beats a minute, five bars. What recipes compute over a
    /// song then depends on where it was cut.
    /// </summary>
    public const double DefaultShortest = 10;

    /// <summary>Shorter recordings are a finding, in seconds.</summary>
    public double Shortest { get; init; } = DefaultShortest;

    /// <summary>How the data are read.</summary>
    public DataOptions Reading { get; init; } = new();

    /// <summary>Threads, progress, the longest recording, and cancellation.</summary>
    public WorkOptions Work { get; init; } = new();
}
