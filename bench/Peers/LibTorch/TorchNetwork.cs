using Engine.Nn;
using Engine.Peers.Networks;
using Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using Tensor = TorchSharp.torch.Tensor;

namespace Engine.Peers.LibTorch;

/// <summary>An operation's output: its place among all, and how it lies in memory.</summary>
/// <param name="Place">Its place.</param>
/// <param name="Blocked">Whether it is in oneDNN's own layout.</param>
/// <param name="Lifted">Whether it is a series as a picture of one row, which both layouts of pictures need.</param>
internal readonly record struct Value(int Place, bool Blocked = false, bool Lifted = false);

/// <summary>A network of eager operations, with leaves for what is learned.</summary>
internal sealed class TorchNetwork(Layout layout) : INetworkBuilder<Value>, IDisposable
{
    private readonly List<(int Place, Func<Tensor?[], Tensor> Run)> _operations = [];
    private readonly List<IDisposable> _owned = [];
    private readonly HashSet<int> _channelsLast = [];
    private int _inputs;

    /// <summary>Whether dropout and the batches' statistics are at work.</summary>
    public bool Training { get; set; } = true;

    /// <summary>What is learned, each with the λ of its penalty λ·Σw².</summary>
    public List<(Tensor Leaf, double L2)> Leaves { get; } = [];

    public long Parameters => Leaves.Sum(l => l.Leaf.numel());

    /// <summary>An input as the first operation of this layout wants it: what a loader of data would hand over.</summary>
    public Tensor Arrange(int input, Tensor x) => _channelsLast.Contains(input) ? Layouts.ToChannelsLast(x) : x;

    /// <summary>The scores.</summary>
    public Tensor Forward(Tensor[] inputs)
    {
        var values = new Tensor?[_inputs + _operations.Count];
        inputs.CopyTo(values, 0);
        foreach (var (place, run) in _operations) values[place] = run(values);
        return values[^1]!;
    }

    public Value Input(Shape shape) => new(_inputs++);

    public Value Convolution(Value x, Parameter weight, Parameter? bias, Conv2dOptions options, Shape output)
    {
        var line = weight.Shape.Rank == 3;
        var lift = line && layout != Layout.Plain && !x.Lifted;
        if (layout == Layout.ChannelsLast && x.Place < _inputs && !line) _channelsLast.Add(x.Place);
        long[] stride = [options.StrideHeight, options.StrideWidth], dilation = [options.DilationHeight, options.DilationWidth];
        long[] padding = [options.PadTop, options.PadLeft];
        if (options.PadTop != options.PadBottom || options.PadLeft != options.PadRight)
            throw new NotSupportedException($"{weight.Name}: PyTorch pads both sides alike");
        var values = Copy(weight);
        if (line && layout != Layout.Plain) values = values.unsqueeze(2);
        if (layout == Layout.ChannelsLast) values = Layouts.ToChannelsLast(values);
        var (w, b) = (Leaf(values, weight.L2), bias is null ? null : Leaf(Copy(bias), bias.L2));
        var block = layout == Layout.OneDnn && !x.Blocked;
        return Add(x, Run, blocked: layout == Layout.OneDnn, lifted: lift || x.Lifted);

        Tensor Run(Tensor input)
        {
            if (line && layout == Layout.Plain)
                return F.conv1d(input, w, b, stride[1], padding[1], dilation[1], options.Groups);
            if (lift) input = input.unsqueeze(2);
            if (lift && layout == Layout.ChannelsLast && input.shape[1] > 1) input = Layouts.ToChannelsLast(input);
            if (block) input = Scripts.ToOneDnn(input);
            return F.conv2d(input, w, b, stride, padding, dilation, options.Groups);
        }
    }

    public Value Dense(Value x, Parameter weight, Parameter? bias, Shape output)
    {
        var (w, b) = (Leaf(Copy(weight), weight.L2), bias is null ? null : Leaf(Copy(bias), bias.L2));
        return Add(ToDense(x), input => F.linear(input, w, b));
    }

    public Value BatchNorm(Value x, Normalization p)
    {
        Tensor w = Leaf(Copy(p.Weight), p.Weight.L2), b = Leaf(Copy(p.Bias), p.Bias.L2);
        Tensor mean = Own(Copy(p.Mean)), variance = Own(Copy(p.Variance));
        var dense = ToDense(x);
        return Add(dense, input => F.batch_norm(input, mean, variance, w, b, Training, p.Momentum, p.Epsilon),
            lifted: dense.Lifted);
    }

    public Value Lstm(Value x, IReadOnlyList<LstmLayer> layers, Shape input)
    {
        var lstm = nn.LSTM(input[2], layers[0].WeightHidden.Shape[1], layers.Count, batchFirst: true);
        var parameters = layers.SelectMany(l => new[] { l.WeightInput, l.WeightHidden, l.BiasInput, l.BiasHidden });
        foreach (var (to, from) in lstm.parameters().Zip(parameters, (to, from) => (to, from)))
        {
            using (no_grad()) to.copy_(Copy(from));
            Leaves.Add((to.DetachFromDisposeScope(), from.L2));
        }

        _owned.Add(lstm);
        return Add(ToDense(x), sequence => lstm.call(sequence).Item1.select(1, -1));
    }

    public Value Pool(Value x, bool maximum, Pool2dOptions options, int rank)
    {
        long[] size = [options.KernelHeight, options.KernelWidth], stride = [options.StrideHeight, options.StrideWidth];
        long[] padding = [options.PadHeight, options.PadWidth];
        if (rank == 3 && !x.Lifted)
        {
            return Add(x, maximum
                ? input => F.max_pool1d(input, size[1], stride[1], padding[1])
                : input => F.avg_pool1d(input, size[1], stride[1], padding[1]));
        }

        return Add(x, maximum
            ? input => F.max_pool2d(input, size, stride, padding)
            : input => F.avg_pool2d(input, size, stride, padding), x.Blocked, x.Lifted);
    }

    public Value Apply(Function function, Value x) => function switch
    {
        Function.Relu => Add(x, input => input.relu(), x.Blocked, x.Lifted),
        Function.HardSwish => Elementwise(x, input => F.hardswish(input)),
        Function.Sigmoid => Elementwise(x, torch.sigmoid),
        Function.HardSigmoid => Elementwise(x, input => F.hardsigmoid(input)),
        _ => throw new NotSupportedException($"no function is called {function}"),
    };

    public Value Dropout(Value x, double share) => Elementwise(x, input => Training ? F.dropout(input, share, true) : input);

    public Value Flatten(Value x) => Add(ToDense(x), input => input.flatten(1));

    public Value Series(Value x, Shape output) => Add(ToDense(x), input => input.flatten(1, 2));

    public Value Sequence(Value x) => Add(ToDense(x), input => (x.Lifted ? input.squeeze(2) : input).transpose(1, 2));

    public Value GlobalAverage(Value x) => Add(ToDense(x), input => input.mean([2, 3]));

    public Value Add(Value left, Value right)
    {
        (left, right) = (ToDense(left), ToDense(right));
        return Add(left, right, (a, b) => a + b);
    }

    public Value ScaleChannels(Value x, Value scale) =>
        Add(ToDense(x), ToDense(scale), (a, b) => a * b.unsqueeze(-1).unsqueeze(-1));

    public Value Concatenate(IReadOnlyList<Value> parts)
    {
        int[] places = [.. parts.Select(p => ToDense(p).Place)];
        return Add(values => torch.cat([.. places.Select(p => values[p]!)], 1));
    }

    public void Dispose()
    {
        foreach (var owned in _owned) owned.Dispose();
    }

    private Value Elementwise(Value x, Func<Tensor, Tensor> function)
    {
        var dense = ToDense(x);
        return Add(dense, function, lifted: dense.Lifted);
    }

    // oneDNN's own layout has no other operations than convolutions, pools and ReLU.
    private Value ToDense(Value x) => x.Blocked ? Add(x, Scripts.ToDense, lifted: x.Lifted) : x;

    private Value Add(Value x, Func<Tensor, Tensor> run, bool blocked = false, bool lifted = false) =>
        Add(values => run(values[x.Place]!)) with { Blocked = blocked, Lifted = lifted };

    private Value Add(Value left, Value right, Func<Tensor, Tensor, Tensor> run) =>
        Add(values => run(values[left.Place]!, values[right.Place]!));

    private Value Add(Func<Tensor?[], Tensor> run)
    {
        var place = _inputs + _operations.Count;
        _operations.Add((place, run));
        return new(place);
    }

    private static Tensor Copy(Parameter parameter) =>
        torch.tensor(parameter.Value.ToArray(), [.. parameter.Shape.Sizes.ToArray().Select(s => (long)s)]);

    private Tensor Leaf(Tensor values, double l2)
    {
        var leaf = Own(values.detach().requires_grad_(true));
        Leaves.Add((leaf, l2));
        return leaf;
    }

    private Tensor Own(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }
}
