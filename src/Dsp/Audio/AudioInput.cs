using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Engine.Dsp.Audio;

/// <summary>
/// Opens what the user names as a recording: a file, or the standard input and other pipes that this process was started with
/// (<c>-</c>, <c>/dev/stdin</c>, the shell's <c>&lt;(…)</c>). Nothing is opened that might block for ever.
/// </summary>
public static class AudioInput
{
    /// <summary>The name of the standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Whether <paramref name="path"/> is what this process was started with, so that it can be read once only.</summary>
    public static bool IsInherited(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path == StandardInput
            || (Descriptor(path) is not null && RegularFile.KindOf(path) is FileKind.Pipe or FileKind.Device or FileKind.Socket);
    }

    /// <summary>Opens a recording for reading.</summary>
    /// <exception cref="AudioFormatException">A named FIFO, a device or a socket lies at the path.</exception>
    /// <exception cref="IOException">There is no such file, or it cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The path is a folder, or not open to this user.</exception>
    public static Stream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path == StandardInput) return Console.OpenStandardInput();
        var kind = RegularFile.KindOf(path);
        if (kind is not (FileKind.Pipe or FileKind.Device or FileKind.Socket)) return File.OpenRead(path);
        return Descriptor(path) switch
        {
            0 => Console.OpenStandardInput(),
            { } number => new FileStream(new SafeFileHandle(number, ownsHandle: false), FileAccess.Read),
            _ => throw new AudioFormatException(path,
                $"it is {RegularFile.Describe(kind)}, not a file. "
                + $"To read a recording from another program, pipe it to standard input and name it '{StandardInput}'."),
        };
    }

    /// <summary>The file descriptor of this process that a path stands for, or null.</summary>
    private static int? Descriptor(string path)
    {
        if (path == "/dev/stdin") return 0;
        foreach (var folder in (ReadOnlySpan<string>)["/dev/fd/", "/proc/self/fd/"])
        {
            if (path.StartsWith(folder, StringComparison.Ordinal)
                && int.TryParse(path.AsSpan(folder.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }
        }

        return null;
    }
}
