using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>Recurrent layers over sequences [N, T, F], to the whole sequence of states or to the last state.</summary>
/// <param name="Units">Size of the state.</param>
/// <param name="Layers">How many layers, stacked.</param>
/// <param name="Bidirectional">Whether a second state runs from the end to the start; the two are placed side by side.</param>
/// <param name="Sequence">True: all states, [N, T, units]; false: the last, [N, units].</param>
public abstract record RecurrentSpec(
    [property: Range(1, 65_536)] int Units,
    [property: Range(1, 64)] int Layers,
    bool Bidirectional,
    bool Sequence) : LayerSpec
{
    internal override long LayerCount => Layers;

    private protected static int Features(Shape input)
    {
        RequireRank(input, 3, 3, "sequences [N, T, F]",
            input.Rank == 4 ? " A series layer and a sequence layer make them from pictures." : "");
        return input[2];
    }
}

/// <summary>Long short-term memory.</summary>
/// <inheritdoc cref="RecurrentSpec"/>
public sealed record LstmSpec(int Units, int Layers = 1, bool Bidirectional = false, bool Sequence = false)
    : RecurrentSpec(Units, Layers, Bidirectional, Sequence)
{
    internal override Layer Create(Shape input, int labels) => new Lstm(Features(input), Units, Layers, Bidirectional, Sequence);
}

/// <summary>Gated recurrent units.</summary>
/// <inheritdoc cref="RecurrentSpec"/>
public sealed record GruSpec(int Units, int Layers = 1, bool Bidirectional = false, bool Sequence = false)
    : RecurrentSpec(Units, Layers, Bidirectional, Sequence)
{
    internal override Layer Create(Shape input, int labels) => new Gru(Features(input), Units, Layers, Bidirectional, Sequence);
}
