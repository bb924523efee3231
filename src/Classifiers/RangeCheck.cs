using System.ComponentModel;

namespace Engine.Classifiers;

/// <summary>Range checks whose errors name the recipe and the JSON path.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class RangeCheck(string source)
{
    /// <summary>At least the minimum.</summary>
    public void AtLeast(string path, int value, int minimum)
    {
        if (value < minimum) Fail(path, value, $"it must be at least {minimum}");
    }

    /// <summary>From the minimum to the maximum.</summary>
    public void Between(string path, int value, int minimum, int maximum)
    {
        if (value < minimum || value > maximum) Fail(path, value, $"it must be from {minimum} to {maximum}");
    }

    /// <summary>Above 0 and finite.</summary>
    public void Positive(string path, double value)
    {
        if (!(value > 0 && double.IsFinite(value))) Fail(path, value, "it must be above 0");
    }

    /// <summary>At least 0 and finite.</summary>
    public void NotNegative(string path, double value)
    {
        if (!(value >= 0 && double.IsFinite(value))) Fail(path, value, "it must be at least 0");
    }

    /// <summary>Above 0 and finite in single precision, which networks use.</summary>
    public void PositiveSingle(string path, double value)
    {
        if (!((float)value > 0 && float.IsFinite((float)value))) Fail(path, value, $"it must be above 0 and within single precision, from {float.Epsilon} to {float.MaxValue}");
    }

    /// <summary>At least 0 and finite in single precision.</summary>
    public void NotNegativeSingle(string path, double value)
    {
        if (!(value >= 0 && float.IsFinite((float)value))) Fail(path, value, $"it must be from 0 to {float.MaxValue}");
    }

    /// <summary>At least 0 and below 1.</summary>
    public void Fraction(string path, double value)
    {
        if (!(value is >= 0 and < 1)) Fail(path, value, "it must be at least 0 and below 1");
    }

    /// <summary>A check for a part that is itself a recipe.</summary>
    public RangeCheck Of(string part) => new($"{source}: {part}");

    /// <summary>Throws, naming a value and the rule it breaks.</summary>
    /// <exception cref="EngineException">Always.</exception>
    public void Fail(string path, object value, string rule) => throw new EngineException($"{source}: {path} is {value}; {rule}.");
}
