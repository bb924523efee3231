using System.Security.Cryptography;
using Engine.Classifiers;
using Engine.Dsp;
using Engine.Nn;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Networks;
using Engine.Pipeline.Pretrained;
using Engine.Pipeline.Recipes;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Fitting.Starting;

/// <summary>
/// A file of trained weights that a network may start from: a model, or the weights of a network trained elsewhere.
/// </summary>
internal sealed class TrainedWeights
{
    // As in GenreModel, which is above.
    private const string ModelFile = "model.safetensors", RecipeKey = "recipe";

    private const string NetworkPrefix = NetworkPipeline.NetworkPrefix;

    private readonly SafetensorsFile _network = new();
    private readonly NetworkDescription? _description;

    private TrainedWeights(string from, SafetensorsFile file, string path, string hash)
    {
        (From, Hash) = (from, hash);
        if (file.Metadata.TryGetValue(RecipeKey, out var recipe)) Recipe = Recipes.Recipe.Parse(recipe, $"{path}: recipe");
        if (file.Metadata.TryGetValue(PretrainedWeights.DescriptionKey, out var network))
            _description = NetworkDescription.Parse(network, $"{path}: {PretrainedWeights.DescriptionKey}");
        if (Recipe is { Classifier: not NetworkSpec })
            throw new EngineException(
                $"{path}: is a model of recipe {Recipe.Name}, which has no network of its own to start from.");
        State = Recipe is null ? new Dictionary<string, StoredTensor>() : file.Tensors;
        var prefix = Recipe is null ? "" : NetworkPrefix;
        foreach (var (name, tensor) in file.Tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)))
            _network.Tensors.Add(name[prefix.Length..], tensor);
    }

    /// <summary>As the recipe names it.</summary>
    public string From { get; }

    /// <summary>SHA-256 of the file.</summary>
    public string Hash { get; }

    /// <summary>The recipe it was trained by; null if it was trained elsewhere.</summary>
    public Recipe? Recipe { get; }

    /// <summary>All that a model has learned; empty if it was trained elsewhere.</summary>
    public IReadOnlyDictionary<string, StoredTensor> State { get; }

    /// <summary>What it is, in words.</summary>
    public string Source => Recipe is not null ? $"a model of recipe {Recipe.Name}"
        : _description is null ? "weights without a description" : $"{_description.Name}, {_description.Licence} licence";

    /// <summary>Reads a run's model, or a file of weights.</summary>
    /// <exception cref="EngineException">There is none, or it cannot be used; the message says why.</exception>
    public static TrainedWeights Load(string from)
    {
        var path = Find(from);
        try
        {
            using var stream = RegularFile.OpenRead(path);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return new(from, SafetensorsFile.Parse(bytes, path), path, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
        catch (Exception e) when (e is InvalidDataException or FileKindException)
        {
            throw new EngineException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot read the weights: {e.Message}", e);
        }
    }

    /// <summary>Throws unless a recipe gives the network what the weights were trained on.</summary>
    /// <exception cref="EngineException">It does not; the message names the difference.</exception>
    public void RequireFit(Recipe recipe)
    {
        var known = Recipe?.FrontEnd ?? _description?.FrontEnd;
        if (known is not null && Windowless(known) != Windowless(recipe.FrontEnd))
        {
            throw new EngineException($"recipe {recipe.Name}: $.front_end is {Windowless(recipe.FrontEnd)}, but {From} was "
                + $"trained on {Windowless(known)}; only segment and hop may differ.");
        }

        if (Recipe is null) RequireNone(recipe, "window_scaler", recipe.WindowScaler == WindowScalerKind.None);
        if (Recipe is null) RequireNone(recipe, "selection", recipe.Selection is null);
        RequireSame(recipe, "window_scaler", r => r.WindowScaler.ToString().ToLowerInvariant());
        RequireSame(recipe, "scaler", r => r.Scaler.ToString().ToLowerInvariant());
        RequireSame(recipe, "selection", r => r.Selection?.Describe() ?? "null");
        RequireSame(recipe, "projection", r => r.Projection?.Describe() ?? "null");
    }

    /// <summary>What a network takes of the weights.</summary>
    /// <param name="network">The network; its values are not set.</param>
    /// <param name="spec">Which layers take theirs.</param>
    /// <param name="hasLabels">
    /// Whether its output layer has the labels that it will distinguish; if not, that layer is left out.
    /// </param>
    /// <exception cref="EngineException">A tensor is missing, or of another shape.</exception>
    public IReadOnlyDictionary<string, float[]> Take(
        Module network, InitializeSpec spec, bool hasLabels = true)
    {
        var output = LayerChoice.Layers(network)[^1].Path;
        var chosen = spec.Layers?.Paths(network);
        try
        {
            return StateFile.Values(_network,
                network.State().Where(p => (chosen?.Any(p.IsIn) ?? !p.IsIn(output)) && (hasLabels || !p.IsIn(output))), From);
        }
        catch (InvalidDataException e)
        {
            throw new EngineException(e.Message, e);
        }
    }

    private static string Find(string from)
    {
        if (Directory.Exists(from))
        {
            var model = Path.Combine(from, ModelFile);
            return File.Exists(model) ? model
                : throw new EngineException($"{from}: holds no {ModelFile}; name a finished run, a model or a file of weights.");
        }

        if (File.Exists(from)) return from;
        if (from == Path.GetFileName(from))
        {
            foreach (var path in new[]
            {
                UserWeights.PathOf(from), Path.Combine(UserModels.Folder, from + UserWeights.Extension),
                Path.Combine(UserModels.Folder, from, ModelFile),
            })
            {
                if (File.Exists(path)) return path;
            }
        }

        throw PretrainedWeights.IsKnown(from) ? PretrainedWeights.Missing(from, UserWeights.PathOf(from))
            : new EngineException($"{from}: there is no such file or run to start from, nor {UserWeights.PathOf(from)}, nor a "
                + $"model of that name in {UserModels.Folder}; name one (--from FILE), or make it with engine import.");
    }

    private static string Windowless(FrontEndSpec spec) => (spec with { Segment = null, Hop = null }).ToCanonicalJson();

    private void RequireNone(Recipe recipe, string key, bool isNone)
    {
        if (isNone) return;
        throw new EngineException($"recipe {recipe.Name}: $.{key} must be none, as {From} takes what the front end gives.");
    }

    private void RequireSame(Recipe recipe, string key, Func<Recipe, string> value)
    {
        if (Recipe is null || value(recipe) == value(Recipe)) return;
        throw new EngineException(
            $"recipe {recipe.Name}: $.{key} is {value(recipe)}, but {From} was trained with {value(Recipe)}.");
    }
}
