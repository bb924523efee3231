namespace Engine.Dsp;

/// <summary>The path is a pipe, a device or a socket instead of a file. It was not opened.</summary>
public sealed class FileKindException : IOException
{
    /// <summary>Says what is at <paramref name="path"/>.</summary>
    public FileKindException(string path, FileKind kind)
        : base($"{path}: it is {RegularFile.Describe(kind)}, not a file, so it is not read.") => Kind = kind;

    /// <summary>What is at the path.</summary>
    public FileKind Kind { get; }
}
