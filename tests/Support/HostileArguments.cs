using System.Collections;
using System.Reflection;
using Engine.Dsp;
using Engine.Tensors;

namespace Engine.Tests.Support;

/// <summary>
/// Arguments for members that reflection finds: one that fits most, and those that a careless or hostile caller gives.
/// </summary>
internal static class HostileArguments
{
    private const int Length = 64;

    private static readonly NullabilityInfoContext s_nulls = new();
    private static readonly int[] s_integers = [0, -1, 1, int.MinValue, int.MaxValue];
    private static readonly double[] s_numbers =
        [double.NaN, 0, -1, double.PositiveInfinity, double.NegativeInfinity, 1e300, double.Epsilon];

    /// <summary>A value that a member can be expected to take; null if there is no way to make one.</summary>
    public static object? Typical(Type type, int depth = 0)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Span(type) is { } element) return Typical(element.MakeArrayType(), depth);
        if (type == typeof(int)) return 8;
        if (type == typeof(long)) return 8L;
        if (type == typeof(ulong)) return 8UL;
        if (type == typeof(double)) return 0.5;
        if (type == typeof(float)) return 0.5f;
        if (type == typeof(bool)) return false;
        if (type == typeof(string)) return "x";
        if (type == typeof(TimeSpan)) return TimeSpan.FromSeconds(1);
        if (type == typeof(CancellationToken)) return CancellationToken.None;
        if (type == typeof(Device)) return Device.Cpu;
        if (type == typeof(Shape)) return new Shape(2, 3);
        if (type == typeof(Tensor)) return Tensor.Full(new Shape(2, 3), 1);
        if (type == typeof(Stream)) return new MemoryStream();
        if (type == typeof(RandomStream)) return new RandomStream(1, "sweep");
        if (type.IsEnum) return Enum.GetValues(type).GetValue(0);
        if (type.IsArray) return Filled(type.GetElementType()!, Length, depth);
        if (type.IsGenericType && type.IsInterface && typeof(IEnumerable).IsAssignableFrom(type)
            && type.GetGenericArguments() is [var item]) return Filled(item, 3, depth);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Frames<>))
            return Activator.CreateInstance(type, 4, 9);
        return depth > 3 || type.IsInterface || type.IsAbstract || typeof(Delegate).IsAssignableFrom(type)
            ? null : Make(type, depth);
    }

    /// <summary>Values of a type that nobody should give, or hardly anybody: each comes with how it is written.</summary>
    public static IEnumerable<(object? Value, string Text)> Of(Type type, int depth = 0)
    {
        if (Nullable.GetUnderlyingType(type) is { } plain) return Of(plain, depth).Prepend((null, "null"));
        if (Span(type) is { } element) return Arrays(element);
        if (type == typeof(int)) return s_integers.Select(i => ((object?)i, $"{i}"));
        if (type == typeof(long))
            return [(long.MinValue, "long.MinValue"), (-1L, "-1"), (0L, "0"), (long.MaxValue, "long.MaxValue")];
        if (type == typeof(double)) return s_numbers.Select(x => ((object?)x, $"{x}"));
        if (type == typeof(float)) return s_numbers.Select(x => ((object?)(float)x, $"{(float)x}"));
        if (type == typeof(bool)) return [(true, "true"), (false, "false")];
        if (type == typeof(string))
            return [(null, "null"), ("", "\"\""), ("\0", "\"\\0\""), ("no/such/file", "\"no/such/file\""),
                ("\ud800", "\"\\ud800\"")];
        if (type == typeof(Shape))
            return [(default(Shape), "default"), (new Shape(), "[]"), (new Shape(0), "[0]"), (new Shape(0, 5), "[0, 5]"),
                (new Shape(1, 1, 1, 1, 1), "[1, 1, 1, 1, 1]")];
        if (typeof(Delegate).IsAssignableFrom(type)) return [(null, "null")];
        if (type.IsEnum) return [(Enum.ToObject(type, 99), "99"), (Enum.ToObject(type, -1), "-1")];
        if (type.IsArray) return Arrays(type.GetElementType()!).Prepend((null, "null"));
        if (type.IsGenericType && type.IsInterface && typeof(IEnumerable).IsAssignableFrom(type)
            && type.GetGenericArguments() is [var item]) return Arrays(item).Prepend((null, "null"));
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Frames<>))
            return [(null, "null"),
                .. new[] { (0, 0), (0, 9), (4, 0),
                    (1, 1) }.Select(f => (Activator.CreateInstance(type, f.Item1, f.Item2), $"frames [{f.Item1}, {f.Item2}]"))];
        return type.IsValueType ? Options(type, depth) : Options(type, depth).Prepend((null, "null"));
    }

    /// <summary>The element of a span's type, or null.</summary>
    public static Type? Span(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() is var d && (d == typeof(Span<>) || d == typeof(ReadOnlySpan<>))
        ? type.GetGenericArguments()[0] : null;

    private static IEnumerable<(object? Value, string Text)> Arrays(Type element)
    {
        yield return (Array.CreateInstance(element, 0), "empty");
        if (!element.IsValueType) yield break;
        yield return (Array.CreateInstance(element, 1), "one of 0");
        yield return (Array.CreateInstance(element, Length), "zeros");
        foreach (var (value, text) in Of(element, 3).Where(v => v.Value is not null && !v.Value.GetType().IsClass))
        {
            var array = Array.CreateInstance(element, Length);
            for (var i = 0; i < Length; i++) array.SetValue(value, i);
            yield return (array, $"{Length} of {text}");
        }
    }

    // Records of options with one property after the other spoilt.
    private static IEnumerable<(object? Value, string Text)> Options(Type type, int depth)
    {
        if (depth > 1 || Make(type, depth) is null) yield break;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.SetMethod is { IsPublic: true } && p.GetIndexParameters().Length == 0))
        {
            foreach (var (value, text) in Of(property.PropertyType, depth + 1))
            {
                // The compiler warns of a null where none is allowed; a record cannot look into every other.
                if (value is null && s_nulls.Create(property).WriteState == NullabilityState.NotNull) continue;
                var options = Make(type, depth)!;
                try
                {
                    property.SetValue(options, value);
                }
                catch (TargetInvocationException e) when (e.InnerException is ArgumentException)
                {
                    // Refused at once.
                    continue;
                }

                yield return (options, $"{type.Name} {{ {property.Name} = {text} }}");
            }
        }
    }

    // An array of nothing is nobody's argument.
    private static Array? Filled(Type element, int length, int depth)
    {
        if (element != typeof(string) && Typical(element, depth + 1) is null) return null;
        var array = Array.CreateInstance(element, length);
        for (var i = 0; i < length; i++)
        {
            object? value = element == typeof(float)
                ? MathF.Sin(i) : element == typeof(double)
                    ? Math.Sin(i) : element == typeof(int)
                        ? i % 2 : element == typeof(string) ? $"x{i % 2}" : Typical(element, depth + 1);
            if (value is not null) array.SetValue(value, i);
        }

        return array;
    }

    // Sets what must be set, as a caller would have to.
    private static bool Complete(object made, int depth)
    {
        foreach (var property in made.GetType().GetProperties()
            .Where(p => p.IsDefined(typeof(System.Runtime.CompilerServices.RequiredMemberAttribute))))
        {
            if (Typical(property.PropertyType, depth + 1) is not { } value) return false;
            property.SetValue(made, value);
        }

        return true;
    }

    private static object? Make(Type type, int depth)
    {
        foreach (var constructor in type.GetConstructors().OrderBy(c => c.GetParameters().Length))
        {
            try
            {
                var arguments = constructor.GetParameters()
                    .Select(p => p.HasDefaultValue ? p.DefaultValue : Typical(p.ParameterType, depth + 1)).ToArray();
                if (constructor.GetParameters().Any(p => Span(p.ParameterType) is not null)) continue;
                if (constructor.GetParameters().Zip(arguments)
                    .Any(p => p.Second is null && s_nulls.Create(p.First).WriteState == NullabilityState.NotNull)) continue;
                var made = constructor.Invoke(arguments);
                return Complete(made, depth) ? made : null;
            }
            catch (TargetInvocationException)
            {
                // Another constructor may do.
            }
        }

        return type.IsValueType ? Activator.CreateInstance(type) : null;
    }
}
