using System.Text.Json;
using Engine.Classifiers;
using Engine.Nn;
using Engine.Pipeline.Fitting.Needs;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Pipeline.Json;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Pipeline.Fitting;

/// <summary>One input of a recipe's network.</summary>
/// <param name="Name">The name of a feature set, or <c>columns</c>.</param>
/// <param name="Shape">Its shape, without the sample axis.</param>
public sealed record NetworkInput(string Name, Shape Shape);

/// <summary>Describes a recipe's network and its memory needs, without data and without building it.</summary>
/// <param name="Inputs">Its inputs: windows first, then plain columns.</param>
/// <param name="Labels">How many labels it distinguishes.</param>
/// <param name="Batch">Examples per training step.</param>
/// <param name="Network">Its layers, for one example.</param>
/// <param name="OptimizerStates">Values that the optimiser keeps per weight.</param>
/// <param name="KeepsAverage">Whether a moving average of the weights is kept.</param>
/// <param name="Selection">
/// Which columns are kept, in words; null: all. Their number depends on the training data, so the network is described for all
/// columns.
/// </param>
/// <param name="Projection">What the selected columns are projected onto, in words; null: nothing.</param>
/// <param name="Needs">The memory needs of each part, compared with the memory limit.</param>
public sealed record RecipeSummary(
    IReadOnlyList<NetworkInput> Inputs,
    int Labels,
    int Batch,
    NetworkSummary Network,
    int OptimizerStates,
    bool KeepsAverage,
    string? Selection,
    string? Projection,
    IReadOnlyList<MemoryNeed> Needs)
{
    /// <summary>Bytes of the weights.</summary>
    public long ParameterBytes => sizeof(float) * Network.Parameters;

    /// <summary>Bytes of the weights' gradients.</summary>
    public long GradientBytes => ParameterBytes;

    /// <summary>Bytes of the optimiser's states and of the moving average, if one is kept.</summary>
    public long OptimizerBytes => ParameterBytes * (OptimizerStates + (KeepsAverage ? 1 : 0));

    /// <summary>Approximate bytes of a batch, its activations and their gradients at the peak of a training step.</summary>
    public long ActivationBytes => Batch * Network.StepBytes;

    /// <summary>Approximate total bytes of a training step, excluding the kernels' scratch memory and the data set.</summary>
    public long TrainingBytes => ParameterBytes + GradientBytes + OptimizerBytes + ActivationBytes;

    /// <summary>Describes the network of a recipe.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="labels">How many labels there are, at least 2.</param>
    /// <param name="memoryLimit">The limit in bytes; null: half of the memory available to the runtime.</param>
    /// <exception cref="EngineException">
    /// The recipe has no network, its layers do not fit each other, or it exceeds the memory limit; the message says where.
    /// </exception>
    public static RecipeSummary Of(Recipe recipe, int labels = 10, long? memoryLimit = null)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        if (recipe.Classifier is not NetworkSpec spec)
            throw new EngineException($"recipe {recipe.Name} has no network to summarise; its classifier is {Kind(recipe)}.");
        if (labels < 2) throw new EngineException($"summary of recipe {recipe.Name}: labels is {labels}; it must be at least 2.");
        var frontEnd = new FrontEnd(recipe.FrontEnd, memoryLimit: memoryLimit);
        var plan = RecipeNeeds.BeforeData(recipe, frontEnd, labels);
        plan.Require(MemoryLimit.ForRecipes(memoryLimit), RecipeNeeds.Source(recipe));
        var inputs = InputsOf(recipe, frontEnd, labels);
        var summary = NetworkNeeds.Summarize(spec, [.. inputs.Select(i => i.Shape)], labels, RecipeNeeds.Source(recipe));
        return new(inputs, labels, spec.Training.Batch, summary, spec.Training.Optimizer.States,
            spec.Training.AverageDecay is not null, recipe.Selection?.Describe(), recipe.Projection?.Describe(), plan.Needs);
    }

    private static NetworkInput[] InputsOf(Recipe recipe, FrontEnd frontEnd, int labels)
    {
        var windows = recipe.FrontEnd.Features.Parts.OfType<WindowSpec>()
            .Zip(frontEnd.WindowSizes, (spec, sizes) => new NetworkInput(SetName(spec), new Shape([.. sizes])));
        return frontEnd.Columns.Count == 0
            ? [.. windows] : [.. windows,
                new("columns", new Shape(recipe.Projection?.OutputColumns(frontEnd.Columns.Count, labels)
                    ?? frontEnd.Columns.Count))];
    }

    internal static string SetName(FeatureSpec spec) =>
        (string)JsonSerializer.SerializeToNode(spec, RecipeJson.Compact.Of<FeatureSpec>())!["set"]!;

    private static string Kind(Recipe recipe) =>
        (string)JsonSerializer.SerializeToNode(recipe.Classifier, RecipeJson.Compact.Of<ClassifierOptions>())!["kind"]!;
}
