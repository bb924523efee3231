using System.Globalization;

namespace Engine.Classifiers.Trees;

/// <summary>
/// How many columns a tree considers for each split: √columns, log2 columns, all, a number, or a share of them.
/// </summary>
public readonly record struct MaxFeatures
{
    private enum Rule
    {
        Sqrt,
        Log2,
        All,
        Number,
        Share,
    }

    private readonly Rule _rule;
    private readonly double _value;

    private MaxFeatures(Rule rule, double value = 0) => (_rule, _value) = (rule, value);

    /// <summary>⌊√columns⌋.</summary>
    public static MaxFeatures Sqrt { get; } = new(Rule.Sqrt);

    /// <summary>⌊log2 columns⌋, at least 1.</summary>
    public static MaxFeatures Log2 { get; } = new(Rule.Log2);

    /// <summary>Every column.</summary>
    public static MaxFeatures All { get; } = new(Rule.All);

    /// <summary>This many, or all if there are fewer.</summary>
    /// <exception cref="EngineException">The number is below 1.</exception>
    public static MaxFeatures Number(int columns) =>
        columns >= 1 ? new(Rule.Number,
            columns) : throw new EngineException($"MaxFeatures: the number is {columns}; it must be at least 1.");

    /// <summary>This share of the columns, rounded down, at least 1.</summary>
    /// <exception cref="EngineException">The share is not above 0 and below 1.</exception>
    public static MaxFeatures Share(double share) =>
        share is > 0 and < 1 ? new(Rule.Share,
            share) : throw new EngineException($"MaxFeatures: the share is {share}; it must be above 0 and below 1.");

    /// <summary>The number of columns out of <paramref name="columns"/>; at least 1.</summary>
    public int Of(int columns) => Math.Max(1, _rule switch
    {
        Rule.Sqrt => (int)Math.Sqrt(columns),
        Rule.Log2 => (int)Math.Log2(columns),
        Rule.All => columns,
        Rule.Number => Math.Min((int)_value, columns),
        _ => (int)(_value * columns),
    });

    /// <summary><c>sqrt</c>, <c>log2</c>, <c>all</c>, or the number or share.</summary>
    public override string ToString() =>
        _rule is Rule.Number or Rule.Share ? _value.ToString(CultureInfo.InvariantCulture) : _rule.ToString().ToLowerInvariant();
}
