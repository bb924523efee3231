using Engine.Classifiers;
using Engine.Pipeline.Fitting.Starting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Pipeline.Fitting.Needs;

/// <summary>
/// The one place that knows a recipe's memory needs. Untrusted sizes in a recipe or model are checked here before anything of
/// that size is allocated or planned.
/// </summary>
internal static class RecipeNeeds
{
    private const string At = "$";
    internal const int FewestLabels = 2;

    /// <summary>Everything known about a recipe without data: its front end and, if it has a network, a training step.</summary>
    /// <param name="recipe">The recipe; validated.</param>
    /// <param name="frontEnd">Its front end.</param>
    /// <param name="labels">How many labels it distinguishes.</param>
    /// <param name="examples">The maximum number of examples per step; null: as in the recipe.</param>
    /// <exception cref="EngineException">The layers do not fit each other.</exception>
    public static MemoryPlan BeforeData(Recipe recipe, FrontEnd frontEnd, int labels, int? examples = null)
    {
        var plan = FrontEndNeeds.Of(frontEnd.Spec);
        AddNetworks(plan, recipe, frontEnd.WindowSizes, frontEnd.Columns.Count, labels, examples ?? int.MaxValue);
        return plan;
    }

    /// <summary>
    /// Creates the front end of a recipe to be fitted, after checking that a step with one example fits the limit, and that the
    /// weights it starts from are there.
    /// </summary>
    /// <exception cref="EngineException">
    /// The recipe needs more, its layers do not fit each other, or weights that it starts from do not fit them.
    /// </exception>
    public static FrontEnd Afford(Recipe recipe, long? memoryLimit)
    {
        if (recipe.Classifier is CustomSpec custom)
        {
            throw new EngineException($"{Source(recipe)}: {custom.Description} is a program's own, which only the program can " +
                "train; GenreModel.Create makes a model of it.");
        }

        if (recipe.Classifier is RunsSpec)
        {
            throw new EngineException($"{Source(recipe)}: is made of saved runs, which are trained one by one; combine them " +
                "then: engine ensemble RUN RUN --out RUN");
        }

        var frontEnd = new FrontEnd(recipe.FrontEnd, memoryLimit: memoryLimit);
        BeforeData(recipe, frontEnd, FewestLabels, examples: 1).Require(MemoryLimit.ForRecipes(memoryLimit), Source(recipe));
        // Weights that do not fit are better known before the features are computed.
        _ = Initialization.Of(recipe, frontEnd, labels: null);
        return frontEnd;
    }

    /// <summary>The needs of a fit, once the rows are known.</summary>
    /// <exception cref="EngineException">The layers of a network do not fit the rows.</exception>
    public static MemoryPlan OfFit(FitJob job)
    {
        var plan = new MemoryPlan();
        var rows = job.Train.Count + (job.Valid?.Count ?? 0);
        var columns = job.Train.WindowSizes.Count == 0 || job.Recipe.Classifier.HasNetwork
            ? job.Train.Columns.Columns : RowSet.FlatColumns(job.FrontEnd);
        foreach (var (recipe, at) in Systems(job.Recipe, At))
        {
            if (recipe.Classifier is not NetworkSpec) plan.Add(new LearningNeeds(rows, columns, job.Classes).Of(recipe, at));
        }

        AddNetworks(plan, job.Recipe, job.Train.WindowSizes, job.Train.Columns.Columns, job.Classes, job.Train.Count);
        return plan;
    }

    /// <summary>
    /// The needs of a model for prediction, once its front end is built; the state of its classifiers is in its file.
    /// </summary>
    /// <exception cref="EngineException">The layers of a network do not fit the front end.</exception>
    public static MemoryPlan OfModel(Recipe recipe, FrontEnd frontEnd, int labels, Device device)
    {
        var plan = FrontEndNeeds.Of(frontEnd.Spec);
        foreach (var (part, at) in Systems(recipe, At))
        {
            if (part.Classifier is not NetworkSpec spec) continue;
            var summary = NetworkNeeds.Summarize(spec, Inputs(part, frontEnd.WindowSizes, frontEnd.Columns.Count, labels), labels,
                Source(part));
            var batch = NetworkNeeds.PredictionBatch(summary, onCpu: device == Device.Cpu);
            NetworkNeeds.RequireTensors(summary, batch, $"{at}.classifier.layers", Source(part));
            plan.Add(NetworkNeeds.OfPrediction(summary, batch, $"{at}.classifier"));
        }

        return plan;
    }

    /// <summary>A recipe's name in errors.</summary>
    public static string Source(Recipe recipe) => $"recipe {recipe.Name}";

    private static void AddNetworks(
        MemoryPlan plan, Recipe recipe, IReadOnlyList<IReadOnlyList<int>> windows, int columns, int labels, int examples)
    {
        foreach (var (part, at) in Systems(recipe, At))
        {
            if (part.Classifier is not NetworkSpec spec) continue;
            var summary = NetworkNeeds.Summarize(spec, Inputs(part, windows, columns, labels), labels, Source(part));
            var batch = Math.Min(spec.Training.Batch, examples);
            NetworkNeeds.RequireTensors(summary, batch, $"{at}.classifier.training.batch", Source(part));
            plan.Add(NetworkNeeds.OfTraining(spec, summary, batch, $"{at}.classifier"));
        }
    }

    private static IReadOnlyList<Shape> Inputs(
        Recipe recipe, IReadOnlyList<IReadOnlyList<int>> windows, int columns, int labels) =>
        NetworkExamples.InputShapes(windows, columns == 0 ? 0 : recipe.Projection?.OutputColumns(columns, labels) ?? columns);

    // A recipe, or the members of its ensemble, with their JSON paths.
    internal static IEnumerable<(Recipe Recipe, string At)> Systems(Recipe recipe, string at = At) =>
        recipe.Classifier is EnsembleSpec ensemble
        ? Enumerable.Range(0, ensemble.Members.Count).Select(m => (ensemble.RecipeOf(m, recipe), $"{at}.classifier.members[{m}]"))
        : [(recipe, at)];
}
