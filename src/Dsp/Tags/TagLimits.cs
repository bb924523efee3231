namespace Engine.Dsp.Tags;

/// <summary>How much of a tag is read, whatever its sizes claim.</summary>
internal static class TagLimits
{
    /// <summary>The longest value, in bytes; a longer one is passed over.</summary>
    public const int Text = 1 << 16;

    /// <summary>The most values of one field in one tag.</summary>
    public const int Values = 64;

    /// <summary>The most frames, chunks, atoms, comments or pages that are walked through for tags.</summary>
    public const int Parts = 100_000;

    /// <summary>The most notes on one file.</summary>
    public const int Notes = 16;
}
