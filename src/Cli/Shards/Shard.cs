using System.CommandLine;
using System.Globalization;

namespace Engine.Cli.Shards;

/// <summary>One of the parts that a list of songs is shared out to.</summary>
/// <param name="Index">Which, from 1.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct Shard(int Index, int Count)
{
    /// <summary>The most parts that a list can have.</summary>
    public const int MostParts = 100_000;

    /// <summary><c>--shard I/N</c>.</summary>
    public static Option<Shard?> Option() => new("--shard")
    {
        HelpName = "I/N",
        Description = "Work on part I of N, from 1, of the songs: each belongs to a part by its name alone. --out is then " +
            "written whole or not at all, and nothing is done if it is there. engine merge joins the parts.",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Parse(text) is { } shard) return shard;
            result.AddError($"--shard: '{text}' is not a part I/N such as 3/16, with I from 1 to N and N at most {MostParts}.");
            return null;
        },
    };

    /// <summary>
    /// Whether a track is in the part. Only its name counts, so a part keeps its tracks when others are added or removed.
    /// </summary>
    public bool Has(string track) => Has(ShardedList.Hash(track));

    /// <summary>The same for the hash of a track.</summary>
    public bool Has(ulong hash) => hash % (ulong)Count == (ulong)(Index - 1);

    /// <inheritdoc/>
    public override string ToString() => $"{Index}/{Count}";

    /// <summary>The part that a text <c>I/N</c> names; null if it names none.</summary>
    public static Shard? Parse(string text) =>
        text.Split('/') is [var first, var second] && Number(first) is { } index && Number(second) is { } count && index <= count
            ? new Shard(index, count) : null;

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MostParts
            ? number : null;
}
