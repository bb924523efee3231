using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Engine.Dsp.Audio;

/// <summary>
/// Opens a recording named by the user: a file, or standard input and other pipes passed to this process
/// (<c>-</c>, <c>/dev/stdin</c>, the shell's <c>&lt;(…)</c>). Never opens anything that might block forever.
/// </summary>
public static class AudioInput
{
    /// <summary>The name of standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>
    /// Whether <paramref name="path"/> was passed to this process as an open file, which can be read only once.
    /// </summary>
    public static bool IsInherited(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path == StandardInput
            || (Descriptor(path) is not null && RegularFile.KindOf(path) is FileKind.Pipe or FileKind.Device or FileKind.Socket);
    }

    /// <summary>Opens a recording for reading.</summary>
    /// <exception cref="AudioFormatException">The path is a named FIFO, a device or a socket.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The path is a folder, or the user has no access to it.</exception>
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

    /// <summary>The file descriptor of this process that a path refers to, or null.</summary>
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
