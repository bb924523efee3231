using Engine.Classifiers;
using Engine.Pipeline.Fitting.Calibrating;
using Engine.Pipeline.Fitting.Needs;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Pipeline.Recipes;
using Engine.Tensors;
using Engine.Tensors.Distributed;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Fitting;

/// <summary>A fitted recipe: scalers and classifier or network. Thread-safe.</summary>
internal abstract class FittedPipeline : IDisposable
{
    /// <summary>The device of its network; the processor if it has none.</summary>
    public virtual Device Device => Device.Cpu;

    /// <summary>How many rows it predicts at once; parts of a recording are multiples of it.</summary>
    public virtual int Batch => 1;

    /// <summary>Turns scores into probabilities; null: they remain scores.</summary>
    public Calibration? Calibration { get; set; }

    /// <summary>
    /// For each row, shares of the classes summing to 1, <c>[rows, classes]</c>: the classifier's own estimates or vote shares.
    /// These are scores, which <see cref="Calibration"/> turns into probabilities.
    /// </summary>
    public abstract FeatureMatrix PredictProbabilities(RowSet rows);

    /// <summary>
    /// The same, shared out among ranks if it is a network; all of them make the call and get all of the result.
    /// </summary>
    public virtual FeatureMatrix PredictProbabilities(RowSet rows, Communicator ranks) => PredictProbabilities(rows);

    /// <summary>Everything learned, as named tensors.</summary>
    public abstract IEnumerable<KeyValuePair<string, StoredTensor>> SaveState();

    /// <summary>Frees memory.</summary>
    public abstract void Dispose();

    /// <summary>Fits the recipe of a job, and its calibration if it asks for one.</summary>
    /// <exception cref="EngineException">
    /// It needs more memory than the job's limit, or cannot be fitted to these rows.
    /// </exception>
    public static FitResult Fit(FitJob job)
    {
        RecipeNeeds.OfFit(job).Require(MemoryLimit.ForRecipes(job.MemoryLimit), RecipeNeeds.Source(job.Recipe));
        try
        {
            return Calibrator.Fit(job);
        }
        catch (EngineException e)
        {
            throw ValueRange.Explain(e, job.Train, job.FrontEnd.Columns);
        }
    }

    /// <summary>Fits the recipe without calibration.</summary>
    internal static FitResult FitScores(FitJob job) => job.Recipe.Classifier switch
    {
        NetworkSpec network => NetworkPipeline.Fit(job, network),
        EnsembleSpec ensemble => EnsemblePipeline.Fit(job, ensemble),
        _ => TabularPipeline.Fit(job),
    };

    /// <summary>
    /// Restores what <see cref="SaveState"/> returned; every tensor must fit the recipe, its front end and its labels. Networks
    /// go to <paramref name="device"/>.
    /// </summary>
    /// <exception cref="EngineException">A tensor is missing, unused, or does not fit.</exception>
    public static FittedPipeline Load(
        Recipe recipe, FrontEnd frontEnd, IReadOnlyDictionary<string, StoredTensor> state, int classes, Device device)
    {
        var calibration = recipe.Calibration == CalibrationKind.None ? null : Calibration.FromState(state, recipe.Name);
        if (calibration is not null) state = state.Where(t => t.Key != Calibration.Tensor).ToDictionary();
        FittedPipeline pipeline = recipe.Classifier switch
        {
            NetworkSpec network => NetworkPipeline.Load(recipe, network, frontEnd, state, classes, device),
            EnsembleSpec ensemble => EnsemblePipeline.Load(recipe, ensemble, frontEnd, state, classes, device),
            _ => TabularPipeline.Load(recipe, state, RowSet.FlatColumns(frontEnd), classes),
        };
        pipeline.Calibration = calibration;
        return pipeline;
    }

    /// <summary>The tensors whose names begin with <paramref name="prefix"/>, which is removed.</summary>
    protected static Dictionary<string, StoredTensor> Part(IReadOnlyDictionary<string, StoredTensor> state, string prefix) =>
        state.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(t => t.Key[prefix.Length..], t => t.Value);

    /// <summary>Adds a prefix to the names of tensors.</summary>
    protected static IEnumerable<KeyValuePair<string, StoredTensor>> Prefixed(
        string prefix, IReadOnlyDictionary<string, StoredTensor>? state) =>
        (state ?? new Dictionary<string, StoredTensor>()).Select(t => KeyValuePair.Create(prefix + t.Key, t.Value));

    /// <summary>Throws unless every tensor belongs to one of the parts.</summary>
    protected static void RequireKnown(
        Recipe recipe, IReadOnlyDictionary<string, StoredTensor> state, params string[] prefixes) =>
        RequireKnown(RecipeNeeds.Source(recipe), state, prefixes);

    /// <summary>The same, of an owner named in the error.</summary>
    protected static void RequireKnown(
        string owner, IReadOnlyDictionary<string, StoredTensor> state, params string[] prefixes)
    {
        foreach (var name in state.Keys)
        {
            if (!prefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal)))
                throw new EngineException($"tensor '{name}' belongs to no part of {owner}.");
        }
    }
}
