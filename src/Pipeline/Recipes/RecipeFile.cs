using System.Text.RegularExpressions;
using Engine.Classifiers;
using Engine.Dsp;
using Engine.Pipeline.Data;

namespace Engine.Pipeline.Recipes;

/// <summary>Reads the text of a recipe's file, and says what else a file or folder is that was named as one.</summary>
internal static partial class RecipeFile
{
    /// <summary>The file of a run folder that holds its recipe.</summary>
    public const string RunRecordFile = "run.json";

    private const int MostBytes = 4 << 20;

    private const string Where = "its recipe stands under \"recipe\" in";

    /// <summary>The text of a recipe.</summary>
    /// <exception cref="EngineException">It cannot be read, or is surely no recipe.</exception>
    public static string Read(string path)
    {
        var record = Path.Combine(path, RunRecordFile);
        if (File.Exists(record)) throw new EngineException($"{path}: is a run folder, not a recipe; {Where} {record}.");
        if (IsModel(path))
        {
            record = Path.Combine(Path.GetDirectoryName(path) ?? "", RunRecordFile);
            throw new EngineException($"{path}: is a model, not a recipe" + (File.Exists(record) ? $"; {Where} {record}." : "."));
        }

        var text = PlainFile.ReadText(path, "recipe", MostBytes);
        if (RunRecordStart().IsMatch(text))
            throw new EngineException(
                $"{path}: is the record of a run, not a recipe; save what stands under \"recipe\" in it as a file of its own.");
        return text.Contains('\0') ? throw new EngineException($"{path}: is no text; a recipe is JSON.") : text;
    }

    // A safetensors file: 8 bytes of length, of which the last are 0, and a header in JSON.
    private static bool IsModel(string path)
    {
        if (RegularFile.KindOf(path) != FileKind.Regular) return false;
        try
        {
            Span<byte> start = stackalloc byte[9];
            using var stream = File.OpenRead(path);
            return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start[7] == 0
                && start[8] == '{';
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // told by who reads the text
        }
    }

    [GeneratedRegex("^\\s*\\{\\s*\"format\"\\s*:\\s*\"engine-run-")]
    private static partial Regex RunRecordStart();
}
