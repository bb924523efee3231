using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Classifiers;
using Engine.Dsp;

namespace Engine.Cli.Shards;

/// <summary>
/// What <see cref="FileName"/> beside a part says of it: which part of what it is, and once it is complete where its records
/// belong among those of all parts.
/// </summary>
internal sealed record ShardNote
{
    private const string Format = "engine-shard-1";

    /// <summary>The part.</summary>
    public required Shard Shard { get; init; }

    /// <summary>Tells the command, its options and the version of engine from others.</summary>
    public required string Command { get; init; }

    /// <summary>Tells the list of songs, their names and sizes, from others.</summary>
    public required string Songs { get; init; }

    /// <summary>The place of each song of the part in the list, in order.</summary>
    public IReadOnlyList<int> Places { get; init; } = [];

    /// <summary>How many records the part has of each: rows, lines or arrays.</summary>
    public IReadOnlyList<int> Records { get; init; } = [];

    /// <summary>Why songs were left out, by their places in the list.</summary>
    public IReadOnlyDictionary<int, string> Skipped { get; init; } = new Dictionary<int, string>();

    /// <summary>SHA-256 of the part; null: it is not complete.</summary>
    public string? Hash { get; init; }

    /// <summary>The name of a part's note.</summary>
    public static string FileName(string part) => $"{part}.shard";

    /// <summary>The note of a part; null if there is none.</summary>
    /// <exception cref="EngineException">It cannot be read, or is no note.</exception>
    public static ShardNote? Of(string part)
    {
        var path = FileName(part);
        try
        {
            return File.Exists(path) ? Parse(File.ReadAllText(path)) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or NullReferenceException
            or ArgumentException)
        {
            throw new EngineException($"{path}: is no note of engine about a part; remove it, and make the part again.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The note of a part that is complete.</summary>
    /// <param name="shard">Which part it is.</param>
    /// <param name="list">The songs of all parts.</param>
    /// <param name="places">The places of its own.</param>
    /// <param name="content">What it has received.</param>
    /// <param name="part">Its bytes.</param>
    public static ShardNote Of(
        Shard shard, ShardedList list, IReadOnlyList<int> places, PartContent content, ReadOnlySpan<byte> part) => new()
        {
            Shard = shard,
            Command = list.Command,
            Songs = list.Songs,
            Places = places,
            Records = content.Records,
            Skipped = content.Skipped,
            Hash = Convert.ToHexStringLower(SHA256.HashData(part)),
        };

    /// <summary>Tells texts from others, whatever they are.</summary>
    public static string Digest(IEnumerable<string> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in texts)
        {
            // The length keeps neighbours apart.
            hash.AppendData(BitConverter.GetBytes(text.Length));
            hash.AppendData(Encoding.UTF8.GetBytes(text));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    /// <summary>The hash of a part as it lies on the disk.</summary>
    /// <exception cref="EngineException">It cannot be read.</exception>
    public static string HashOf(string part)
    {
        try
        {
            using var stream = File.OpenRead(part);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{part}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The note as a file has it.</summary>
    public string ToText()
    {
        var note = new JsonObject
        {
            ["format"] = Format,
            ["part"] = Shard.Index,
            ["parts"] = Shard.Count,
            ["command"] = Command,
            ["songs"] = Songs,
        };
        if (Hash is not null)
        {
            note["places"] = Numbers(Places);
            note["records"] = Numbers(Records);
            if (Skipped.Count > 0) note["skipped"] = Reasons(Skipped);
            note["sha256"] = Hash;
        }

        return note.ToJsonString() + "\n";
    }

    /// <summary>Writes the note beside a part.</summary>
    /// <exception cref="EngineException">It cannot be written.</exception>
    public void Write(string part)
    {
        try
        {
            AtomicFile.WriteText(FileName(part), ToText());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{FileName(part)}: cannot be written: {e.Message}", e);
        }
    }

    private static ShardNote Parse(string text)
    {
        var note = JsonNode.Parse(text)!.AsObject();
        if (note["format"]!.GetValue<string>() != Format) throw new FormatException("another format");
        var hash = note["sha256"]?.GetValue<string>();
        var read = new ShardNote
        {
            Shard = new(note["part"]!.GetValue<int>(), note["parts"]!.GetValue<int>()),
            Command = note["command"]!.GetValue<string>(),
            Songs = note["songs"]!.GetValue<string>(),
            Places = hash is null ? [] : Numbers(note["places"]!.AsArray()),
            Records = hash is null ? [] : Numbers(note["records"]!.AsArray()),
            Skipped = note["skipped"] is JsonObject skipped ? Reasons(skipped) : new Dictionary<int, string>(),
            Hash = hash,
        };
        var isWhole = read.Shard.Index >= 1 && read.Shard.Index <= read.Shard.Count && read.Shard.Count <= Shard.MostParts
            && read.Places.Count == read.Records.Count
            && read.Records.All(r => r >= 0) && read.Records.Sum(r => (long)r) <= int.MaxValue
            && read.Places.Zip(read.Places.Skip(1)).All(p => p.First < p.Second)
            && (read.Places.Count == 0 || read.Places[0] >= 0);
        return isWhole ? read : throw new FormatException("numbers that contradict each other");
    }

    private static JsonArray Numbers(IReadOnlyList<int> numbers) => new([.. numbers.Select(n => (JsonNode)n)]);

    private static JsonObject Reasons(IReadOnlyDictionary<int, string> skipped) => new(skipped.OrderBy(s => s.Key)
        .Select(s => KeyValuePair.Create(s.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)s.Value)));

    private static Dictionary<int, string> Reasons(JsonObject skipped) => skipped.ToDictionary(
        s => int.Parse(s.Key, NumberStyles.None, CultureInfo.InvariantCulture), s => s.Value!.GetValue<string>());

    private static int[] Numbers(JsonArray numbers) => [.. numbers.Select(n => n!.GetValue<int>())];
}
