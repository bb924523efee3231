using System.Text.Json;
using System.Text.Json.Serialization;

namespace Engine.Peers.Comparing;

/// <summary>What was measured of a case, with all that is needed to judge it; a line of JSON. Times are milliseconds.</summary>
internal sealed record Outcome
{
    public required string Group { get; init; }

    public required string Section { get; init; }

    public required string Label { get; init; }

    public required int Threads { get; init; }

    public required Instructions Instructions { get; init; }

    public required double Ours { get; init; }

    /// <summary>LibTorch's fastest variant; null: none could do the case.</summary>
    [JsonPropertyName("libtorch")]
    public double? LibTorch { get; init; }

    /// <summary>What that variant is.</summary>
    public string? Variant { get; init; }

    [JsonPropertyName("onnxruntime")]
    public double? OnnxRuntime { get; init; }

    /// <summary>LibTorch in its plain layout and with the allocator that is there: its fastest call before the rounds.</summary>
    public double? Installed { get; init; }

    /// <summary>What the resource allows at the machine's peak.</summary>
    public required double Bound { get; init; }

    public required Resource Resource { get; init; }

    /// <summary>Whether a median had to be taken from samples that others disturbed.</summary>
    public bool IsDisturbed { get; init; }

    /// <summary>The fastest call of every variant that was tried.</summary>
    public required IReadOnlyDictionary<string, double> Tried { get; init; }

    /// <summary>What went wrong, by variant.</summary>
    public required IReadOnlyDictionary<string, string> Errors { get; init; }

    /// <summary>All samples of each side, in the order of the rounds.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<double>> Samples { get; init; }

    /// <summary>The disturbance of each sample.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<double>> Disturbance { get; init; }

    public required Machine Machine { get; init; }

    /// <summary>What each side says about itself.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    public required DateTime Time { get; init; }

    /// <summary>The faster peer's time.</summary>
    [JsonIgnore]
    public double? Best => LibTorch is { } l && OnnxRuntime is { } o ? Math.Min(l, o) : LibTorch ?? OnnxRuntime;

    /// <summary>Outcomes of the same case replace each other.</summary>
    [JsonIgnore]
    public (string, string, int, Instructions) Key => (Section, Label, Threads, Instructions);

    public string ToJson() => JsonSerializer.Serialize(this, OutcomeJson.Default.Outcome);

    public static Outcome Parse(string line) => JsonSerializer.Deserialize(line, OutcomeJson.Default.Outcome)!;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Outcome))]
internal sealed partial class OutcomeJson : JsonSerializerContext;
