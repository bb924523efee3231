using Engine.Classifiers;
using Engine.Nn;
using Engine.Nn.Optimizers;
using Engine.Pipeline.Recipes;
using Engine.Tensors;
using Engine.Tensors.Autograd;

namespace Engine.Pipeline.Fitting;

/// <summary>
/// The training step of a recipe's network on a batch of random numbers: forward, cross entropy, backward, optimiser. For
/// benchmarks; needs no data.
/// </summary>
public sealed class RecipeStep : IDisposable
{
    private readonly Module _network;
    private readonly Optimizer _optimizer;
    private readonly RandomStream _dropout = new(1, "bench/dropout");
    private readonly Device _device;
    private readonly float _smoothing;
    private readonly Tensor[] _inputs;
    private readonly Tensor _labels;

    /// <summary>Creates the network and its batch on a device.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="device">Where the step runs.</param>
    /// <param name="labels">How many labels there are, at least 2.</param>
    /// <exception cref="EngineException">The recipe has no network, or its layers do not fit each other.</exception>
    /// <exception cref="DeviceException">The device does not have enough memory.</exception>
    public RecipeStep(Recipe recipe, Device device, int labels = 10)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(device);
        Summary = RecipeSummary.Of(recipe, labels);
        var spec = (NetworkSpec)recipe.Classifier;
        var random = new RandomStream(1, "bench/inputs");
        _device = device;
        _smoothing = (float)spec.Training.LabelSmoothing;
        _network = spec.Build([.. Summary.Inputs.Select(i => i.Shape)], labels, $"recipe {recipe.Name}");
        _network.Initialize(1, device);
        _optimizer = spec.CreateOptimizer(_network);
        _inputs = [.. Summary.Inputs.Select(i => Draw(new Shape([Summary.Batch, .. i.Shape.Sizes])))];
        _labels = Tensor.FromIndices([.. Enumerable.Range(0, Summary.Batch).Select(i => i % labels)], new Shape(Summary.Batch),
            device);

        Tensor Draw(Shape shape)
        {
            var values = new float[shape.Count];
            foreach (ref var value in values.AsSpan()) value = (float)(2 * random.NextDouble() - 1);
            return Tensor.From(values, shape, device);
        }
    }

    /// <summary>The network's description and memory needs.</summary>
    public RecipeSummary Summary { get; }

    /// <summary>Runs one step, waits until it is done and returns its loss.</summary>
    public float Run()
    {
        _optimizer.ClearGradients();
        float loss;
        using (var tape = new Tape())
        {
            var mean = Tensor.CrossEntropy(_network.Forward(_inputs, ForwardContext.Train(_dropout)), _labels, _smoothing);
            tape.Backward(mean);
            loss = mean.Item();
        }

        _optimizer.Step();
        _device.Backend.Wait();
        return loss;
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
        foreach (var input in _inputs) input.Dispose();
        _labels.Dispose();
    }
}
