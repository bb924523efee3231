using Engine.Tensors;

namespace Engine.Nn;

/// <summary>A copy of a network's parameters and buffers at one moment, such as the best weights of a training run.</summary>
public sealed class WeightSnapshot : IDisposable
{
    private readonly (Parameter Parameter, Tensor Copy)[] _pairs;

    /// <summary>Copies the network's current values.</summary>
    /// <exception cref="InvalidOperationException">The network has no values yet.</exception>
    public WeightSnapshot(Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        _pairs = [.. network.State().Select(p => (p, Copy(p.Value)))];
    }

    /// <summary>Overwrites the snapshot with the network's current values.</summary>
    public void Take()
    {
        foreach (var (parameter, copy) in _pairs) copy.CopyFrom(parameter.Value);
    }

    /// <summary>Restores the values copied last.</summary>
    public void Restore()
    {
        foreach (var (parameter, copy) in _pairs) parameter.Value.CopyFrom(copy);
    }

    /// <summary>The copies by parameter name.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State() => _pairs.Select(p => (p.Parameter.Name, p.Copy));

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        foreach (var (_, copy) in _pairs) copy.Dispose();
    }

    /// <summary>A copy that outlives every scope.</summary>
    internal static Tensor Copy(Tensor value)
    {
        var copy = TensorScope.Release(Tensor.Zeros(value.Shape, value.Device));
        copy.CopyFrom(value);
        return copy;
    }
}
