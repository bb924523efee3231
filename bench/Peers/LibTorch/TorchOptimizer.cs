using Engine.Nn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Engine.Peers.LibTorch;

/// <summary>LibTorch's own optimisers, fused where it has them, with a group of tensors for each weight decay.</summary>
internal sealed class TorchOptimizer : IDisposable
{
    private readonly OptimizerOptions _options;
    private readonly List<Group> _groups = [];
    private int _step;
    private double _momentumProduct = 1;

    /// <summary>Creates the state; a penalty λ·Σw² is a weight decay of 2·λ.</summary>
    public TorchOptimizer(OptimizerOptions options, IEnumerable<(Tensor Leaf, double L2)> leaves)
    {
        _options = options;
        foreach (var group in leaves.GroupBy(l => options.WeightDecay + 2 * l.L2))
            _groups.Add(new(group.Key, [.. group.Select(l => l.Leaf)]));
    }

    public void Step()
    {
        using var none = no_grad();
        _step++;
        switch (_options)
        {
            case Sgd s:
                foreach (var g in _groups)
                {
                    var momenta = s.Momentum == 0 ? [] : g.First;
                    Scripts.Update("sgd", g.Leaves, g.Gradients, momenta, s.LearningRate, s.Momentum, g.Decay, s.Nesterov,
                        _step == 1);
                }

                break;
            case Adam a:
                Fused("adam", a);
                break;
            case AdamW a:
                Fused("adamw", a);
                break;
            case NAdam n:
                Nadam(n);
                break;
            default:
                throw new NotSupportedException($"the peers have no counterpart of {_options}");
        }
    }

    public void Dispose()
    {
        foreach (var tensor in _groups.SelectMany(g => g.First.Concat(g.Second).Concat(g.Steps))) tensor.Dispose();
    }

    private void Fused(string function, AdamFamily a)
    {
        foreach (var g in _groups)
        {
            Scripts.Update(function, g.Leaves, g.Gradients, g.First, g.Second, g.Steps, a.LearningRate, a.Beta1, a.Beta2,
                a.Epsilon, g.Decay);
        }
    }

    private void Nadam(NAdam n)
    {
        double now = Momentum(_step), next = Momentum(_step + 1);
        _momentumProduct *= now;
        foreach (var g in _groups)
        {
            Scripts.Update("nadam", g.Leaves, g.Gradients, g.First, g.Second, n.Beta1, n.Beta2, n.Epsilon, g.Decay,
                1 - Math.Pow(n.Beta2, _step), -n.LearningRate * (1 - now) / (1 - _momentumProduct),
                -n.LearningRate * next / (1 - _momentumProduct * next));
        }

        double Momentum(int step) => n.Beta1 * (1 - 0.5 * Math.Pow(0.96, step * n.MomentumDecay));
    }

    private sealed record Group(double Decay, Tensor[] Leaves)
    {
        public Tensor[] First { get; } = [.. Leaves.Select(Zeros)];

        public Tensor[] Second { get; } = [.. Leaves.Select(Zeros)];

        public Tensor[] Steps { get; } = [.. Leaves.Select(_ => torch.zeros(Array.Empty<long>()).DetachFromDisposeScope())];

        public Tensor[] Gradients => [.. Leaves.Select(l => l.grad!)];

        private static Tensor Zeros(Tensor like) =>
            torch.zeros_like(like).detach().requires_grad_(false).DetachFromDisposeScope();
    }
}
