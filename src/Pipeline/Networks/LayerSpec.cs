using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Nn;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>
/// One layer of a network, without what follows from its input: channel and feature counts are filled in as the input's shape
/// passes through the list. Pictures are [N, C, H, W], series [N, C, L], sequences [N, T, F], features [N, F]. A layer reads
/// the one before, or those that its inputs name: the list is then a graph, in which every layer but the last is read by a
/// later one.
/// </summary>
/// <param name="Name">
/// The layer's name, by which others read it, and with which its tensors' names begin; null: its index in the list.
/// </param>
/// <param name="Inputs">
/// The names of the earlier layers it reads; <c>input</c> is the network's own. Null: the layer before.
/// </param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "layer")]
[JsonDerivedType(typeof(Conv1dSpec), "conv1d")]
[JsonDerivedType(typeof(Conv2dSpec), "conv2d")]
[JsonDerivedType(typeof(MaxPool1dSpec), "max-pool1d")]
[JsonDerivedType(typeof(MaxPool2dSpec), "max-pool2d")]
[JsonDerivedType(typeof(AveragePool1dSpec), "average-pool1d")]
[JsonDerivedType(typeof(AveragePool2dSpec), "average-pool2d")]
[JsonDerivedType(typeof(GlobalAverageSpec), "global-average")]
[JsonDerivedType(typeof(GlobalMaxSpec), "global-max")]
[JsonDerivedType(typeof(GlobalMaxAverageSpec), "global-max-average")]
[JsonDerivedType(typeof(LstmSpec), "lstm")]
[JsonDerivedType(typeof(GruSpec), "gru")]
[JsonDerivedType(typeof(BatchNormSpec), "batch-norm")]
[JsonDerivedType(typeof(LayerNormSpec), "layer-norm")]
[JsonDerivedType(typeof(DropoutSpec), "dropout")]
[JsonDerivedType(typeof(ReluSpec), "relu")]
[JsonDerivedType(typeof(LeakyReluSpec), "leaky-relu")]
[JsonDerivedType(typeof(EluSpec), "elu")]
[JsonDerivedType(typeof(GeluSpec), "gelu")]
[JsonDerivedType(typeof(SigmoidSpec), "sigmoid")]
[JsonDerivedType(typeof(TanhSpec), "tanh")]
[JsonDerivedType(typeof(SoftplusSpec), "softplus")]
[JsonDerivedType(typeof(HardSwishSpec), "hard-swish")]
[JsonDerivedType(typeof(HardSigmoidSpec), "hard-sigmoid")]
[JsonDerivedType(typeof(SqueezeExcitationSpec), "squeeze-excitation")]
[JsonDerivedType(typeof(InvertedResidualSpec), "inverted-residual")]
[JsonDerivedType(typeof(AddSpec), "add")]
[JsonDerivedType(typeof(ConcatSpec), "concat")]
[JsonDerivedType(typeof(FlattenSpec), "flatten")]
[JsonDerivedType(typeof(SeriesSpec), "series")]
[JsonDerivedType(typeof(SequenceSpec), "sequence")]
[JsonDerivedType(typeof(DenseSpec), "dense")]
[JsonDerivedType(typeof(HiddenSpec), "hidden")]
[JsonDerivedType(typeof(OutputSpec), "output")]
public abstract record LayerSpec(
    [property: JsonPropertyOrder(-2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    string? Name = null,
    [property: JsonPropertyOrder(-1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<string>? Inputs = null)
{
    /// <summary>The largest size, step or number of units: sums of a few stay far below 2³¹.</summary>
    internal const int Largest = 1_000_000;

    /// <summary>How many layers it counts as.</summary>
    internal virtual long LayerCount => 1;

    /// <summary>Makes the layer for inputs of the given shape, samples first.</summary>
    /// <param name="input">The input's shape.</param>
    /// <param name="labels">How many labels the network distinguishes.</param>
    /// <exception cref="ArgumentException">The layer cannot take such an input.</exception>
    internal abstract Layer Create(Shape input, int labels);

    /// <summary>Throws if a parameter has a value that cannot work; <paramref name="at"/> is the spec's JSON path.</summary>
    internal virtual void Validate(string at, RangeCheck check)
    {
    }

    /// <summary>Throws unless the input's rank is from low to high.</summary>
    private protected static void RequireRank(Shape input, int low, int high, string form, string advice = "")
    {
        if (input.Rank < low || input.Rank > high) throw new ArgumentException($"its input is {input}; it takes {form}.{advice}");
    }
}
