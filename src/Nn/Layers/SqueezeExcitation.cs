namespace Engine.Nn.Layers;

/// <summary>
/// Weighs the channels of [N, C, positions…] by what they hold (Hu et al. 2018): their means pass through <c>fc1</c>, ReLU,
/// <c>fc2</c> and a gate, whose outputs multiply the channels. Both are dense layers.
/// </summary>
public sealed class SqueezeExcitation : Graph
{
    private readonly string _description;

    /// <summary>Creates a layer initialised like PyTorch's.</summary>
    /// <param name="channels">C.</param>
    /// <param name="units">Outputs of <c>fc1</c>; null: a quarter of the channels, as MobileNetV3 rounds it.</param>
    /// <param name="gate">Makes the gate; null: a sigmoid.</param>
    /// <exception cref="ArgumentException">A size is below 1.</exception>
    public SqueezeExcitation(int channels, int? units = null, Func<Activation>? gate = null)
        : base(Nodes(Guard.Positive(nameof(SqueezeExcitation), nameof(channels), channels), units ?? Quarter(channels),
            gate ?? Activation.Sigmoid)) =>
        _description = $"SqueezeExcitation {channels}, {units ?? Quarter(channels)}";

    /// <inheritdoc/>
    public override string Description => _description;

    // A multiple of 8, and not below nine tenths of the quarter.
    private static int Quarter(int channels)
    {
        var (quarter, rounded) = (channels / 4, Math.Max(8, (channels / 4 + 4) / 8 * 8));
        return rounded < 0.9 * quarter ? rounded + 8 : rounded;
    }

    private static GraphNode[] Nodes(int channels, int units, Func<Activation> gate) =>
    [
        new("avgpool", new GlobalAveragePool()), new("fc1", new Dense(channels, units)), new("activation", Activation.Relu()),
        new("fc2", new Dense(units, channels)), new("scale_activation", gate()),
        new("scale", new ChannelScale(), Input, "scale_activation"),
    ];
}
