using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Scaling;

/// <summary>
/// The shared part of the scalers that bend a column before they scale it: each value goes through a curve with one parameter a
/// column, and what comes out is scaled to mean 0 and deviation 1.
/// </summary>
public abstract class CurvedScaler : IScaler
{
    private readonly StandardScaler _standard;
    private double[] _parameters = [];

    private protected CurvedScaler() => _standard = new StandardScaler(Name);

    /// <inheritdoc/>
    public int Columns => _parameters.Length;

    private protected ReadOnlySpan<double> Parameters => _parameters;

    /// <summary>The name of the parameters among the tensors of the state.</summary>
    private protected abstract string ParameterName { get; }

    private string Name => GetType().Name;

    /// <inheritdoc/>
    public void Fit(FeatureMatrix x)
    {
        LinearScaler.RequireFittable(x, Name);
        var parameters = new double[x.Columns];
        var column = new double[x.Rows];
        for (var c = 0; c < x.Columns; c++)
        {
            for (var r = 0; r < x.Rows; r++) column[r] = x[r, c];
            parameters[c] = Learn(column);
        }

        _standard.Fit(Bend(x, parameters));
        _parameters = parameters;
    }

    /// <inheritdoc/>
    public FeatureMatrix Transform(FeatureMatrix x)
    {
        ArgumentNullException.ThrowIfNull(x);
        RequireFitted();
        x.RequireColumns(Name, Columns);
        x.RequireFinite(Name);
        var bent = Bend(x, _parameters);
        return _standard.Transform(bent, bent);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StoredTensor> SaveState()
    {
        RequireFitted();
        return new Dictionary<string, StoredTensor>(_standard.SaveState()) { [ParameterName] = new(_parameters, Columns) };
    }

    /// <inheritdoc/>
    public void LoadState(IReadOnlyDictionary<string, StoredTensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var parameters = State.Doubles(state, Name, ParameterName, -1);
        State.Doubles(state, Name, "center", parameters.Shape[0]);
        var values = (double[])parameters.Data;
        for (var c = 0; c < values.Length; c++)
        {
            if (!IsParameter(values[c]))
                throw new EngineException($"{Name}: tensor '{ParameterName}' is {values[c]} at index {c}.");
        }

        _standard.LoadState(state);
        _parameters = values;
    }

    /// <summary>Two rows from the middle of what it learned from: those that become all 0 and all 1.</summary>
    /// <exception cref="EngineException">Not fitted.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public FeatureMatrix Typical()
    {
        RequireFitted();
        var rows = new FeatureMatrix(2, Columns);
        for (var c = 0; c < Columns; c++)
        {
            rows.Row(0)[c] = Straighten(_standard.Center[c], _parameters[c]);
            var beside = Straighten(_standard.Center[c] + _standard.Scale[c], _parameters[c]);
            rows.Row(1)[c] = double.IsFinite(beside) ? beside : rows[0, c];
        }

        return rows;
    }

    /// <summary>The parameter of one column; the span may be reordered.</summary>
    private protected abstract double Learn(Span<double> column);

    /// <summary>The curve, which rises everywhere and maps 0 to 0.</summary>
    private protected abstract double Bend(double value, double parameter);

    /// <summary>The inverse of the curve; not finite for what the curve cannot give.</summary>
    private protected abstract double Straighten(double value, double parameter);

    private protected virtual bool IsParameter(double value) => true;

    private FeatureMatrix Bend(FeatureMatrix x, double[] parameters)
    {
        var bent = new FeatureMatrix(x.Rows, x.Columns);
        for (var r = 0; r < x.Rows; r++)
        {
            var from = x.Row(r);
            var to = bent.Row(r);
            for (var c = 0; c < from.Length; c++)
            {
                to[c] = Bend(from[c], parameters[c]);
                if (!double.IsFinite(to[c])) ThrowOverflow(r, c, from[c], parameters[c]);
            }
        }

        return bent;
    }

    private void RequireFitted()
    {
        if (Columns == 0) throw new EngineException($"{Name}: not fitted yet.");
    }

    [DoesNotReturn]
    private void ThrowOverflow(int row, int column, double value, double parameter) =>
        throw new EngineException(string.Create(CultureInfo.InvariantCulture, $"{Name}: row {row}, column {column} is {value}, " +
            $"so far from what was learned that it overflows ({ParameterName} {parameter}). Leave the column out, or take " +
            $"another scaler."));
}
