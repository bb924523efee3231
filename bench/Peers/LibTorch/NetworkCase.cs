using Engine.Peers.Networks;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Engine.Peers.LibTorch;

/// <summary>A training step, or the scores, of a recipe's network on a batch of random numbers.</summary>
internal sealed class NetworkCase : IPeerCase
{
    private readonly TorchNetwork _network;
    private readonly Tensor[] _inputs;
    private readonly Tensor _labels;
    private readonly double _smoothing;
    private readonly TorchOptimizer? _optimizer;

    public NetworkCase(string recipe, int batch, Layout layout, bool training)
    {
        using var scope = NewDisposeScope();
        using var same = new SameNetwork(recipe, batch);
        _network = new TorchNetwork(layout) { Training = training };
        same.Build(_network);
        same.CheckParameters(_network.Parameters);
        _inputs = [.. same.Values.Select(
            (values, i) => _network.Arrange(i, Tensor(values, same.Inputs[i])).DetachFromDisposeScope())];
        _labels = (torch.arange(batch) % same.Summary.Labels).to(int64).DetachFromDisposeScope();
        Check(same);
        if (!training) return;
        _smoothing = same.Spec.Training.LabelSmoothing;
        _optimizer = new(same.Spec.Training.Optimizer, _network.Leaves);
    }

    /// <summary>A step as RecipeStep makes it, which fetches its loss; or the scores, of which one is read.</summary>
    public void Call()
    {
        using var scope = NewDisposeScope();
        if (_optimizer is null)
        {
            using var none = inference_mode();
            _ = _network.Forward(_inputs).data<float>()[0];
            return;
        }

        foreach (var (leaf, _) in _network.Leaves) leaf.grad = null;
        var loss = F.cross_entropy(_network.Forward(_inputs), _labels, label_smoothing: _smoothing);
        loss.backward();
        if (!float.IsFinite(loss.item<float>())) throw new InvalidDataException("the loss is not finite");
        _optimizer.Step();
    }

    public void Dispose()
    {
        _optimizer?.Dispose();
        _network.Dispose();
        foreach (var input in _inputs) input.Dispose();
        _labels.Dispose();
    }

    private void Check(SameNetwork same)
    {
        var training = _network.Training;
        _network.Training = false;
        using (inference_mode())
        {
            var few = _inputs.Select(x => x.narrow(0, 0, Math.Min(2, x.shape[0]))).ToArray();
            same.CheckScores(_network.Forward(few).contiguous().data<float>().ToArray());
        }

        _network.Training = training;
    }

    private static Tensor Tensor(float[] values, Tensors.Shape shape) =>
        torch.tensor(values, [.. shape.Sizes.ToArray().Select(s => (long)s)]);
}
