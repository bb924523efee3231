using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Selection;

/// <summary>A step that keeps some columns, in order; subclasses differ in how they choose.</summary>
public abstract class ColumnSelection : IColumnStep
{
    private int[] _selected = [];

    private protected ColumnSelection()
    {
    }

    /// <inheritdoc/>
    public int Columns { get; private set; }

    /// <inheritdoc/>
    public int OutputColumns => _selected.Length;

    /// <summary>The columns kept, ascending; empty before fitting.</summary>
    public ReadOnlySpan<int> Selected => _selected;

    private protected string Name => GetType().Name;

    /// <inheritdoc/>
    public void Fit(FeatureMatrix x, ReadOnlySpan<int> labels, int classes)
    {
        TrainingRows.Require(Name, x, labels, classes);
        var selected = Choose(x, labels, classes);
        Array.Sort(selected);
        (Columns, _selected) = (x.Columns, selected);
    }

    /// <inheritdoc/>
    public FeatureMatrix Transform(FeatureMatrix x)
    {
        ArgumentNullException.ThrowIfNull(x);
        RequireFitted();
        x.RequireColumns(Name, Columns);
        x.RequireFinite(Name);
        var kept = new FeatureMatrix(x.Rows, _selected.Length);
        for (var r = 0; r < x.Rows; r++)
        {
            var from = x.Row(r);
            var to = kept.Row(r);
            for (var c = 0; c < to.Length; c++) to[c] = from[_selected[c]];
        }

        return kept;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StoredTensor> SaveState()
    {
        RequireFitted();
        return new Dictionary<string, StoredTensor>
        {
            ["selected"] = new(_selected, _selected.Length),
            ["columns"] = new(new[] { Columns }, 1)
        };
    }

    /// <inheritdoc/>
    public void LoadState(IReadOnlyDictionary<string, StoredTensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var selected = (int[])State.Integers(state, Name, "selected", -1).Data;
        var columns = ((int[])State.Integers(state, Name, "columns", 1).Data)[0];
        for (var i = 0; i < selected.Length; i++)
        {
            if (selected[i] < (i == 0 ? 0 : selected[i - 1] + 1) || selected[i] >= columns)
            {
                throw new EngineException(
                    $"{Name}: tensor 'selected' holds {selected[i]} at index {i}; the columns must ascend and be below "
                        + $"{columns}.");
            }
        }

        (Columns, _selected) = (columns, selected);
    }

    /// <summary>The columns to keep, at least one, in any order.</summary>
    private protected abstract int[] Choose(FeatureMatrix x, ReadOnlySpan<int> labels, int classes);

    private void RequireFitted()
    {
        if (Columns == 0) throw new EngineException($"{Name}: not fitted yet.");
    }
}
