using Engine.Tensors;

namespace Engine.Nn.Training.Distributed;

/// <summary>
/// What the parts of this rank give for each of a network's values (gradients, buffers), summed as far as the tree over parts
/// allows. At most one sum per level of the tree is held at a time.
/// </summary>
/// <param name="values">How many values there are.</param>
internal sealed class PartSums(int values) : IDisposable
{
    private readonly List<Tensor>[] _sums = [.. Enumerable.Range(0, values).Select(_ => new List<Tensor>())];

    /// <summary>The sums of a value: one for each largest node of the tree within the parts so far.</summary>
    public IReadOnlyList<Tensor> this[int value] => _sums[value];

    /// <summary>Adds what the next part gives for a value.</summary>
    /// <param name="value">Which value.</param>
    /// <param name="tensor">What the part gives; disposed once it is summed.</param>
    /// <param name="completed">How many nodes are complete with this part.</param>
    public void Add(int value, Tensor tensor, int completed)
    {
        var sums = _sums[value];
        sums.Add(TensorScope.Release(tensor));
        for (; completed > 0; completed--)
        {
            var (left, right) = (sums[^2], sums[^1]);
            sums.RemoveRange(sums.Count - 2, 2);
            sums.Add(TensorScope.Release(left + right));
            left.Dispose();
            right.Dispose();
        }
    }

    /// <summary>Hands over the only sum of a value.</summary>
    public Tensor Take(int value)
    {
        var sum = _sums[value].Single();
        _sums[value].Clear();
        return sum;
    }

    /// <summary>Forgets all sums.</summary>
    public void Clear()
    {
        foreach (var sums in _sums)
        {
            foreach (var sum in sums) sum.Dispose();
            sums.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();
}
