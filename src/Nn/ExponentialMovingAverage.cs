using Engine.Tensors;

namespace Engine.Nn;

/// <summary>
/// A smoothed copy of a network's parameters and buffers: average = decay·average + (1 - decay)·value after each step
/// (Polyak and Juditsky 1992, with exponential weights). Evaluate it between two calls to <see cref="Swap"/>.
/// </summary>
public sealed class ExponentialMovingAverage : IDisposable
{
    private readonly (Parameter Parameter, Tensor Average)[] _pairs;
    private readonly ParameterUpdate[] _updates;
    private readonly UpdateFactors _factors;

    /// <summary>Starts from the network's current values.</summary>
    /// <exception cref="ArgumentException">The decay is not in [0, 1).</exception>
    /// <exception cref="InvalidOperationException">The network has no values yet.</exception>
    public ExponentialMovingAverage(Module network, double decay)
        : this((network ?? throw new ArgumentNullException(nameof(network))).State(), decay)
    {
    }

    /// <summary>The same of some of a network's parameters and buffers.</summary>
    internal ExponentialMovingAverage(IEnumerable<Parameter> state, double decay)
    {
        var share = 1 - Guard.Fraction(nameof(ExponentialMovingAverage), nameof(decay), decay);
        // As a plain optimiser step with the value as gradient: average - share·average + share·value.
        _factors = new UpdateFactors { DirectDecay = (float)share, GradientRate = -(float)share };
        _pairs = [.. state.Select(p => (p, WeightSnapshot.Copy(p.Value)))];
        _updates = new ParameterUpdate[_pairs.Length];
    }

    /// <summary>Updates the averages with the network's current values.</summary>
    public void Update()
    {
        for (var i = 0; i < _pairs.Length; i++) _updates[i] = new(_pairs[i].Average, _pairs[i].Parameter.Value);
        Tensor.UpdateAll(UpdateRule.Plain, _factors, _updates);
    }

    /// <summary>Exchanges the network's values with the averages; a second call undoes it exactly.</summary>
    public void Swap()
    {
        foreach (var (parameter, average) in _pairs)
        {
            using var value = WeightSnapshot.Copy(parameter.Value);
            parameter.Value.CopyFrom(average);
            average.CopyFrom(value);
        }
    }

    /// <summary>The averages by parameter name.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State() => _pairs.Select(p => (p.Parameter.Name, p.Average));

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        foreach (var (_, average) in _pairs) average.Dispose();
    }
}
