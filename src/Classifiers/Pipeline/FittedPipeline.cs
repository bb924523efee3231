using Engine.Classifiers.Scaling;
using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Pipeline;

/// <summary>A recipe's scaler and classifier, fitted together. Thread-safe.</summary>
internal sealed class FittedPipeline
{
    private const string ScalerPrefix = "scaler.", ClassifierPrefix = "classifier.";

    private readonly IScaler? _scaler;
    private readonly IClassifier _classifier;

    private FittedPipeline(Recipe recipe, int threads)
    {
        if (recipe.Classifier is not TabularClassifierSpec classifier) throw new EngineException($"recipe {recipe.Name}: its network cannot be fitted on feature rows alone.");
        (_scaler, _classifier) = (recipe.Scaler.Create(), classifier.Create(threads));
    }

    public static FittedPipeline Fit(Recipe recipe, FeatureMatrix rows, ReadOnlySpan<int> labels, int classes, int threads)
    {
        var pipeline = new FittedPipeline(recipe, threads);
        pipeline._scaler?.Fit(rows);
        pipeline._classifier.Fit(pipeline._scaler?.Transform(rows) ?? rows, labels, classes);
        return pipeline;
    }

    /// <summary>Restores what <see cref="SaveState"/> gave; every tensor must fit the recipe, its columns and its labels.</summary>
    /// <exception cref="EngineException">A tensor is missing, is of no use, or does not fit.</exception>
    public static FittedPipeline Load(Recipe recipe, IReadOnlyDictionary<string, StoredTensor> state, int columns, int classes)
    {
        var pipeline = new FittedPipeline(recipe, threads: 0);
        foreach (var name in state.Keys)
        {
            var known = name.StartsWith(ClassifierPrefix, StringComparison.Ordinal)
                || (pipeline._scaler is not null && name.StartsWith(ScalerPrefix, StringComparison.Ordinal));
            if (!known) throw new EngineException($"tensor '{name}' belongs to no part of recipe {recipe.Name}.");
        }

        pipeline._scaler?.LoadState(Part(state, ScalerPrefix));
        pipeline._classifier.LoadState(Part(state, ClassifierPrefix));
        if (pipeline._scaler is { } scaler && scaler.Columns != columns) throw new EngineException($"the scaler has {scaler.Columns} columns, but the front end gives {columns}.");
        if (pipeline._classifier.Columns != columns) throw new EngineException($"the classifier has {pipeline._classifier.Columns} columns, but the front end gives {columns}.");
        if (pipeline._classifier.Classes != classes) throw new EngineException($"the classifier has {pipeline._classifier.Classes} classes, but there are {classes} labels.");
        return pipeline;
    }

    public FeatureMatrix PredictProbabilities(FeatureMatrix rows) => _classifier.PredictProbabilities(_scaler?.Transform(rows) ?? rows);

    public IEnumerable<KeyValuePair<string, StoredTensor>> SaveState() =>
        (_scaler?.SaveState() ?? new Dictionary<string, StoredTensor>()).Select(t => KeyValuePair.Create(ScalerPrefix + t.Key, t.Value))
        .Concat(_classifier.SaveState().Select(t => KeyValuePair.Create(ClassifierPrefix + t.Key, t.Value)));

    private static Dictionary<string, StoredTensor> Part(IReadOnlyDictionary<string, StoredTensor> state, string prefix) =>
        state.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], t => t.Value);
}
