using Engine.Pipeline;
using Engine.Pipeline.Runs;

namespace Engine.Cli.Commands;

/// <summary>
/// Tells the model from the songs among the arguments of <c>engine predict</c>. The first is the model if it is a run folder, a
/// file of a model (by its name or its content), or no path and the name of a model; so that a mistyped model is reported as one,
/// also if nothing of its name exists, it has no extension, and more arguments follow. Otherwise all are songs, labelled by
/// <see cref="ModelCatalog.Default"/>.
/// </summary>
internal static class ModelArgument
{
    /// <summary>The model, null if none is named, and the songs: those named after it and those of a list.</summary>
    /// <exception cref="CommandLineException">There is no song.</exception>
    public static (string? Model, string[] Songs) Split(string[] arguments, IReadOnlyList<string> listed)
    {
        var hasModel = arguments.Length > 0 && HasModel(arguments[0], arguments.Length + listed.Count);
        string[] songs = [.. hasModel ? arguments[1..] : arguments, .. listed];
        if (songs.Length > 0) return (hasModel ? arguments[0] : null, songs);
        throw new CommandLineException(hasModel
            ? $"{arguments[0]}: is a model; name the recordings to label after it."
            : "FILE: name recordings or folders to label, or a list by --files-from.");
    }

    /// <summary>Says which model works because none was named, and how good it is.</summary>
    public static void Announce(GenreModel model, Session session)
    {
        var accuracy = model.Tested is { } test
            ? $", right for {test.Accuracy:0%} of {test.Tested} songs by artists it did not know" : "";
        session.Error.WriteLine($"engine: model {ModelCatalog.Default} (built in): {model.Labels.Count} genres{accuracy}; "
            + $"engine models {ModelCatalog.Default} tells more");
    }

    private static bool HasModel(string first, int arguments) => IsModel(first)
        || (arguments > 1 && first != "-" && !Path.Exists(first) && Path.GetExtension(first).Length == 0);

    private static bool IsModel(string path) =>
        Directory.Exists(path)
            ? File.Exists(Path.Combine(path, GenreModel.FileName)) || File.Exists(Path.Combine(path, RunFolder.RecordFile))
            : File.Exists(path) ? ModelFile.IsModel(path) : path != "-" && ModelCatalog.Has(path);
}
