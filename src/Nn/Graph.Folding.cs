using Engine.Nn.Layers;
using Engine.Tensors;

namespace Engine.Nn;

// A network that is only evaluated.
public partial class Graph
{
    /// <summary>The output shape of a node.</summary>
    /// <exception cref="ArgumentException">No node has the name, or the input shape is wrong.</exception>
    public Shape OutputShape(Shape input, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Shapes(input)[Wanted(name)];
    }

    /// <summary>
    /// Folds each batch normalisation that alone reads a convolution into its weights, in this graph and those inside it. The
    /// outputs are the same but for rounding and take a pass less over memory. Afterwards the network can only be evaluated: it
    /// no longer has the parameters that were loaded.
    /// </summary>
    /// <param name="kept">The names of nodes whose outputs are wanted: none of these convolutions changes.</param>
    /// <exception cref="InvalidOperationException">The network has no values yet.</exception>
    public void FoldNormalizations(params IReadOnlyCollection<string> kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        var readers = new int[_modules.Length];
        foreach (var k in _inputs.SelectMany(inputs => inputs).Where(k => k >= 0)) readers[k]++;
        var wanted = kept.Select(Wanted).ToHashSet();
        // Where each node's output is made.
        int[] places = [.. Enumerable.Range(0, _modules.Length)];
        for (var i = 0; i < _modules.Length; i++)
        {
            _inputs[i] = [.. _inputs[i].Select(k => k < 0 ? k : places[k])];
            if (_modules[i] is Graph inner) inner.FoldNormalizations();
            var k = _inputs[i][0];
            if (_modules[i] is not BatchNorm norm || k < 0 || readers[k] != 1 || wanted.Contains(k)) continue;
            if (_modules[k] is not Conv2d convolution) continue;
            convolution.Fold(norm);
            places[i] = k;
        }

        // A node that is folded away has no readers left, and so does not run.
        _last = places[_last];
        foreach (var (name, place) in _places.ToArray()) _places[name] = places[place];
        _next = Next(places);
        _parts = null;
    }
}
