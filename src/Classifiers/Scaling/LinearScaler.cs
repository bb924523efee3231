using System.Diagnostics.CodeAnalysis;
using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Scaling;

/// <summary>
/// The shared part of the scalers: each column becomes <c>(x - Center) / Scale</c>; subclasses differ in how they learn both.
/// </summary>
public abstract class LinearScaler : IScaler
{
    /// <summary>The gap between 1 and the next double, 2⁻⁵².</summary>
    private protected const double MachineEpsilon = 1.0 / (1L << 52);

    private double[] _center = [];
    private double[] _scale = [];

    /// <summary>A scaler that is not fitted; errors call it by its type unless <paramref name="name"/> is given.</summary>
    private protected LinearScaler(string? name = null) => Name = name ?? GetType().Name;

    /// <inheritdoc/>
    public int Columns => _center.Length;

    /// <summary>The value subtracted from each column; empty before fitting.</summary>
    public ReadOnlySpan<double> Center => _center;

    /// <summary>The divisor of each column, never 0; empty before fitting.</summary>
    public ReadOnlySpan<double> Scale => _scale;

    private string Name { get; }

    /// <inheritdoc/>
    public void Fit(FeatureMatrix x)
    {
        RequireFittable(x, Name);
        var (center, scale) = (new double[x.Columns], new double[x.Columns]);
        var column = new double[x.Rows];
        for (var c = 0; c < x.Columns; c++)
        {
            for (var r = 0; r < x.Rows; r++) column[r] = x[r, c];
            (center[c], scale[c]) = Learn(column);
            if (!double.IsFinite(center[c]) || !double.IsFinite(scale[c])) ThrowOverflow(c);
        }

        (_center, _scale) = (center, scale);
    }

    /// <inheritdoc/>
    public FeatureMatrix Transform(FeatureMatrix x)
    {
        ArgumentNullException.ThrowIfNull(x);
        RequireFitted();
        x.RequireColumns(Name, Columns);
        x.RequireFinite(Name);
        return Transform(x, new FeatureMatrix(x.Rows, x.Columns));
    }

    /// <summary>The same for rows that are checked already; <paramref name="scaled"/> may be <paramref name="x"/>.</summary>
    internal FeatureMatrix Transform(FeatureMatrix x, FeatureMatrix scaled)
    {
        for (var r = 0; r < x.Rows; r++)
        {
            var from = x.Row(r);
            var to = scaled.Row(r);
            for (var c = 0; c < from.Length; c++) to[c] = (from[c] - _center[c]) / _scale[c];
        }

        return scaled;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StoredTensor> SaveState()
    {
        RequireFitted();
        return new Dictionary<string, StoredTensor> { ["center"] = new(_center, Columns), ["scale"] = new(_scale, Columns) };
    }

    /// <inheritdoc/>
    public void LoadState(IReadOnlyDictionary<string, StoredTensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var center = State.Doubles(state, Name, "center", -1);
        var scale = State.Doubles(state, Name, "scale", center.Shape[0]);
        var zero = Array.IndexOf((double[])scale.Data, 0);
        if (zero >= 0) throw new EngineException($"{Name}: tensor 'scale' is 0 at index {zero}.");
        (_center, _scale) = ((double[])center.Data, (double[])scale.Data);
    }

    /// <summary>Center and scale of one column; the span may be reordered.</summary>
    private protected abstract (double Center, double Scale) Learn(Span<double> column);

    // scikit-learn's rule: a range that is rounding noise compared to 1 counts as 1, so the column is shifted but not magnified.
    private protected static double RangeOrOne(double range) => range < 10 * MachineEpsilon ? 1 : range;

    internal static void RequireFittable(FeatureMatrix x, string name)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rows == 0 || x.Columns == 0)
            throw new EngineException($"{name}: cannot be fitted on [{x.Rows}, {x.Columns}]; it needs a row and a column.");
        x.RequireFinite(name);
    }

    private void RequireFitted()
    {
        if (Columns == 0) throw new EngineException($"{Name}: not fitted yet.");
    }

    [DoesNotReturn]
    private void ThrowOverflow(int column) =>
        throw new EngineException($"{Name}: column {column} has too wide a range; it overflows.");
}
