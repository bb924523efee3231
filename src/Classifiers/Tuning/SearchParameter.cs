using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Engine.Classifiers.Tuning;

/// <summary>
/// A value of a recipe that a search may change, and its range. A search works with positions from 0 to 1; each snaps to the
/// nearest one that represents a valid value.
/// </summary>
/// <param name="Path">The value's JSON path in the recipe without <c>$.</c>, such as <c>classifier.layers[0].units</c>.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(RealParameter), "real")]
[JsonDerivedType(typeof(IntegerParameter), "integer")]
[JsonDerivedType(typeof(CategoricalParameter), "categorical")]
public abstract record SearchParameter([property: JsonPropertyOrder(-1)] string Path)
{
    /// <summary>How many values there are; infinite for a range of numbers.</summary>
    internal abstract double Count { get; }

    /// <summary>How many numbers encode a position for a model.</summary>
    internal virtual int Features => 1;

    /// <summary>The nearest position that represents a value.</summary>
    public abstract double Snap(double position);

    /// <summary>The value at a snapped position, as JSON.</summary>
    public abstract string Value(double position);

    /// <summary>Encodes a snapped position so that equal values have equal encodings and distances are meaningful.</summary>
    internal virtual void Encode(double position, Span<double> features) => features[0] = position;

    /// <summary>
    /// The positions of a grid with about <paramref name="count"/> values: evenly spread, including both ends; all values of a
    /// category.
    /// </summary>
    public virtual double[] Levels(int count) =>
        count == 1 ? [Snap(0.5)] : [.. Enumerable.Range(0, count).Select(i => Snap((double)i / (count - 1))).Distinct()];

    /// <summary>Throws if the range cannot be searched; <paramref name="at"/> is the parameter's own JSON path.</summary>
    public virtual void Validate(string at, RangeCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        if (string.IsNullOrWhiteSpace(Path))
            check.Fail($"{at}.path", "\"\"", "it must be the path of a value, such as classifier.k");
    }

    private protected static void CheckRange(string at, RangeCheck check, double low, double high, bool log)
    {
        if (!double.IsFinite(low)) check.Fail($"{at}.low", low, "it must be finite");
        if (!(high > low && double.IsFinite(high)))
            check.Fail($"{at}.high", high, $"it must be above low, which is {low.ToString(CultureInfo.InvariantCulture)}");
        if (log && low <= 0) check.Fail($"{at}.low", low, "it must be above 0 where log is true");
    }

    // The quotient or difference of two finite ends may overflow a double; each end is then transformed separately.
    private protected static double At(double position, double low, double high, bool log)
    {
        if (log)
            return double.IsFinite(high / low)
                ? low * Math.Pow(high / low, position) : Math.Exp(Math.Log(low) + position * LogRatio(low, high));
        return double.IsFinite(high - low) ? low + position * (high - low) : (1 - position) * low + position * high;
    }

    private protected static double PositionOf(double value, double low, double high, bool log)
    {
        if (log) return LogRatio(low, value) / LogRatio(low, high);
        return double.IsFinite(high - low) ? (value - low) / (high - low) : (value / 2 - low / 2) / (high / 2 - low / 2);
    }

    private static double LogRatio(double low, double high) => double.IsFinite(high / low)
        ? Math.Log(high / low) : Math.Log(high) - Math.Log(low);
}

/// <summary>A number from a range, rounded to four digits so that it is easy to copy.</summary>
/// <param name="Path">The value's path, such as <c>classifier.layers[0].units</c>.</param>
/// <param name="Low">The least.</param>
/// <param name="High">The greatest, above the least.</param>
/// <param name="Log">Whether to search by orders of magnitude, from above 0.</param>
public sealed record RealParameter(string Path, double Low, double High, bool Log = false) : SearchParameter(Path)
{
    internal override double Count => double.PositiveInfinity;

    /// <inheritdoc/>
    public override double Snap(double position) => PositionOf(Number(position), Low, High, Log);

    /// <inheritdoc/>
    public override string Value(double position) => Number(position).ToString("R", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override void Validate(string at, RangeCheck check)
    {
        base.Validate(at, check);
        CheckRange(at, check, Low, High, Log);
    }

    private double Number(double position)
    {
        var digits = At(position, Low, High, Log).ToString("G4", CultureInfo.InvariantCulture);
        return Math.Clamp(double.Parse(digits, CultureInfo.InvariantCulture), Low, High);
    }
}

/// <summary>A whole number from a range.</summary>
/// <param name="Path">The value's path, such as <c>classifier.layers[0].units</c>.</param>
/// <param name="Low">The least.</param>
/// <param name="High">The greatest, above the least.</param>
/// <param name="Log">Whether to search by orders of magnitude, from above 0.</param>
public sealed record IntegerParameter(string Path, int Low, int High, bool Log = false) : SearchParameter(Path)
{
    internal override double Count => (double)High - Low + 1;

    // Both ends are extended by half a step, so they are drawn as often as the other values.
    private (double Low, double High) Ends => (Low - 0.5, High + 0.5);

    /// <inheritdoc/>
    public override double Snap(double position) => PositionOf(Number(position), Ends.Low, Ends.High, Log);

    /// <inheritdoc/>
    public override string Value(double position) => Number(position).ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override void Validate(string at, RangeCheck check)
    {
        base.Validate(at, check);
        CheckRange(at, check, Low, High, Log);
    }

    private int Number(double position) => Math.Clamp((int)Math.Round(At(position, Ends.Low, Ends.High, Log)), Low, High);
}

/// <summary>One of several unordered values.</summary>
/// <param name="Path">The value's path, such as <c>classifier.layers[0].units</c>.</param>
/// <param name="Values">The values: numbers, strings, or anything else valid there.</param>
public sealed record CategoricalParameter(string Path, IReadOnlyList<JsonElement> Values) : SearchParameter(Path)
{
    internal override double Count => Values.Count;

    internal override int Features => Values.Count;

    /// <inheritdoc/>
    public override double Snap(double position) => (Index(position) + 0.5) / Values.Count;

    /// <inheritdoc/>
    public override string Value(double position) => Values[Index(position)].GetRawText();

    // Any two values are 1 apart.
    internal override void Encode(double position, Span<double> features)
    {
        features.Clear();
        features[Index(position)] = Math.Sqrt(0.5);
    }

    /// <inheritdoc/>
    public override double[] Levels(int count) => [.. Enumerable.Range(0, Values.Count).Select(i => (i + 0.5) / Values.Count)];

    /// <inheritdoc/>
    public override void Validate(string at, RangeCheck check)
    {
        base.Validate(at, check);
        if (Values.Count < 2) check.Fail($"{at}.values", $"a list of {Values.Count}", "it must hold at least two values");
        var twice = Values.GroupBy(v => v.GetRawText()).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null) check.Fail($"{at}.values", $"a list with {twice.Key} twice", "each value may appear only once");
    }

    private int Index(double position) => Math.Clamp((int)(position * Values.Count), 0, Values.Count - 1);
}
