using System.Text.Json;
using Engine.Classifiers;
using Engine.Pipeline.Data;

namespace Engine.Cli.Bench;

/// <summary>A row beside that of an earlier benchmark.</summary>
/// <param name="Ratio">Time now over time then; below 1 is faster.</param>
/// <param name="Noise">How far the ratio may be from 1 by chance: the spreads of both, at least 5 %.</param>
internal readonly record struct Change(double Ratio, double Noise)
{
    /// <summary>Whether the ratio is outside the noise.</summary>
    public bool IsReal => Ratio > 1 + Noise || Ratio < 1 / (1 + Noise);
}

/// <summary>An earlier benchmark, as <c>engine bench --json</c> wrote it.</summary>
internal sealed class BenchBaseline
{
    private const int MostBytes = 16 << 20;
    private const double LeastNoise = 0.05;

    private readonly Dictionary<string, (double Seconds, double Spread)> _rows = [];

    private BenchBaseline(JsonElement root)
    {
        (Model, Device) = (root.GetProperty("model").GetString()!, root.GetProperty("device").GetString()!);
        Threads = root.GetProperty("threads").GetInt32();
        Version = Text(root, "version");
        Commit = Text(root, "commit");
        Date = Text(root, "date");
        foreach (var row in root.GetProperty("kernels").EnumerateArray().Concat(root.GetProperty("transfers").EnumerateArray()))
            Add($"{row.GetProperty("name").GetString()} {row.GetProperty("sizes").GetString()}", row);
        foreach (var row in root.GetProperty("training_steps").EnumerateArray())
            Add($"{row.GetProperty("recipe").GetString()} batch {row.GetProperty("batch").GetInt32()}", row);
    }

    /// <summary>Its device.</summary>
    public string Device { get; }

    /// <summary>The device's model.</summary>
    public string Model { get; }

    /// <summary>Threads of the processor.</summary>
    public int Threads { get; }

    /// <summary>The version of Engine, if it says so.</summary>
    public string? Version { get; }

    /// <summary>The commit, if it says so.</summary>
    public string? Commit { get; }

    /// <summary>When it was made, if it says so.</summary>
    public string? Date { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="EngineException">It cannot be read or is no benchmark.</exception>
    public static BenchBaseline Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(PlainFile.ReadText(path, "benchmark", MostBytes));
            return new(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new EngineException(
                $"{path}: is not a benchmark; make one with engine bench --json > {Path.GetFileName(path)}.", e);
        }
    }

    /// <summary>Why the two cannot be compared row by row, or null.</summary>
    public string? Unlike(BenchResult now)
    {
        var then = $"{Device}, {Model}, {Threads} threads";
        var today = $"{now.Listing.Name}, {now.Listing.Model}, {now.Threads} threads";
        return then == today ? null : $"the baseline was made on another machine ({then}; now {today}): ratios show both changes";
    }

    /// <summary>A row beside the one of the same name; null if there is none.</summary>
    public Change? Of(string key, Timing now) => _rows.TryGetValue(key, out var then)
        ? new(now.Seconds / then.Seconds, Math.Max(LeastNoise, then.Spread + now.Spread)) : null;

    private void Add(string key, JsonElement row)
    {
        if (row.GetProperty("seconds") is { ValueKind: JsonValueKind.Number } seconds)
            _rows[key] = (seconds.GetDouble(), row.TryGetProperty("spread", out var spread) ? spread.GetDouble() : 0);
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) ? value.GetString() : null;
}
