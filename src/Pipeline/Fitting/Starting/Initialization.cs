using Engine.Classifiers;
using Engine.Pipeline.Fitting.Needs;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;

namespace Engine.Pipeline.Fitting.Starting;

/// <summary>What a network started from.</summary>
/// <param name="At">The JSON path of the network in the recipe.</param>
/// <param name="From">The weights, as the recipe names them.</param>
/// <param name="Source">What they are.</param>
/// <param name="Sha256">The SHA-256 of their file.</param>
/// <param name="Taken">The tensors that were taken.</param>
/// <param name="Anew">The tensors that started from the seed.</param>
public sealed record Initialization(
    string At, string From, string Source, string Sha256, IReadOnlyList<string> Taken, IReadOnlyList<string> Anew)
{
    private const int Shown = 6;

    /// <summary>
    /// Such as <c>mn04.safetensors (efficientat-mn04, MIT licence): 150 tensors taken; 2 start anew: output.weight, …</c>.
    /// </summary>
    public override string ToString()
    {
        var anew = Anew.Count == 0 ? "none starts anew"
            : $"{Anew.Count} start anew: {string.Join(", ", Anew.Take(Shown))}{(Anew.Count > Shown ? ", …" : "")}";
        return $"{From} ({Source}): {Taken.Count} tensors taken; {anew}";
    }

    /// <summary>What the networks of a recipe start from; null if all start from the seed.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="frontEnd">Its front end.</param>
    /// <param name="labels">How many labels it distinguishes; null: not known yet, so the output layer is not checked.</param>
    /// <exception cref="EngineException">The weights cannot be read, or do not fit; the message says where.</exception>
    internal static IReadOnlyList<Initialization>? Of(Recipe recipe, FrontEnd frontEnd, int? labels)
    {
        Initialization[] all = [.. RecipeNeeds.Systems(recipe)
            .Where(s => s.Recipe.Classifier is NetworkSpec { Initialize: not null })
            .Select(s => Of(s.Recipe, (NetworkSpec)s.Recipe.Classifier, $"{s.At}.classifier", frontEnd, labels))];
        return all is [] ? null : all;
    }

    /// <summary>The digests of the weights that a recipe's networks start from; null if all start from the seed.</summary>
    /// <exception cref="EngineException">The weights cannot be read.</exception>
    internal static string? Digest(Recipe recipe)
    {
        string[] all = [.. RecipeNeeds.Systems(recipe)
            .Select(s => (s.Recipe.Classifier as NetworkSpec)?.Initialize?.From).OfType<string>()
            .Select(from => TrainedWeights.Load(from).Hash)];
        return all is [] ? null : string.Join(' ', all);
    }

    /// <summary>A recipe whose network starts from trained weights: the one given, or that of the weights.</summary>
    /// <exception cref="EngineException">
    /// The weights cannot be read, neither is a recipe, or the recipe has no network of its own.
    /// </exception>
    internal static Recipe Start(Recipe? recipe, string from)
    {
        recipe ??= TrainedWeights.Load(from).Recipe ?? throw new EngineException(
            $"{from}: was trained elsewhere, so it has no recipe; name one: --recipe, such as spectro-finetune.");
        if (recipe.Classifier is not NetworkSpec network)
            throw new EngineException($"recipe {recipe.Name}: it has no network of its own that could start from {from}.");
        return recipe with
        {
            Published = null,
            Classifier = network with { Initialize = (network.Initialize ?? new(from)) with { From = from } },
        };
    }

    private static Initialization Of(Recipe recipe, NetworkSpec spec, string at, FrontEnd frontEnd, int? known)
    {
        var weights = TrainedWeights.Load(spec.Initialize!.From);
        weights.RequireFit(recipe);
        var labels = known ?? RecipeNeeds.FewestLabels;
        var columns = frontEnd.Columns.Count;
        if (columns > 0 && weights.Recipe is not null)
        {
            var steps = ColumnSteps.Of(recipe, new FitSettings());
            steps.LoadState(weights.State, columns);
            columns = steps.OutputColumns(columns);
        }
        else if (columns > 0)
        {
            columns = recipe.Projection?.OutputColumns(columns, labels) ?? columns;
        }

        var inputs = NetworkExamples.InputShapes(frontEnd.WindowSizes, columns);
        using var network = spec.Build(inputs, labels, RecipeNeeds.Source(recipe));
        var taken = weights.Take(network, spec.Initialize, known is not null);
        var names = network.State().Select(p => p.Name).ToLookup(taken.ContainsKey);
        return new(at, weights.From, weights.Source, weights.Hash, [.. names[true]], [.. names[false]]);
    }
}
