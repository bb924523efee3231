using Engine.Nn;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Peers.Networks;

/// <summary>
/// A recipe's network with our weights, and a batch, for a peer to build the same; and what it must then give. A comparison of
/// different networks would be worth nothing.
/// </summary>
internal sealed class SameNetwork : IDisposable
{
    private const int Checked = 2;
    private const double Tolerance = 1e-4;

    private readonly Module _network;
    private readonly float[][] _values;

    public SameNetwork(string name, int batch)
    {
        Recipe = RecipeCatalog.Get(name);
        Summary = RecipeSummary.Of(Recipe);
        Spec = (NetworkSpec)Recipe.Classifier;
        _network = Spec.Build([.. Summary.Inputs.Select(i => i.Shape)], Summary.Labels, name);
        _network.Initialize(1, Device.Cpu);
        Inputs = [.. Summary.Inputs.Select(i => new Shape([batch, .. i.Shape.Sizes]))];
        var random = new Random(1);
        _values = [.. Inputs.Select(
            shape => Enumerable.Range(0, shape.Count).Select(_ => 2 * random.NextSingle() - 1).ToArray())];
    }

    public Recipe Recipe { get; }

    public NetworkSpec Spec { get; }

    public RecipeSummary Summary { get; }

    /// <summary>The shapes of the inputs, samples first.</summary>
    public IReadOnlyList<Shape> Inputs { get; }

    /// <summary>The values of the inputs.</summary>
    public IReadOnlyList<float[]> Values => _values;

    /// <summary>Passes the network to a peer's builder and returns what stands for the scores.</summary>
    public T Build<T>(INetworkBuilder<T> builder) =>
        new NetworkWalk<T>(_network, Summary.Labels, builder).Run(Spec, Inputs);

    /// <summary>Throws unless the peer has as many learned numbers as we have.</summary>
    public void CheckParameters(long count)
    {
        if (count != Summary.Network.Parameters)
            throw new InvalidDataException($"{Recipe.Name} has {count} parameters here and {Summary.Network.Parameters} in ours");
    }

    /// <summary>
    /// Throws unless the peer's scores for the first examples are ours, to 10⁻⁴ of the largest, or of 1 if that is larger.
    /// </summary>
    /// <param name="scores">Row by row, at least as many rows as are checked.</param>
    public void CheckScores(ReadOnlySpan<float> scores)
    {
        var expected = Scores();
        var largest = Math.Max(1, expected.Max(Math.Abs));
        for (var i = 0; i < expected.Length; i++)
        {
            if (Math.Abs(scores[i] - expected[i]) <= Tolerance * largest) continue;
            throw new InvalidDataException($"{Recipe.Name}: score {i} is {scores[i]} here and {expected[i]} in ours");
        }
    }

    public void Dispose() => _network.Dispose();

    private float[] Scores()
    {
        using var scope = new TensorScope();
        Tensor[] few = [.. Inputs.Zip(_values, First)];
        return _network.Forward(few, ForwardContext.Evaluate()).ToArray();
    }

    private static Tensor First(Shape shape, float[] values)
    {
        var examples = Math.Min(Checked, shape[0]);
        return Tensor.From(values.AsSpan(0, values.Length / shape[0] * examples), shape.With(0, examples));
    }
}
