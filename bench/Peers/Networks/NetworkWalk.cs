using Engine.Nn;
using Engine.Pipeline.Networks;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Peers.Networks;

/// <summary>
/// Passes a recipe's network to a builder, one operation at a time, with the parameters of our own network: its state is in the
/// same order as the layers.
/// </summary>
internal sealed class NetworkWalk<T>(Module network, int labels, INetworkBuilder<T> builder)
{
    private readonly Queue<Parameter> _state = new(network.State());

    private readonly record struct Flow(T Value, Shape Shape);

    /// <summary>Walks through all layers; returns what stands for the scores.</summary>
    /// <param name="spec">The network that <c>network</c> was built from.</param>
    /// <param name="inputs">The shapes of its inputs, samples first.</param>
    /// <exception cref="NotSupportedException">A layer has no counterpart here.</exception>
    public T Run(NetworkSpec spec, IReadOnlyList<Shape> inputs)
    {
        Flow[] flows = [.. inputs.Select(shape => new Flow(builder.Input(shape), shape))];
        if (spec.Branches is { } branches)
        {
            flows = [.. branches.Zip(flows, Chain)];
            var width = flows.Sum(f => f.Shape[1]);
            flows = [new(builder.Concatenate([.. flows.Select(f => f.Value)]), flows[0].Shape.With(1, width))];
        }

        var scores = Chain(spec.Layers, flows[0]);
        if (_state.Count > 0) throw new InvalidOperationException($"{_state.Peek().Name} belongs to no layer of the walk");
        return scores.Value;
    }

    private Flow Chain(IReadOnlyList<LayerSpec> layers, Flow x)
    {
        foreach (var layer in layers)
        {
            if (layer.Inputs is not null)
                throw new NotSupportedException($"layer {layer.Name} names its inputs, which the peers' networks cannot");
            var output = layer.Create(x.Shape, labels).OutputShape(x.Shape);
            x = new(Layer(layer, x, output), output);
        }

        return x;
    }

    private T Layer(LayerSpec layer, Flow x, Shape output)
    {
        switch (layer)
        {
            case Conv1dSpec c:
                var line = c.Padding.Options(
                    1, x.Shape[2], new(1, c.Kernel), new(1, c.Stride), new(1, c.Dilation), c.Groups);
                return builder.Convolution(
                    x.Value, Next(), c.Bias ? Next() : null, line with { PadTop = 0, PadBottom = 0 }, output);
            case Conv2dSpec c:
                var options = c.Padding.Options(
                    x.Shape[2], x.Shape[3], c.Kernel, c.Stride ?? Extent.One, c.Dilation ?? Extent.One, c.Groups);
                return builder.Convolution(x.Value, Next(), c.Bias ? Next() : null, options, output);
            case Pool1dSpec p:
                return builder.Pool(x.Value, p is MaxPool1dSpec, Window(p), 3);
            case Pool2dSpec p:
                return builder.Pool(x.Value, p is MaxPool2dSpec, Window(p), 4);
            case DenseSpec d:
                return builder.Dense(x.Value, Next(), d.Bias ? Next() : null, output);
            case OutputSpec:
                return builder.Dense(x.Value, Next(), Next(), output);
            case HiddenSpec h:
                return Hidden(h, x);
            case LstmSpec { Bidirectional: false, Sequence: false } l:
                return builder.Lstm(x.Value,
                    [.. Enumerable.Range(0, l.Layers).Select(_ => new LstmLayer(Next(), Next(), Next(), Next()))], x.Shape);
            case BatchNormSpec n:
                return Normalize(x.Value, n.Momentum, n.Epsilon);
            case InvertedResidualSpec r:
                return Block(r, x, output);
            case DropoutSpec d:
                return builder.Dropout(x.Value, d.Share);
            case ReluSpec:
                return builder.Apply(Function.Relu, x.Value);
            case HardSwishSpec:
                return builder.Apply(Function.HardSwish, x.Value);
            case FlattenSpec:
                return builder.Flatten(x.Value);
            case SeriesSpec:
                return builder.Series(x.Value, output);
            case SequenceSpec:
                return builder.Sequence(x.Value);
            case GlobalAverageSpec when x.Shape.Rank == 4:
                return builder.GlobalAverage(x.Value);
            default:
                throw new NotSupportedException($"the peers have no counterpart of {layer}");
        }
    }

    private static Pool2dOptions Window(Pool1dSpec p) =>
        new(1, p.Size) { StrideHeight = 1, StrideWidth = p.Stride ?? p.Size, PadWidth = p.Padding };

    private static Pool2dOptions Window(Pool2dSpec p)
    {
        var stride = p.Stride ?? p.Size;
        return new(p.Size.Height, p.Size.Width)
        {
            StrideHeight = stride.Height,
            StrideWidth = stride.Width,
            PadHeight = p.Padding?.Height ?? 0,
            PadWidth = p.Padding?.Width ?? 0,
        };
    }

    private T Hidden(HiddenSpec h, Flow x)
    {
        var value = x.Value;
        for (var i = 0; i < h.Count; i++)
        {
            value = builder.Apply(Function.Relu, builder.Dense(value, Next(), Next(), x.Shape.With(1, h.Units)));
            if (h.Dropout > 0) value = builder.Dropout(value, h.Dropout);
        }

        return value;
    }

    // As InvertedResidual and SqueezeExcitation connect their parts.
    private T Block(InvertedResidualSpec r, Flow x, Shape output)
    {
        var function = r.Activation == BlockActivation.Relu ? Function.Relu : Function.HardSwish;
        var inner = x;
        if (r.Expanded != x.Shape[1])
        {
            inner = Convolve(inner, x.Shape.With(1, r.Expanded), 1, 1, 1);
            inner = inner with { Value = builder.Apply(function, inner.Value) };
        }

        inner = Convolve(inner, output.With(1, r.Expanded), r.Kernel, r.Stride, r.Expanded);
        inner = inner with { Value = builder.Apply(function, inner.Value) };
        if (r.Squeeze)
        {
            Parameter weight = Next(), bias = Next();
            var mean = builder.GlobalAverage(inner.Value);
            var units = builder.Apply(Function.Relu, builder.Dense(mean, weight, bias, new(x.Shape[0], weight.Shape[0])));
            var scale = builder.Apply(r.Gate == Gate.Sigmoid ? Function.Sigmoid : Function.HardSigmoid,
                builder.Dense(units, Next(), Next(), new(x.Shape[0], r.Expanded)));
            inner = inner with { Value = builder.ScaleChannels(inner.Value, scale) };
        }

        inner = Convolve(inner, output, 1, 1, 1);
        return r.Stride == 1 && x.Shape[1] == r.Filters ? builder.Add(inner.Value, x.Value) : inner.Value;

        Flow Convolve(Flow from, Shape to, int size, int stride, int groups)
        {
            var options = Conv2dOptions.Uniform(stride, size / 2, groups: groups);
            var sums = builder.Convolution(from.Value, Next(), null, options, to);
            return new(Normalize(sums, r.Momentum, r.Epsilon), to);
        }
    }

    private T Normalize(T x, double momentum, double epsilon) =>
        builder.BatchNorm(x, new(Next(), Next(), Next(), Next(), momentum, epsilon));

    private Parameter Next() => _state.Dequeue();
}
