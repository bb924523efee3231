using Engine.Tensors;
using Engine.Tensors.Autograd;

namespace Engine.Tests.Support;

/// <summary>One case of <c>nn_ops.npz</c>, PyTorch's values and gradients.</summary>
internal sealed class NnOps(string name)
{
    // The references are float32 roundings of float64; a K-term sum of ours adds 4u√K·Σ|aᵢbᵢ|.
    private const double Unit = 1.0 / (1 << 24);

    private readonly List<(string Name, Tensor Tensor)> _leaves = [];

    /// <summary>An array of the case, as a tensor that requires a gradient if the case holds one for it.</summary>
    public Tensor this[string key]
    {
        get
        {
            var array = Vectors.Load("nn_ops")[$"{name}/{key}"];
            var tensor = Tensor.From(array.ToSingles(), new Shape([.. array.Shape]));
            if (Has("grad_" + key))
            {
                tensor.RequiresGrad = true;
                _leaves.Add((key, tensor));
            }

            return tensor;
        }
    }

    public bool Has(string key) => Vectors.Load("nn_ops").ContainsKey($"{name}/{key}");

    public float[] Values(string key) => Vectors.Load("nn_ops")[$"{name}/{key}"].ToSingles();

    /// <summary>Compares the output, runs backwards with the case's gradient, and compares every gradient.</summary>
    /// <param name="forward">Computes the output from this case's tensors.</param>
    /// <param name="terms">How many products the longest sum has.</param>
    public void Check(Func<NnOps, Tensor> forward, int terms)
    {
        using (var tape = new Tape())
        {
            var output = forward(this);
            Compare("out", output, terms);
            if (!Has("grad_out")) return;
            tape.Backward(output, Tensor.From(Values("grad_out"), output.Shape));
            foreach (var (leaf, tensor) in _leaves) Compare("grad_" + leaf, tensor.Grad!, terms);
        }

        foreach (var (_, tensor) in _leaves) tensor.Grad?.Dispose();
    }

    /// <summary>Compares a tensor with an array of the case.</summary>
    public void Compare(string key, Tensor actual, int terms)
    {
        var array = Vectors.Load("nn_ops")[$"{name}/{key}"];
        Assert.Equal(new Shape([.. array.Shape]), actual.Shape);
        var expected = array.ToSingles();
        var scale = expected.Length == 0 ? 0 : expected.Max(Math.Abs);
        Close.Assert(expected, actual.ToArray(), 4 * Unit * Math.Sqrt(terms) * Math.Max(scale, 1), 2 * Unit, $"{name}/{key}");
    }
}
