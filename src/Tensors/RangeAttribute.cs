using System.Globalization;

namespace Engine.Tensors;

/// <summary>
/// The numbers an option may take, always finite. It goes on the property of an options record; for a list or an
/// <see cref="IRangedValue"/> it applies to each number, and null is exempt.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RangeAttribute : Attribute
{
    /// <summary>A range with the bounds that are set.</summary>
    public RangeAttribute()
    {
    }

    /// <summary>From one number to another, inclusive.</summary>
    public RangeAttribute(double minimum, double maximum) => (Minimum, Maximum) = (minimum, maximum);

    /// <summary>The inclusive lower bound; NaN: none.</summary>
    public double Minimum { get; set; } = double.NaN;

    /// <summary>The exclusive lower bound; NaN: none.</summary>
    public double Above { get; set; } = double.NaN;

    /// <summary>The inclusive upper bound; NaN: none.</summary>
    public double Maximum { get; set; } = double.NaN;

    /// <summary>The exclusive upper bound; NaN: none.</summary>
    public double Below { get; set; } = double.NaN;

    /// <summary>Whether the number must also be in range in single precision, which networks work in.</summary>
    public bool Single { get; set; }

    /// <summary>The range in words: <c>at least 0 and below 1</c>.</summary>
    public string Rule
    {
        get
        {
            if (Single && double.IsNaN(Above)) return $"from {Minimum} to {float.MaxValue}";
            if (Single) return $"above {Above} and within single precision, from {float.Epsilon} to {float.MaxValue}";
            if (!double.IsNaN(Minimum) && !double.IsNaN(Maximum)) return $"from {Minimum} to {Maximum}";
            var ends = new[] { ("at least", Minimum), ("above", Above), ("at most", Maximum), ("below", Below) };
            var rule = string.Join(" and ", ends.Where(e => !double.IsNaN(e.Item2)).Select(e => $"{e.Item1} {e.Item2}"));
            return rule.Length > 0 ? rule : "finite";
        }
    }

    /// <summary>
    /// The first number of a value that is out of range, and what follows the option's name to reach it; null if there is none.
    /// </summary>
    public (string Place, double Number)? Fault(object? value)
    {
        foreach (var (place, number) in Numbers(value))
        {
            if (!Contains(number) || (Single && !Contains((float)number))) return (place, number);
        }

        return null;
    }

    private static IEnumerable<(string Place, double Number)> Numbers(object? value) => value switch
    {
        null => [],
        IRangedValue several => several.Numbers,
        IEnumerable<double> list => list.Select((number, i) => ($"[{i}]", number)),
        _ => [("", Convert.ToDouble(value, CultureInfo.InvariantCulture))],
    };

    private bool Contains(double number) =>
        double.IsFinite(number) && !(number < Minimum) && !(number <= Above) && !(number > Maximum) && !(number >= Below);
}

/// <summary>An option that holds several numbers or none, all in one range.</summary>
public interface IRangedValue
{
    /// <summary>The numbers, each with what follows the option's name to reach it, such as <c>[0]</c>.</summary>
    IEnumerable<(string Place, double Number)> Numbers { get; }
}
