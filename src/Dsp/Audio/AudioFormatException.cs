namespace Engine.Dsp.Audio;

/// <summary>
/// A file that cannot be read as audio. The message has one or two lines: the file, what was found in it, and what to do.
/// A file that cannot be opened at all throws what <see cref="File.OpenRead"/> throws.
/// </summary>
public sealed class AudioFormatException : IOException
{
    /// <summary>Says what is wrong with the file at <paramref name="path"/>.</summary>
    /// <param name="path">The file, as the caller named it.</param>
    /// <param name="problem">What was found and what to do, as a sentence.</param>
    /// <param name="inner">The exception that caused it, if any.</param>
    public AudioFormatException(string path, string problem, Exception? inner = null)
        : base($"{path}: {problem}", inner) => FilePath = path;

    /// <summary>The file, as the caller named it.</summary>
    public string FilePath { get; }
}
