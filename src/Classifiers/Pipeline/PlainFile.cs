using System.Text;

namespace Engine.Classifiers.Pipeline;

/// <summary>Reads the text of a small file whose writer may be a stranger: nothing that could wait, and nothing without an end.</summary>
internal static class PlainFile
{
    /// <summary>The text, in UTF-8 unless a byte order mark says otherwise.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What it should be, for errors.</param>
    /// <param name="most">Bytes that such a file may have.</param>
    /// <exception cref="EngineException">It is no regular file, is empty, too long, or cannot be read.</exception>
    public static string ReadText(string path, string what, int most)
    {
        try
        {
            if (Directory.Exists(path)) throw new EngineException($"{path}: cannot read the {what}: it is a folder.");
            if (!File.Exists(path)) throw new EngineException($"{path}: cannot read the {what}: there is no such file.", new FileNotFoundException());
            // Pipes, devices and sockets have no length of their own. To open one might wait for ever.
            var length = new FileInfo(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path) is { Exists: true } file ? file.Length : 0;
            if (length == 0) throw new EngineException($"{path}: cannot read the {what}: the file is empty, or is a pipe or device and no file.");
            if (length > most) throw new EngineException($"{path}: cannot read the {what}: the file has {length} bytes; a {what} has at most {most}.");
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var bytes = new byte[length];
            var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            using var reader = new StreamReader(new MemoryStream(bytes, 0, read), Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new EngineException($"{path}: cannot read the {what}: {e.Message}", e);
        }
    }
}
