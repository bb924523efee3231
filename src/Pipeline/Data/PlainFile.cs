using System.Text;
using Engine.Classifiers;
using Engine.Dsp;

namespace Engine.Pipeline.Data;

/// <summary>Reads the text of a small, untrusted file: it may neither block nor be endless.</summary>
internal static class PlainFile
{
    /// <summary>The text, in UTF-8 unless a byte order mark says otherwise.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What it should be, for errors.</param>
    /// <param name="most">The most bytes that such a file may have.</param>
    /// <exception cref="EngineException">It is not a regular file, too long, or cannot be read.</exception>
    public static string ReadText(string path, string what, int most)
    {
        try
        {
            if (Directory.Exists(path)) throw new EngineException($"{path}: cannot read the {what}: it is a folder.");
            using var stream = RegularFile.OpenRead(path);
            if (stream.Length > most)
                throw new EngineException(
                    $"{path}: cannot read the {what}: the file has {stream.Length} bytes; a {what} has at most {most}.");
            var bytes = new byte[stream.Length];
            var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            using var reader = new StreamReader(new MemoryStream(bytes, 0, read), Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (FileKindException e)
        {
            throw new EngineException($"cannot read the {what}: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new EngineException($"{path}: cannot read the {what}: {e.Message}", e);
        }
    }
}
