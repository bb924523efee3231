namespace Engine.Dsp.Tags;

/// <summary>
/// A tag cannot be written. The message names the file, what is in the way, and what to do; the file is unchanged.
/// </summary>
public sealed class TagException : IOException
{
    /// <summary>Says why the tag of the file at <paramref name="path"/> cannot be written.</summary>
    /// <param name="path">The file, as the caller named it.</param>
    /// <param name="problem">What is in the way and what to do, as a sentence.</param>
    /// <param name="inner">The exception that caused it, if any.</param>
    public TagException(string path, string problem, Exception? inner = null) : base($"{path}: {problem}", inner) =>
        FilePath = path;

    /// <summary>The file, as the caller named it.</summary>
    public string FilePath { get; }
}
