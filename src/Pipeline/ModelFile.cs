using Engine.Classifiers;
using Engine.Dsp;

namespace Engine.Pipeline;

/// <summary>Finds a model file, given its path or a run folder; otherwise says what is there instead.</summary>
internal static class ModelFile
{
    private const string What = "a model is a run folder made by engine train, or the model.safetensors in it";

    /// <summary>The path of the file.</summary>
    /// <exception cref="EngineException">The path does not exist or is not a model.</exception>
    public static string Find(string path)
    {
        switch (RegularFile.KindOf(path))
        {
            case FileKind.Missing:
                throw new EngineException($"{path}: there is no such file, folder or named model; {What}.");
            case FileKind.Folder:
                var file = Path.Combine(path, GenreModel.FileName);
                return File.Exists(file) ? Find(file)
                    : throw new EngineException(
                        $"{path}: is not a run folder with a model (it holds no {GenreModel.FileName}); {What}.");
            case FileKind.Regular:
                RequireHeader(path);
                return path;
            default:
                throw new EngineException($"{path}: is not a file; {What}.");
        }
    }

    /// <summary>Whether an existing file is meant as a model: by its name, or because it begins like one.</summary>
    public static bool IsModel(string path)
    {
        if (path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)) return true;
        if (RegularFile.KindOf(path) != FileKind.Regular) return false;
        try
        {
            Span<byte> start = stackalloc byte[9];
            using var stream = RegularFile.OpenRead(path);
            return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start[7] == 0
                && start[8] == '{';
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // told by who reads it
        }
    }

    // A JSON header follows 8 bytes of length. The reader reports any damage further on.
    private static void RequireHeader(string path)
    {
        Span<byte> start = stackalloc byte[9];
        int got;
        try
        {
            using var stream = RegularFile.OpenRead(path);
            got = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot read the model: {e.Message}", e);
        }

        if (got == start.Length && start[8] != '{') throw new EngineException($"{path}: its content is not a model; {What}.");
    }
}
