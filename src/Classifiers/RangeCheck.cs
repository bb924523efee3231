using System.ComponentModel;
using Engine.Tensors;

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

    /// <summary>The check of a part that is a recipe of its own.</summary>
    public RangeCheck Of(string part) => new($"{source}: {part}");

    /// <summary>Throws where a number of a value is out of a range.</summary>
    public void Range(string path, object? value, RangeAttribute range)
    {
        if (range.Fault(value) is var (place, number)) Fail(path + place, number, $"it must be {range.Rule}");
    }

    /// <summary>Throws, naming a value and the rule it breaks.</summary>
    /// <exception cref="EngineException">Always.</exception>
    public void Fail(string path, object value, string rule) =>
        throw new EngineException($"{source}: {path} is {value}; {rule}.");
}
