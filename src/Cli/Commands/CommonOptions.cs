using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using Engine.Classifiers.Pipeline;

namespace Engine.Cli.Commands;

/// <summary>Options that several commands share, and kinds of option with a plain message for each wrong value.</summary>
internal static class CommonOptions
{
    /// <summary><c>--seed N</c>.</summary>
    public static Option<ulong> Seed() => Number("--seed", "N", "Seed of everything random: same seed, same result.", 1UL, 0UL, ulong.MaxValue);

    /// <summary><c>--threads N</c>.</summary>
    public static Option<int> Threads() =>
        Number("--threads", "N", "Threads to use; the result does not depend on it.", Environment.ProcessorCount, 1, 1024);

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

    /// <summary>An option whose value, if it is given, is a number from <paramref name="low"/> to <paramref name="high"/>.</summary>
    public static Option<double?> OptionalNumber(string name, string placeholder, string description, double low, double high) => new(name)
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
        CustomParser = result =>
        {
            var value = result.Tokens[0].Value;
            if (!allowed.Contains(value)) result.AddError($"{name}: '{value}' is not one of {string.Join(", ", allowed)}.");
            return value;
        },
        DefaultValueFactory = _ => standard,
    };

    /// <summary><c>--genres-at top|parent</c>.</summary>
    public static Option<string> GenresAt() => Choice(
        "--genres-at", "Which folders are the genres, where there are folders in folders: the upper ones, as of " +
            "Genre/Artist/song, or those that hold the recordings.", "auto", "auto", "top", "parent");

    /// <summary>What <see cref="GenresAt()"/> was given.</summary>
    public static GenresAt GenresAt(ParseResult parsed, Option<string> option) => Enum.Parse<GenresAt>(parsed.GetValue(option)!, ignoreCase: true);

    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print JSON." };

    private static T Parse<T>(ArgumentResult result, string name, T low, T high)
        where T : struct, INumber<T>
    {
        var text = result.Tokens[0].Value;
        if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= low && value <= high) return value;
        var kind = typeof(T) == typeof(double) ? "a number" : "a whole number";
        result.AddError($"{name}: '{text}' is not {kind} from {low} to {high}.");
        return default;
    }
}
