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
    /// <summary>The model, and the songs.</summary>
    /// <exception cref="CommandLineException">There is a model and no song.</exception>
    public static (string Model, string[] Songs) Split(string[] arguments)
    {
        if (!HasModel(arguments)) return (ModelCatalog.Default, arguments);
        return arguments.Length > 1 ? (arguments[0], arguments[1..]) : throw new CommandLineException(
            $"{arguments[0]}: is a model; name the recordings to label after it.");
    }

    /// <summary>Says which model works because none was named, and how good it is.</summary>
    public static void Announce(string[] arguments, GenreModel model, Session session)
    {
        if (HasModel(arguments)) return;
        var accuracy = model.Tested is { } test
            ? $", right for {test.Accuracy:0%} of {test.Tested} songs by artists it did not know" : "";
        session.Error.WriteLine($"engine: model {ModelCatalog.Default} (built in): {model.Labels.Count} genres{accuracy}; "
            + $"engine models {ModelCatalog.Default} tells more");
    }

    private static bool HasModel(string[] arguments)
    {
        var first = arguments[0];
        return IsModel(first)
            || (arguments.Length > 1 && first != "-" && !Path.Exists(first) && Path.GetExtension(first).Length == 0);
    }

    private static bool IsModel(string path) =>
        Directory.Exists(path)
            ? File.Exists(Path.Combine(path, GenreModel.FileName)) || File.Exists(Path.Combine(path, RunFolder.RecordFile))
            : File.Exists(path) ? ModelFile.IsModel(path) : path != "-" && ModelCatalog.Has(path);
}
