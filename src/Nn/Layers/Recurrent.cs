using Engine.Tensors;

namespace Engine.Nn.Layers;

/// <summary>
/// Base of <see cref="Lstm"/> and <see cref="Gru"/>: maps sequences [N, T, F] through one or more layers to the whole output
/// sequence [N, T, H·directions] or to the last state [N, H·directions]. Parameters are PyTorch's: <c>weight_ih_l0</c>
/// [gates·H, F], <c>weight_hh_l0</c> [gates·H, H], <c>bias_ih_l0</c>, <c>bias_hh_l0</c>; later layers end in <c>_l1</c> and so
/// on, and the reverse direction adds <c>_reverse</c>.
/// </summary>
public abstract class Recurrent : Layer
{
    private readonly int _features;
    private readonly int _gates;
    private readonly int _layers;
    private readonly int _directions;
    private readonly bool _wholeSequence;
    // Each layer adds parameters and names.
    private const int MostLayers = 1000;

    private readonly Parameter[] _parameters;

    private protected Recurrent(int features, int units, int layers, bool bidirectional, bool wholeSequence, int gates)
    {
        var kind = GetType().Name;
        _features = Guard.Positive(kind, nameof(features), features);
        Units = Guard.Positive(kind, nameof(units), units);
        _layers = Guard.Positive(kind, nameof(layers), layers);
        if (layers > MostLayers) Guard.Argument($"{kind}: layers is {layers}; it must be at most {MostLayers}.");
        (_gates, _directions, _wholeSequence) = (gates, bidirectional ? 2 : 1, wholeSequence);
        _parameters = [.. Names().SelectMany(n => AddLayer(n.Suffix, n.Layer))];
    }

    /// <inheritdoc/>
    public override string Description =>
        $"{GetType().Name} {_features} -> {Units}{(_layers > 1 ? $", {_layers} layers" : "")}"
        + $"{(_directions == 2 ? ", both ways" : "")}{(_wholeSequence ? "" : ", last step")}";

    private protected bool Bidirectional => _directions == 2;

    private int Units { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        CheckInput(input, $"[N, T, {_features}]", 3, 3, 2, _features);
        if (input[1] == 0) Guard.Argument($"{Where}: input {input} has no steps.");
        return _wholeSequence ? input.With(2, Units * _directions) : new Shape(input[0], Units * _directions);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input)
    {
        _ = OutputShape(input);
        return (long)input[0] * input[1] * _parameters.Where(p => p.Shape.Rank == 2).Sum(p => (long)p.Shape.Count);
    }

    // Every layer and direction keeps its states and, for each state, the gates and one more value; the next layer reads
    // the concatenated states of all directions.
    internal override LayerMemory Memory(Shape input)
    {
        var states = 4L * input[0] * input[1] * Units * _directions;
        return new()
        {
            KeepsInput = true,
            OtherBytes = _layers * states * (1 + _gates + 1)
            + (_directions - 1) * (_layers - 1) * states
        };
    }

    // Beside a direction's gates and cell states there are the hidden states of its layer and, in later ones, of the one before.
    internal override long Work(Shape input) =>
        (long)input[0] * input[1] * Units * (_gates + 1 + Math.Min(_layers, 2) * _directions);

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x, ForwardContext context)
    {
        var weights = new RecurrentWeights[_parameters.Length / 4];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = new RecurrentWeights(_parameters[4 * i].Value, _parameters[4 * i + 1].Value,
                _parameters[4 * i + 2].Value, _parameters[4 * i + 3].Value);
        }

        var result = Run(x, weights);
        result.Hidden.Dispose();
        result.Cell?.Dispose();
        if (_wholeSequence) return result.Output;
        using var output = result.Output;
        if (_directions == 1) return Step(output, output.Shape[1] - 1, 0);
        using var forwards = Step(output, output.Shape[1] - 1, 0);
        using var backwards = Step(output, 0, Units);
        return Tensor.Concat(1, forwards, backwards);
    }

    private protected abstract RecurrentResult Run(Tensor x, ReadOnlySpan<RecurrentWeights> weights);

    // One direction's state at one step, [N, H].
    private Tensor Step(Tensor output, int step, int unit)
    {
        using var states = output.Slice(1, step, 1);
        if (_directions == 1) return states.Reshape(output.Shape[0], Units);
        using var direction = states.Slice(2, unit, Units);
        return direction.Reshape(output.Shape[0], Units);
    }

    private IEnumerable<(string Suffix, int Layer)> Names()
    {
        for (var layer = 0; layer < _layers; layer++)
        {
            yield return ($"l{layer}", layer);
            if (_directions == 2) yield return ($"l{layer}_reverse", layer);
        }
    }

    private Parameter[] AddLayer(string suffix, int layer)
    {
        var (rows, inputs) = (_gates * Units, layer == 0 ? _features : Units * _directions);
        var uniform = Initializers.Uniform(1 / Math.Sqrt(Units));
        return
        [
            AddParameter($"weight_ih_{suffix}", new Shape(rows, inputs), uniform),
            AddParameter($"weight_hh_{suffix}", new Shape(rows, Units), uniform),
            AddParameter($"bias_ih_{suffix}", new Shape(rows), uniform),
            AddParameter($"bias_hh_{suffix}", new Shape(rows), uniform),
        ];
    }
}

/// <summary>
/// Long short-term memory (Hochreiter and Schmidhuber 1997), gate order i, f, g, o; see <see cref="Recurrent"/>.
/// </summary>
public sealed class Lstm : Recurrent
{
    /// <summary>Creates layers initialised like PyTorch's <c>LSTM</c>.</summary>
    /// <exception cref="ArgumentException">A size is below 1.</exception>
    public Lstm(int features, int units, int layers = 1, bool bidirectional = false, bool wholeSequence = false)
        : base(features, units, layers, bidirectional, wholeSequence, 4)
    {
    }

    private protected override RecurrentResult Run(Tensor x, ReadOnlySpan<RecurrentWeights> weights) =>
        Tensor.Lstm(x, weights, Bidirectional);
}

/// <summary>Gated recurrent units (Cho et al. 2014), gate order r, z, n; see <see cref="Recurrent"/>.</summary>
public sealed class Gru : Recurrent
{
    /// <summary>Creates layers initialised like PyTorch's <c>GRU</c>.</summary>
    /// <exception cref="ArgumentException">A size is below 1.</exception>
    public Gru(int features, int units, int layers = 1, bool bidirectional = false, bool wholeSequence = false)
        : base(features, units, layers, bidirectional, wholeSequence, 3)
    {
    }

    private protected override RecurrentResult Run(Tensor x, ReadOnlySpan<RecurrentWeights> weights) =>
        Tensor.Gru(x, weights, Bidirectional);
}
