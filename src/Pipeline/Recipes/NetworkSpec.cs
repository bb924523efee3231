using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Nn;
using Engine.Nn.Optimizers;
using Engine.Nn.Schedules;
using Engine.Nn.Training;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Networks;
using Engine.Tensors;

namespace Engine.Pipeline.Recipes;

/// <summary>A neural network as data: its layers and how it is trained.</summary>
/// <param name="Layers">The layers; the last, and only the last, is <c>output</c>.</param>
/// <param name="Training">How it is trained.</param>
/// <param name="Initializer">How its weights start.</param>
/// <param name="Branches">
/// For several inputs, the layers of each: first one list for each window of the front end, then one for its plain columns.
/// Each ends in features [N, F], which are put side by side before <paramref name="Layers"/>. Null: one input.
/// </param>
/// <param name="Augmentation">How training examples are changed; null: not.</param>
/// <param name="Initialize">Trained weights that it starts from; null: none.</param>
public sealed record NetworkSpec(
    [property: JsonPropertyOrder(2)] IReadOnlyList<LayerSpec> Layers,
    [property: JsonPropertyOrder(3)] TrainingSpec Training,
    [property: JsonPropertyOrder(0)] NetworkInitializer Initializer = NetworkInitializer.Pytorch,
    [property: JsonPropertyOrder(1)] IReadOnlyList<IReadOnlyList<LayerSpec>>? Branches = null,
    [property: JsonPropertyOrder(4)] AugmentationSpec? Augmentation = null,
    [property: JsonPropertyOrder(0), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    InitializeSpec? Initialize = null) : ClassifierOptions
{
    // Every layer is described before anything else happens; a few bytes of recipe must not stand for millions of layers.
    private const int MostLayers = 10_000;

    /// <summary>Makes the network, not initialised; see <see cref="NetworkBuilder.Build"/>.</summary>
    /// <exception cref="EngineException">
    /// The layers do not fit each other, or the recipe names one that the network does not have.
    /// </exception>
    internal Module Build(IReadOnlyList<Shape> inputs, int labels, string source)
    {
        var network = NetworkBuilder.Build(Layers, Branches, Initializer, inputs, labels, source);
        Named("initialize.layers", () => Initialize?.Layers?.Paths(network));
        Named("initialize.learning_rate_scale", () => Initialize?.LearningRateScale?.Apply(network));
        if (Initialize?.Freeze is { } freeze) Freezes(freeze, "initialize.freeze");
        for (var s = 0; s < Training.Stages?.Count; s++)
        {
            if (Training.Stages[s].Freeze is { } layers) Freezes(layers, $"training.stages[{s}].freeze");
        }

        return network;

        void Freezes(LayerChoice layers, string key) => Named(key, () =>
        {
            var learned = layers.Learned(network);
            if (learned.Count == 0) throw new ArgumentException($"none of the layers {layers} has anything to learn.");
            if (network.Parameters().All(p => learned.Any(p.IsIn)))
                throw new ArgumentException($"it freezes the whole network ({layers}), so there is nothing to learn.");
        });

        void Named(string key, Action use)
        {
            try
            {
                use();
            }
            catch (ArgumentException e)
            {
                throw new EngineException($"{source}: $.classifier.{key}: {e.Message}", e);
            }
        }
    }

    /// <summary>The stages of the training of a network that was built from this spec; none if nothing is frozen.</summary>
    internal IReadOnlyList<TrainingStage> StagesOf(Module network)
    {
        if (Training.Stages is not { } stages)
            return Initialize?.Freeze is { } freeze ? [new() { Frozen = freeze.Learned(network) }] : [];
        var left = Training.Epochs - stages.Sum(s => s.Epochs ?? 0);
        return [.. stages.Select(s => new TrainingStage
        {
            Epochs = s.Epochs,
            Frozen = s.Freeze?.Learned(network) ?? [],
            LearningRate = s.LearningRate,
            Schedule = (Training.Schedule ?? new ConstantSchedule()).Start(s.Epochs ?? left),
        })];
    }

    /// <summary>Makes the optimiser of a network that was built from this spec.</summary>
    internal Optimizer CreateOptimizer(Module network) =>
        new(network.Parameters(), Training.Optimizer) { ClipNorm = Training.ClipNorm, ClipValue = Training.ClipValue };

    internal void Validate(string at, RangeCheck check)
    {
        if (Layers.Count == 0) check.Fail($"{at}.layers", "[]", "it must end in the layer output");
        Validate(Layers, $"{at}.layers", check, Layers.Count - 1);
        if (Branches is { Count: 0 })
            check.Fail($"{at}.branches", "[]", "it must hold a list of layers for each input, or be null");
        for (var b = 0; b < Branches?.Count; b++) Validate(Branches[b], $"{at}.branches[{b}]", check, -1);
        var layers = Layers.Concat((Branches ?? []).SelectMany(b => b)).Sum(l => l.LayerCount);
        if (layers > MostLayers) check.Fail($"{at}.layers", $"{layers} layers in all", $"there may be at most {MostLayers}");
        ValidateStages(at, check);
        if (Training.Optimizer is Sgd { Nesterov: true, Momentum: 0 })
        {
            check.Fail($"{at}.training.optimizer.nesterov", "true", "it needs a momentum above 0");
        }
    }

    private void ValidateStages(string at, RangeCheck check)
    {
        if (Initialize is { From: "" }) check.Fail($"{at}.initialize.from", "\"\"", "it must name a run or a file of weights");
        if (Training.Stages is not { } stages) return;
        if (stages.Count == 0) check.Fail($"{at}.training.stages", "[]", "it must hold at least one stage, or be null");
        if (Initialize?.Freeze is { } freeze)
            check.Fail($"{at}.initialize.freeze", freeze, "it must be null with training.stages, each of which has its own");
        for (var s = 0; s < stages.Count - 1; s++)
        {
            if (stages[s].Epochs is null)
                check.Fail($"{at}.training.stages[{s}].epochs", "null", "only the last stage has the epochs that are left");
        }

        if (stages[^1].Epochs is { } last)
            check.Fail($"{at}.training.stages[{stages.Count - 1}].epochs", last,
                "it must be null: the last stage has what training.epochs leaves");
        var before = stages.Sum(s => (long)(s.Epochs ?? 0));
        if (before >= Training.Epochs)
            check.Fail($"{at}.training.epochs", Training.Epochs,
                $"the stages before the last have {before} epochs, so it must be at least {before + 1}");
    }

    private static void Validate(IReadOnlyList<LayerSpec> layers, string at, RangeCheck check, int output)
    {
        if (LayerGraph.Is(layers)) LayerGraph.Validate(layers, [], at, check);
        for (var i = 0; i < layers.Count; i++)
        {
            layers[i].Validate($"{at}[{i}]", check);
            if (layers[i] is OutputSpec && i != output)
                check.Fail($"{at}[{i}].layer", "output", "it must be the last of classifier.layers, and only there");
        }

        if (output >= 0 && layers[output] is not OutputSpec)
            check.Fail($"{at}[{output}].layer", "not output", "the last of classifier.layers must be output");
    }
}
