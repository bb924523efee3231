namespace Engine.Peers.Comparing;

/// <summary>What bounds a case's time from below.</summary>
internal enum Resource
{
    /// <summary>Multiply-adds, two operations each.</summary>
    Arithmetic,

    /// <summary>Bytes that must be read or written.</summary>
    Memory,
}

/// <summary>One row of the comparison.</summary>
/// <param name="Group">The group by which it is selected.</param>
/// <param name="Section">The table that it belongs to.</param>
/// <param name="Label">Its name.</param>
/// <param name="Request">The case, without threads and calls.</param>
/// <param name="Threads">How many threads may work.</param>
/// <param name="Work">Operations of the plain algorithm, or bytes that must move.</param>
/// <param name="Resource">What <paramref name="Work"/> counts.</param>
internal sealed record ComparedCase(
    string Group, string Section, string Label, string Request, int Threads, double Work, Resource Resource)
{
    public static IReadOnlyList<string> PlainOnly { get; } = ["plain"];

    public static IReadOnlyList<string> AllLayouts { get; } = ["plain", "channels-last", "onednn"];

    /// <summary>The layouts in which LibTorch is tried.</summary>
    public IReadOnlyList<string> Layouts { get; init; } = PlainOnly;

    /// <summary>Whether ONNX Runtime takes part.</summary>
    public bool HasOnnxRuntime { get; init; }

    /// <summary>Whether LibTorch is also tried with denormal numbers flushed to zero.</summary>
    public bool MeetsDenormals { get; init; }
}
