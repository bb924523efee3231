using System.ComponentModel;
using Engine.Tensors.Serialization;

namespace Engine.Classifiers;

/// <summary>Reads named tensors from a stored state; errors name what does not fit.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class State
{
    /// <summary>A tensor of finite doubles. Each size in <paramref name="shape"/> is exact, or -1 for any size from 1.</summary>
    public static StoredTensor Doubles(
        IReadOnlyDictionary<string, StoredTensor> state, string owner, string name, params ReadOnlySpan<int> shape)
    {
        var tensor = Get<double>(state, owner, name, shape);
        foreach (var v in (double[])tensor.Data)
        {
            if (!double.IsFinite(v))
                throw new EngineException($"{owner}: tensor '{name}' holds {v}; every value must be finite.");
        }

        return tensor;
    }

    /// <summary>A tensor of finite floats. Each size in <paramref name="shape"/> is exact, or -1 for any size from 1.</summary>
    public static StoredTensor Singles(
        IReadOnlyDictionary<string, StoredTensor> state, string owner, string name, params ReadOnlySpan<int> shape)
    {
        var tensor = Get<float>(state, owner, name, shape);
        foreach (var v in (float[])tensor.Data)
        {
            if (!float.IsFinite(v)) throw new EngineException($"{owner}: tensor '{name}' holds {v}; every value must be finite.");
        }

        return tensor;
    }

    /// <summary>A tensor of 32-bit integers. Each size in <paramref name="shape"/> is exact, or -1 for any size from 1.</summary>
    public static StoredTensor Integers(
        IReadOnlyDictionary<string, StoredTensor> state, string owner, string name, params ReadOnlySpan<int> shape) =>
        Get<int>(state, owner, name, shape);

    private static StoredTensor Get<T>(
        IReadOnlyDictionary<string, StoredTensor> state, string owner, string name, ReadOnlySpan<int> shape)
    {
        if (!state.TryGetValue(name, out var tensor)) throw new EngineException($"{owner}: tensor '{name}' is missing.");
        var fits = tensor.Data is T[] && tensor.Shape.Count == shape.Length;
        for (var d = 0; fits && d < shape.Length; d++)
            fits = shape[d] == tensor.Shape[d] || (shape[d] < 0 && tensor.Shape[d] > 0);
        if (!fits)
        {
            var expected = string.Join(", ", shape.ToArray().Select(s => s < 0 ? "any" : s.ToString()));
            throw new EngineException(
                $"{owner}: tensor '{name}' is {tensor}; expected {StoredTensor.TypeName(typeof(T))} [{expected}].");
        }

        return tensor;
    }
}
