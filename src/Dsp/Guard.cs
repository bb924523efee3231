namespace Engine.Dsp;

/// <summary>Argument checks for constructors whose parameters come in an options record.</summary>
internal static class Guard
{
    /// <summary>The longest transform, window or filter: 2²⁴ points, whose tables take a few hundred MiB.</summary>
    public const int MostPoints = 1 << 24;

    /// <summary>Throws an <see cref="ArgumentOutOfRangeException"/> with this message unless the rule holds.</summary>
    public static void Check(bool rule, string message)
    {
        if (!rule) throw new ArgumentOutOfRangeException(message, (Exception?)null);
    }
}
