using Engine.Tensors.Autograd;

namespace Engine.Tensors;

/// <summary>
/// The parameters of one layer and direction of a recurrent network, with PyTorch's names and gate order: for an LSTM
/// i, f, g, o (4H rows), for a GRU r, z, n (3H rows).
/// </summary>
/// <param name="WeightInput"><c>weight_ih</c> [gates·H, F].</param>
/// <param name="WeightHidden"><c>weight_hh</c> [gates·H, H].</param>
/// <param name="BiasInput"><c>bias_ih</c> [gates·H].</param>
/// <param name="BiasHidden"><c>bias_hh</c> [gates·H].</param>
public readonly record struct RecurrentWeights(Tensor WeightInput, Tensor WeightHidden, Tensor BiasInput, Tensor BiasHidden);

/// <summary>The results of a recurrent network: the last layer's output and, per layer and direction, the last states.</summary>
/// <param name="Output">[N, T, H·directions].</param>
/// <param name="Hidden">[layers·directions, N, H].</param>
/// <param name="Cell">[layers·directions, N, H]; null for a GRU.</param>
public readonly record struct RecurrentResult(Tensor Output, Tensor Hidden, Tensor? Cell);

public sealed partial class Tensor
{
    /// <summary>
    /// An LSTM over whole sequences x [N, T, F], from states of zero. Layers follow each other in <paramref name="weights"/>;
    /// with <paramref name="bidirectional"/> each has two entries, forwards and backwards in time, whose outputs are placed side
    /// by side.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes or devices do not fit.</exception>
    public static RecurrentResult Lstm(Tensor x, ReadOnlySpan<RecurrentWeights> weights, bool bidirectional = false) =>
        Recurrent(nameof(Lstm), x, weights, bidirectional, 4);

    /// <summary>A GRU over whole sequences; see <see cref="Lstm"/>.</summary>
    /// <exception cref="ArgumentException">The shapes or devices do not fit.</exception>
    public static RecurrentResult Gru(Tensor x, ReadOnlySpan<RecurrentWeights> weights, bool bidirectional = false) =>
        Recurrent(nameof(Gru), x, weights, bidirectional, 3);

    private static RecurrentResult Recurrent(
        string operation, Tensor x, ReadOnlySpan<RecurrentWeights> weights, bool bidirectional, int gates)
    {
        ArgumentNullException.ThrowIfNull(x);
        x.Expect(ElementType.Float32, operation);
        if (x.Rank != 3) Throw.Argument($"{operation}: input {x.Shape} must be [N, T, F].");
        var directions = bidirectional ? 2 : 1;
        if (weights.Length == 0 || weights.Length % directions != 0)
            Throw.Argument($"{operation}: {weights.Length} sets of weights do not make layers of {directions} for input "
                + $"{x.Shape}.");
        if (x.Shape[1] == 0) Throw.Argument($"{operation}: input {x.Shape} has no steps.");
        var output = x;
        List<Tensor> hidden = [], cells = [];
        for (var layer = 0; layer < weights.Length; layer += directions)
        {
            var results = new Tensor[directions];
            for (var direction = 0; direction < directions; direction++)
            {
                var w = weights[layer + direction];
                CheckRecurrent(operation, output, w, gates);
                var (h, c) = gates == 4 ? LstmLayer(output, w, direction == 1) : (GruLayer(output, w, direction == 1), null);
                results[direction] = h;
                var (n, units) = (h.Shape[0], h.Shape[2]);
                using var last = h.Slice(1, direction == 1 ? 0 : h.Shape[1] - 1, 1);
                hidden.Add(last.Reshape(1, n, units));
                if (c is not null) cells.Add(c.Reshape(1, n, units));
            }

            // What only the next layer reads need not wait for the end of the scope.
            if (layer > 0) output.Dispose();
            output = directions == 1 ? results[0] : Concat(2, results);
            if (directions == 2) foreach (var result in results) result.Dispose();
        }

        return new RecurrentResult(output, Concat(0, [.. hidden]), gates == 4 ? Concat(0, [.. cells]) : null);
    }

    private static (Tensor Hidden, Tensor Cell) LstmLayer(Tensor x, RecurrentWeights w, bool reverse)
    {
        var (n, t, units) = (x.Shape[0], x.Shape[1], w.WeightHidden.Shape[1]);
        var backend = x.Device.Backend;
        var output = Empty(new Shape(n, t, units), x.Device);
        var cell = Empty(new Shape(n, units), x.Device);
        using var history = Empty(backend.LstmHistory(n, t, units), x.Device);
        using (var bias = Sum(w.BiasInput, w.BiasHidden))
            backend.Lstm(x, w.WeightInput, w.WeightHidden, bias, reverse, output, cell, history);
        Tape.Record(
            [output, cell], [x, w.WeightInput, w.WeightHidden, w.BiasInput, w.BiasHidden],
            [x, w.WeightInput, w.WeightHidden, output, history], LstmGradients.Lstm(reverse));
        return (output, cell);
    }

    // The tape records the layer as a whole.
    private static Tensor Sum(Tensor a, Tensor b)
    {
        using var suspension = Tape.NoGrad();
        return a + b;
    }

    private static Tensor GruLayer(Tensor x, RecurrentWeights w, bool reverse)
    {
        var (n, t, units) = (x.Shape[0], x.Shape[1], w.WeightHidden.Shape[1]);
        var output = Empty(new Shape(n, t, units), x.Device);
        using var history = Empty(new Shape(n, t, 4 * units), x.Device);
        x.Device.Backend.Gru(x, w.WeightInput, w.WeightHidden, w.BiasInput, w.BiasHidden, reverse, output, history);
        Tape.Record(
            [output], [x, w.WeightInput, w.WeightHidden, w.BiasInput, w.BiasHidden],
            [x, w.WeightInput, w.WeightHidden, output, history], LstmGradients.Gru(reverse));
        return output;
    }

    private static void CheckRecurrent(string operation, Tensor x, RecurrentWeights w, int gates)
    {
        CheckOperands(operation, x, w.WeightInput);
        CheckOperands(operation, x, w.WeightHidden);
        if (w.WeightHidden.Rank != 2 || w.WeightHidden.Shape[0] != gates * w.WeightHidden.Shape[1])
        {
            Throw.Argument($"{operation}: hidden weight {w.WeightHidden.Shape} must be [{gates}·H, H].");
        }

        if (w.WeightInput.Rank != 2 || w.WeightInput.Shape[0] != w.WeightHidden.Shape[0] || w.WeightInput.Shape[1] != x.Shape[2])
        {
            Throw.Argument($"{operation}: input weight {w.WeightInput.Shape} must be [{w.WeightHidden.Shape[0]}, "
                + $"{x.Shape[2]}] for input {x.Shape} and hidden weight {w.WeightHidden.Shape}.");
        }

        CheckVectors(operation, x, w.WeightHidden.Shape[0], (nameof(w.BiasInput), w.BiasInput),
            (nameof(w.BiasHidden), w.BiasHidden));
    }
}
