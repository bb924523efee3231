using Engine.Classifiers;
using Engine.Classifiers.Bayes;
using Engine.Classifiers.Decomposition;
using Engine.Classifiers.Knn;
using Engine.Classifiers.Linear;
using Engine.Classifiers.Selection;
using Engine.Classifiers.Svm;
using Engine.Classifiers.Trees;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Pipeline.Recipes;

namespace Engine.Pipeline.Fitting.Needs;

/// <summary>The memory needs of fitting, excluding the front end's own arrays.</summary>
/// <param name="rows">How many training rows there are.</param>
/// <param name="columns">
/// How many columns each has; for a classifier that reads windows, the number of values in a window.
/// </param>
/// <param name="classes">How many labels there are.</param>
internal sealed class LearningNeeds(double rows, double columns, double classes)
{
    // Real trees have about half of the nodes possible for this many rows.
    private const double NodeBytes = 16, NodesPerRow = 1;

    private const double LbfgsPairs = 10;

    /// <summary>Computes the needs of a classifier of columns and the steps before it.</summary>
    /// <param name="recipe">The recipe, or an ensemble's member as a recipe.</param>
    /// <param name="at">The JSON path of the object that holds its classifier.</param>
    public MemoryPlan Of(Recipe recipe, string at)
    {
        var plan = new MemoryPlan();
        plan.Add($"{at}.classifier", $"{rows:0} rows of {columns:0} columns",
            (recipe.Scaler == ScalerKind.None ? 1 : 2) * sizeof(double) * rows * columns);
        AddSelection(plan, recipe.Selection, $"{at}.selection");
        AddProjection(plan, recipe.Projection, $"{at}.projection");
        AddClassifier(plan, recipe.Classifier, $"{at}.classifier",
            recipe.Projection?.OutputColumns((int)Math.Min(columns, int.MaxValue), (int)Math.Min(classes, int.MaxValue))
                ?? columns);
        return plan;
    }

    private void AddSelection(MemoryPlan plan, SelectionOptions? selection, string at)
    {
        switch (selection)
        {
            case CorrelationOptions:
                plan.Add($"{at}.kind", $"the correlations of {columns:0} columns with each other",
                    sizeof(double) * (columns * columns + 2 * rows * columns));
                break;
            case BorutaOptions boruta:
                plan.Add($"{at}.kind", "the shadow columns", 2 * sizeof(double) * rows * columns);
                plan.Add($"{at}.trees", $"{boruta.Trees} trees of {rows:0} rows", Trees(boruta.Trees, null, 1, 2 * columns));
                break;
        }
    }

    private void AddProjection(MemoryPlan plan, ProjectionOptions? projection, string at)
    {
        if (projection is null) return;
        var side = Math.Min(rows, columns);
        plan.Add($"{at}.kind", $"the products of {side:0} {(rows < columns ? "rows" : "columns")} with each other",
            2 * sizeof(double) * side * side);
        plan.Add($"{at}.components", "the axes",
            sizeof(double) * columns * Math.Min(side,
                projection.OutputColumns((int)Math.Min(columns, int.MaxValue), (int)Math.Min(classes, int.MaxValue))));
    }

    private void AddClassifier(MemoryPlan plan, ClassifierOptions classifier, string at, double width)
    {
        switch (classifier)
        {
            case KnnOptions:
                plan.Add($"{at}.kind", $"the {rows:0} rows to compare with", 2 * sizeof(double) * rows * width);
                break;
            case ForestOptions forest:
                plan.Add($"{at}.trees", $"{forest.Trees} trees of {rows:0} rows",
                    Trees(forest.Trees, forest.MaxDepth, forest.MinSamplesLeaf, width));
                break;
            case SvmOptions svm:
                plan.Add($"{at}.cache_mb", "the kernel's values",
                    Math.Min(svm.CacheMegabytes * 1048576.0, sizeof(float) * rows * rows));
                plan.Add($"{at}.kind", "the support vectors", sizeof(double) * rows * width);
                break;
            case LdaOptions:
                var side = Math.Min(rows, width);
                plan.Add($"{at}.kind", $"the products of {side:0} {(rows < width ? "rows" : "columns")} with each other",
                    sizeof(double) * (2 * side * side + rows * width + 2 * classes * width));
                break;
            case LogisticOptions:
                plan.Add($"{at}.kind", "the weights and their last changes",
                    (2 * LbfgsPairs + 5) * sizeof(double) * classes * (width + 1));
                break;
            case NaiveBayesOptions:
                plan.Add($"{at}.kind", "the means and variances", 3 * sizeof(double) * classes * width);
                break;
        }
    }

    // A tree of depth d has at most 2^(d + 1) nodes.
    private double Trees(int trees, int? depth, int leaf, double width)
    {
        var nodes = Math.Min(Math.Max(1, NodesPerRow * rows / leaf), Math.Pow(2, 1.0 + (depth ?? int.MaxValue)));
        return trees * (NodeBytes * nodes + sizeof(double) * width);
    }
}
