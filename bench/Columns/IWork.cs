namespace Engine.Bench.Columns;

/// <summary>A benchmark class that knows how much work a call does; <see cref="RateColumn"/> divides it by the time.</summary>
public interface IWork
{
    /// <summary>The unit of the rate, <c>GFLOP/s</c> or <c>GB/s</c>.</summary>
    string RateUnit { get; }

    /// <summary>
    /// Operations or bytes per call of <paramref name="method"/> with the parameters that this instance has; null if it has no
    /// such figure.
    /// </summary>
    double? WorkPerCall(string method);
}
