using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Engine.Tensors;

namespace Engine.Nn;

/// <summary>Cold throw helpers and option checks.</summary>
internal static class Guard
{
    [DoesNotReturn]
    public static void Argument(string message) => throw new ArgumentException(message);

    [DoesNotReturn]
    public static void Invalid(string message) => throw new InvalidOperationException(message);

    /// <summary>Returns a whole number of at least 1.</summary>
    public static int Positive(string operation, string name, int value)
    {
        if (value < 1) Argument($"{operation}: {name} is {value}; it must be at least 1.");
        return value;
    }

    /// <summary>Returns a finite number of at least 0.</summary>
    public static double NotNegative(string operation, string name, double value)
    {
        if (!(value >= 0) || double.IsInfinity(value))
            Argument($"{operation}: {name} is {value}; it must be finite and at least 0.");
        return value;
    }

    /// <summary>Returns a finite number above 0.</summary>
    public static double AboveZero(string operation, string name, double value)
    {
        if (!(value > 0) || double.IsInfinity(value)) Argument($"{operation}: {name} is {value}; it must be finite and above 0.");
        return value;
    }

    /// <summary>Returns a number in [0, 1).</summary>
    public static double Fraction(string operation, string name, double value)
    {
        if (!(value is >= 0 and < 1)) Argument($"{operation}: {name} is {value}; it must be at least 0 and below 1.");
        return value;
    }

    /// <summary>
    /// Throws where an option is out of the range that stands on its property; <paramref name="part"/> comes before its name.
    /// </summary>
    public static void Ranges(
        string operation,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type type,
        object options,
        string part = "")
    {
        foreach (var property in type.GetProperties())
        {
            if (property.GetCustomAttribute<RangeAttribute>() is { } range
                && range.Fault(property.GetValue(options)) is var (place, number))
            {
                Argument($"{operation}: {part}{property.Name}{place} is {number}; it must be {range.Rule}.");
            }
        }
    }
}
