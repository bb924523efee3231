using Engine.Classifiers;
using Engine.Dsp;

namespace Engine.Pipeline;

/// <summary>Finds a model's file where a user names a run folder or the file, and says what is there instead.</summary>
internal static class ModelFile
{
    private const string What = "a model is a run folder that engine train made, or the model.safetensors in it";

    /// <summary>The path of the file.</summary>
    /// <exception cref="EngineException">There is nothing, or it is no model.</exception>
    public static string Find(string path)
    {
        switch (RegularFile.KindOf(path))
        {
            case FileKind.Missing:
                throw new EngineException($"{path}: there is no such file or folder; {What}.");
            case FileKind.Folder:
                var file = Path.Combine(path, GenreModel.FileName);
                return File.Exists(file) ? Find(file)
                    : throw new EngineException($"{path}: is no run folder with a model (it holds no {GenreModel.FileName}); {What}.");
            case FileKind.Regular:
                RequireHeader(path);
                return path;
            default:
                throw new EngineException($"{path}: is not a file; {What}.");
        }
    }

    // After 8 bytes of length a header in JSON begins. What is damaged further on is told by who reads it.
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

        if (got == start.Length && start[8] != '{') throw new EngineException($"{path}: its content is no model; {What}.");
    }
}
