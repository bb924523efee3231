using Engine.Classifiers;
using Engine.Pipeline.Data;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline;

/// <summary>A model that has a name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Its file; null if it is built in.</param>
/// <param name="Bytes">The file's size.</param>
public sealed record NamedModel(string Name, string? Path, long Bytes)
{
    /// <summary>Why it cannot be used, in one line; null if it can, and then the other properties are set.</summary>
    public string? Error { get; init; }

    /// <summary>The name of its recipe.</summary>
    public string Recipe { get; init; } = "";

    /// <summary>The genres it knows.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Whether its numbers are calibrated probabilities.</summary>
    public bool IsCalibrated { get; init; }

    /// <summary>How good it is as measured when it was trained; null if it does not say.</summary>
    public ModelTest? Tested { get; init; }

    /// <summary>The pre-trained networks inside it: name, source and licence of each.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];
}

/// <summary>
/// The models that have names: those built in, then those in the user's model folder, where <c>NAME.safetensors</c> and
/// <c>NAME/model.safetensors</c> (a run folder) are called NAME. <see cref="GenreModel.Load"/> takes these names where no file or
/// folder has the name.
/// </summary>
public static class ModelCatalog
{
    private const string Extension = ".safetensors";

    /// <summary>The model that labels songs when none is named.</summary>
    public const string Default = "gtzan57";

    /// <summary>The names of the models that are built in.</summary>
    public static IReadOnlyList<string> BuiltIn => BuiltInModels.Names;

    /// <summary>
    /// The user's model folder: the one named by the environment variable <c>ENGINE_MODELS</c>, otherwise
    /// <c>engine/models</c> in the user's data folder (<c>~/.local/share</c> or <c>XDG_DATA_HOME</c>;
    /// <c>~/Library/Application Support</c>; <c>%LOCALAPPDATA%</c>). It need not exist.
    /// </summary>
    public static string UserFolder => UserModels.Folder;

    /// <summary>Every model with a name, built-in ones first, then by name; damaged ones say what is wrong.</summary>
    /// <exception cref="EngineException">The user's folder exists but cannot be listed.</exception>
    public static IReadOnlyList<NamedModel> List() =>
        [.. BuiltIn.Select(name => Describe(name, null)), .. UserFiles().Select(f => Describe(f.Name, f.Path))];

    /// <summary>The card of a model; null if it has none: for a user's model, <c>NAME.md</c> beside it.</summary>
    /// <exception cref="EngineException">No model has this name, or its card cannot be read.</exception>
    public static string? Card(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (BuiltIn.Contains(name)) return BuiltInModels.Card(name);
        _ = Find(name);
        var card = Path.Combine(UserFolder, name + ".md");
        try
        {
            return File.Exists(card) ? File.ReadAllText(card) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{card}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The model of a name.</summary>
    /// <exception cref="EngineException">No model has this name; the message lists the names.</exception>
    public static NamedModel Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (BuiltIn.Contains(name)) return Describe(name, null);
        return PathOf(name) is { } path ? Describe(name, path) : throw new EngineException(
            $"no model is called '{Excerpt.Of(name)}'; there are "
            + string.Join(", ", BuiltIn.Concat(UserFiles().Select(f => f.Name))) + $". The folder for your own is {UserFolder}.");
    }

    /// <summary>Whether a text is the name of a model, and no path.</summary>
    internal static bool Has(string name) => !Path.Exists(name) && (BuiltIn.Contains(name) || PathOf(name) is not null);

    /// <summary>The file of a user's model; null if there is none, or the name is that of one built in.</summary>
    /// <exception cref="EngineException">Two models have the name.</exception>
    internal static string? PathOf(string name)
    {
        if (name.Length == 0 || name is "." or ".." || name != Path.GetFileName(name) || BuiltIn.Contains(name)) return null;
        string file = Path.Combine(UserFolder, name + Extension),
            run = Path.Combine(UserFolder, name, GenreModel.FileName);
        return (File.Exists(file), File.Exists(run)) switch
        {
            (true, true) => throw new EngineException($"{file} and {run} have the same name; rename one."),
            (true, false) => file,
            (false, true) => run,
            _ => null,
        };
    }

    private static List<(string Name, string Path)> UserFiles()
    {
        var folder = UserFolder;
        if (!Directory.Exists(folder)) return [];
        try
        {
            var files = Directory.EnumerateFiles(folder, "*" + Extension)
                .Select(f => (Name: Path.GetFileNameWithoutExtension(f), Path: f));
            var runs = Directory.EnumerateDirectories(folder).Select(d => Path.Combine(d, GenreModel.FileName)).Where(File.Exists)
                .Select(f => (Name: Path.GetFileName(Path.GetDirectoryName(f)!), Path: f));
            return [.. files.Concat(runs).Where(m => !m.Name.StartsWith('.')).OrderBy(m => m.Name, StringComparer.Ordinal)
                .ThenBy(m => m.Path, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{folder}: the models cannot be listed: {e.Message}", e);
        }
    }

    private static NamedModel Describe(string name, string? path)
    {
        var entry = new NamedModel(name, path, path is null ? BuiltInModels.Read(name).Length : new FileInfo(path).Length);
        try
        {
            if (path is not null && BuiltIn.Contains(name))
                throw new EngineException($"{path}: a built-in model has this name; rename the file.");
            if (path is not null) _ = PathOf(name);
            using var model = path is null ? GenreModel.BuiltIn(name) : GenreModel.Load(path);
            return entry with
            {
                Recipe = model.Recipe.Name,
                Labels = model.Labels,
                IsCalibrated = model.IsCalibrated,
                Tested = model.Tested,
                Networks = model.Networks,
            };
        }
        catch (EngineException e)
        {
            return entry with { Error = e.Message };
        }
    }
}
