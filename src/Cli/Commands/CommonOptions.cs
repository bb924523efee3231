using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using Engine.Pipeline.Data;

namespace Engine.Cli.Commands;

/// <summary>Options that several commands share, and option types that reject invalid values with a clear message.</summary>
internal static class CommonOptions
{
    /// <summary><c>--seed N</c>.</summary>
    public static Option<ulong> Seed() => Number("--seed", "N", "Random seed: same seed, same result.", 1UL, 0UL, ulong.MaxValue);

    /// <summary><c>--threads N</c>.</summary>
    public static Option<int> Threads() =>
        Number("--threads", "N", "Number of threads; the result does not depend on it.", Environment.ProcessorCount, 1, 1024);

    /// <summary><c>--force</c>.</summary>
    public static Option<bool> Force(string description) => new("--force") { Description = description };

    /// <summary>An option whose value is a number from <paramref name="low"/> to <paramref name="high"/>.</summary>
    public static Option<T> Number<T>(string name, string placeholder, string description, T standard, T low, T high)
        where T : struct, INumber<T> => new(name)
        {
            HelpName = placeholder,
            Description = description,
            CustomParser = result => Parse(result, name, low, high),
            DefaultValueFactory = _ => standard,
        };

    /// <summary>An option without a default, a number from <paramref name="low"/> to <paramref name="high"/>.</summary>
    public static Option<T?> OptionalNumber<T>(string name, string placeholder, string description, T low, T high)
        where T : struct, INumber<T> => new(name)
        {
            HelpName = placeholder,
            Description = description,
            CustomParser = result => Parse(result, name, low, high),
        };

    /// <summary>An option whose value is one of <paramref name="allowed"/>.</summary>
    public static Option<string> Choice(string name, string description, string standard, params string[] allowed) => new(name)
    {
        HelpName = string.Join('|', allowed),
        Description = description,
        CustomParser = OneOf(name, allowed),
        DefaultValueFactory = _ => standard,
    };

    /// <summary>Parses one of <paramref name="allowed"/>; the error begins with <paramref name="name"/>.</summary>
    public static Func<ArgumentResult, string> OneOf(string name, IReadOnlyList<string> allowed) => result =>
    {
        var value = result.Tokens[0].Value;
        if (!allowed.Contains(value)) result.AddError($"{name}: '{value}' is not one of {string.Join(", ", allowed)}.");
        return value;
    };

    /// <summary><c>--memory-limit SIZE</c>: bytes that a recipe or model may need.</summary>
    public static Option<long?> MemoryLimit() => new("--memory-limit")
    {
        HelpName = "SIZE",
        Description = "Reject a recipe or model that needs more memory than this, such as 8G or 500M. Default: half of the " +
            "available memory; for a model, at most 2G plus four times its file size.",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (ParseBytes(text) is { } bytes) return bytes;
            result.AddError($"--memory-limit: '{text}' is not a size such as 8G, 500M or a number of bytes.");
            return null;
        },
    };

    /// <summary><c>--genres-at top|parent</c>.</summary>
    public static Option<string> GenresAt() => Choice(
        "--genres-at", "Which folders are the genres when folders are nested: the top ones, as in " +
            "Genre/Artist/song, or those that hold the recordings.", "auto", "auto", "top", "parent");

    /// <summary>The parsed value of <see cref="GenresAt()"/>.</summary>
    public static GenresAt GenresAt(ParseResult parsed, Option<string> option) =>
        Enum.Parse<GenresAt>(parsed.GetValue(option)!, ignoreCase: true);

    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print JSON." };

    // A whole number, optionally followed by K, M, G or T (powers of 1024).
    private static long? ParseBytes(string text)
    {
        var power = text.Length == 0 ? -1 : "KMGT".IndexOf(char.ToUpperInvariant(text[^1]), StringComparison.Ordinal);
        var digits = power < 0 ? text : text[..^1];
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1) return null;
        var shift = 10 * (power + 1);
        return count <= long.MaxValue >> shift ? count << shift : null;
    }

    private static T Parse<T>(ArgumentResult result, string name, T low, T high)
        where T : struct, INumber<T>
    {
        var text = result.Tokens[0].Value;
        if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= low && value <= high)
            return value;
        var kind = typeof(T) == typeof(double) ? "a number" : "a whole number";
        result.AddError($"{name}: '{text}' is not {kind} from {low} to {high}.");
        return default;
    }
}
