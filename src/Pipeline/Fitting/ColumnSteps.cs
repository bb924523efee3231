using Engine.Classifiers;
using Engine.Classifiers.Decomposition;
using Engine.Classifiers.Scaling;
using Engine.Classifiers.Selection;
using Engine.Pipeline.Recipes;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Fitting;

/// <summary>
/// The steps that prepare plain columns for learning: scaling, selection and projection, fitted in that order on training rows
/// only.
/// </summary>
internal sealed class ColumnSteps
{
    private const string Projection = "projection";

    private readonly IScaler? _scaler;
    private readonly (string Name, IColumnStep Step)[] _steps;

    /// <summary>The steps of a recipe, not fitted.</summary>
    public ColumnSteps(ScalerKind scaler, SelectionOptions? selection, ProjectionOptions? projection, FitSettings settings)
    {
        _scaler = scaler.Create();
        var steps = new List<(string, IColumnStep)>();
        if (selection is not null) steps.Add(("selection", selection.Create(settings)));
        if (projection is not null) steps.Add((Projection, projection.Create(settings)));
        _steps = [.. steps];
    }

    /// <summary>A fitted scaler alone, or nothing.</summary>
    /// <exception cref="EngineException">The scaler is not fitted, or on another number of columns.</exception>
    public ColumnSteps(IScaler? scaler, int columns)
    {
        (_scaler, _steps) = (scaler, []);
        if (scaler is not null && scaler.Columns != columns)
        {
            throw new EngineException($"the scaler was fitted on {scaler.Columns} columns, but the front end gives {columns}.");
        }
    }

    /// <summary>The steps of a recipe, not fitted.</summary>
    public static ColumnSteps Of(Recipe recipe, FitSettings settings) =>
        new(recipe.Scaler, recipe.Selection, recipe.Projection, settings);

    /// <summary>The prefixes of the names of their tensors.</summary>
    public IEnumerable<string> Prefixes =>
        _steps.Select(s => s.Name).Prepend("scaler").Skip(_scaler is null ? 1 : 0).Select(n => n + ".");

    /// <summary>Fits each step on the output of the previous one and returns the output of the last.</summary>
    public FeatureMatrix FitTransform(FeatureMatrix x, ReadOnlySpan<int> labels, int classes)
    {
        _scaler?.Fit(x);
        var rows = _scaler?.Transform(x) ?? x;
        foreach (var (name, step) in _steps)
        {
            if (name == Projection) ValueRange.RequireToLearn(rows, name);
            step.Fit(rows, labels, classes);
            rows = step.Transform(rows);
        }

        return rows;
    }

    /// <summary>Applies the steps as in <see cref="FitTransform"/>.</summary>
    public FeatureMatrix Transform(FeatureMatrix x)
    {
        var rows = _scaler?.Transform(x) ?? x;
        foreach (var (name, step) in _steps)
        {
            if (name == Projection) ValueRange.RequireToPredict(rows, name);
            rows = step.Transform(rows);
        }

        return rows;
    }

    /// <summary>The number of output columns for a number of input columns; the steps must be fitted.</summary>
    public int OutputColumns(int columns) => _steps.Length == 0 ? columns : _steps[^1].Step.OutputColumns;

    /// <summary>Two rows from the middle of the scaler's training range, for a trial; null without a scaler.</summary>
    public FeatureMatrix? Typical()
    {
        if (_scaler is CurvedScaler curved) return curved.Typical();
        if (_scaler is not LinearScaler linear) return null;
        var rows = new FeatureMatrix(2, linear.Columns);
        linear.Center.CopyTo(rows.Row(0));
        for (var c = 0; c < linear.Columns; c++)
        {
            var beside = linear.Center[c] + linear.Scale[c];
            rows.Row(1)[c] = double.IsFinite(beside) ? beside : linear.Center[c];
        }

        return rows;
    }

    /// <summary>The fitted state as named tensors.</summary>
    public IEnumerable<KeyValuePair<string, StoredTensor>> SaveState() =>
        Named("scaler", _scaler?.SaveState()).Concat(_steps.SelectMany(s => Named(s.Name, s.Step.SaveState())));

    /// <summary>
    /// Restores what <see cref="SaveState"/> returned; every step must fit the output of the previous one, starting from
    /// <paramref name="columns"/>.
    /// </summary>
    /// <exception cref="EngineException">A tensor is missing, or does not fit.</exception>
    public void LoadState(IReadOnlyDictionary<string, StoredTensor> state, int columns)
    {
        _scaler?.LoadState(Part("scaler"));
        if (_scaler is { } scaler && scaler.Columns != columns)
            throw new EngineException($"the scaler has {scaler.Columns} columns, but the front end has {columns}.");
        foreach (var (name, step) in _steps)
        {
            step.LoadState(Part(name));
            if (step.Columns != columns)
                throw new EngineException($"the {name} has {step.Columns} columns, but there are {columns}.");
            columns = step.OutputColumns;
        }

        Dictionary<string, StoredTensor> Part(string name) =>
            state.Where(t => t.Key.StartsWith(name + ".", StringComparison.Ordinal))
                .ToDictionary(t => t.Key[(name.Length + 1)..], t => t.Value);
    }

    private static IEnumerable<KeyValuePair<string, StoredTensor>> Named(
        string name, IReadOnlyDictionary<string, StoredTensor>? state) =>
        (state ?? new Dictionary<string, StoredTensor>()).Select(t => KeyValuePair.Create($"{name}.{t.Key}", t.Value));
}
