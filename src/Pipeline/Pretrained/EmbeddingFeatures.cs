using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Engine.Classifiers;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Tensors;

namespace Engine.Pipeline.Pretrained;

/// <summary>
/// What layers of a pre-trained network give for windows of a recording, at the sample rate and through the front end that the
/// network was trained with: <c>pool_0</c>, <c>pool_1</c>, … Windows begin every hop, and the last one ends with the row, unless
/// the network's description says otherwise. A row must be at least as long as a window.
/// </summary>
/// <param name="Weights">
/// The network: a file that <c>engine import</c> has written, by its path or by its name in the user's folder of weights, such as
/// <c>efficientat-mn04</c>.
/// </param>
/// <param name="Layers">
/// The names of the layers whose outputs are taken, each a row of values; null: the first that the network's description
/// recommends.
/// </param>
/// <param name="Window">The length of a window in seconds; null: as the network was trained.</param>
/// <param name="Hop">Seconds from the start of one window to that of the next; null: as the network's description says.</param>
/// <param name="Statistics">What is kept of the windows of a row.</param>
/// <param name="Sha256">
/// The SHA-256 of the weights' values, as <c>engine import</c> prints it; other weights are refused. Null: any weights, and runs
/// and models record those that were used.
/// </param>
public sealed partial record EmbeddingFeatures(
    string Weights,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Layers = null,
    [property: Range(Above = 0), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Window = null,
    [property: Range(Above = 0), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Hop = null,
    WindowStatistics Statistics = WindowStatistics.Mean,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Sha256 = null) : FeatureSpec
{
    private const string NoNetwork = "the embedding has no network yet";

    /// <summary>The network with its weights, once they are read; see <see cref="FeatureSpec.Bound"/>.</summary>
    internal PretrainedNetwork? Network { get; init; }

    // Of a network whose description is part of Engine, known before the weights are there.
    private NetworkDescription? Known => Network?.Description
        ?? (DescriptionCatalog.Names.Contains(Weights) ? DescriptionCatalog.Get(Weights) : null);

    internal override double ColumnCount => Known is { } known ? PlanOf(known, "$.front_end.features").Columns.Count : 0;

    internal override string ColumnsKey => "layers";

    internal override int RateIn(FrontEndSpec frontEnd) => Known?.FrontEnd.SampleRate ?? base.RateIn(frontEnd);

    internal override FeatureSpec Bound() => Network is null ? Of(PretrainedWeights.Find(Weights)) : this;

    /// <summary>The same with a network.</summary>
    /// <exception cref="EngineException">It is not the network that the spec names, or it does not fit.</exception>
    internal EmbeddingFeatures Of(PretrainedNetwork network)
    {
        if (Sha256 is not null && !Sha256.Equals(network.Hash, StringComparison.OrdinalIgnoreCase))
        {
            throw new EngineException($"weights {Weights}: the SHA-256 of their values is {network.Hash}, but {Sha256} is "
                + "expected; import the right ones, or leave sha256 out to take these.");
        }

        var bound = this with { Network = network, Sha256 = network.Hash };
        _ = bound.PlanOf(network.Description, "$.front_end.features");
        return bound;
    }

    // Where the weights lie makes no difference to what they give, and neither does whether a default was written down.
    internal override FeatureSpec Keyed()
    {
        var network = Network ?? throw new InvalidOperationException(NoNetwork);
        var plan = PlanOf(network.Description, "$.front_end.features");
        return new EmbeddingFeatures(network.Identity, plan.Layers, plan.Window, plan.Hop, Statistics);
    }

    internal override FeatureExtractor CreateExtractor(int sampleRate) => CreateExtractor(sampleRate, Device.Cpu);

    internal override FeatureExtractor CreateExtractor(int sampleRate, Device device)
    {
        var network = Network ?? throw new InvalidOperationException(NoNetwork);
        return new EmbeddingExtractor(PlanOf(network.Description, "$.front_end.features"), network, device);
    }

    internal override void AddNeeds(PartNeeds needs)
    {
        if (Known is not { } known) return;
        var plan = PlanOf(known, "$.front_end.features");
        needs.Add("weights", "the weights", 2.0 * sizeof(float) * plan.Weights);
        needs.Add("window", "the outputs of the layers for a batch of windows", plan.BatchBytes);
    }

    internal override void Validate(string at, RangeCheck check, FrontEndSpec frontEnd)
    {
        if (string.IsNullOrWhiteSpace(Weights)) check.Fail($"{at}.weights", "\"\"", "it must be a file of weights, or its name");
        if (Layers is { Count: 0 }) check.Fail($"{at}.layers", "[]", "it must name a layer, or be null");
        if (Sha256 is not null && !Sha256Form().IsMatch(Sha256))
            check.Fail($"{at}.sha256", $"\"{Sha256}\"", "it must be 64 hexadecimal digits, or null");
        if (Known is not { } known) return;
        if (SampleRate is { } rate && rate != known.FrontEnd.SampleRate)
            check.Fail($"{at}.sample_rate", rate, $"the network takes {known.FrontEnd.SampleRate} Hz; leave it out");
        var plan = new EmbeddingPlan(this, known, at, check);
        if (frontEnd.Segment is { } segment && segment * plan.Rate < plan.WindowSamples - 0.5)
        {
            check.Fail("$.front_end.segment", segment,
                $"{at} needs at least the {plan.Window} s of a window of the network {known.Name}");
        }
    }

    private EmbeddingPlan PlanOf(NetworkDescription description, string at) =>
        new(this, description, at, new RangeCheck($"embedding {Weights}"));

    [GeneratedRegex("^[0-9a-fA-F]{64}$")]
    private static partial Regex Sha256Form();
}
