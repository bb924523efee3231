using Engine.Nn;
using Engine.Peers.Networks;
using Engine.Tensors;

namespace Engine.Peers.OnnxRuntime;

/// <summary>Writes a network for evaluation as an ONNX model of a fixed batch; a value is the name of a tensor.</summary>
internal sealed class OnnxNetwork : INetworkBuilder<string>
{
    private readonly OnnxGraph _graph = new();

    /// <summary>The names of the inputs.</summary>
    public List<string> Inputs { get; } = [];

    /// <summary>How many numbers are learned.</summary>
    public long Parameters { get; private set; }

    public byte[] Model(string scores, int batch, int labels) => _graph.Model(scores, [batch, labels]);

    public string Input(Shape shape)
    {
        Inputs.Add(_graph.Input(Sizes(shape)));
        return Inputs[^1];
    }

    public string Convolution(string x, Parameter weight, Parameter? bias, Conv2dOptions options, Shape output)
    {
        var all = weight.Shape.Rank == 4;
        string[] inputs = bias is null ? [x, Learned(weight)] : [x, Learned(weight), Learned(bias)];
        long[] Axes(long height, long width) => all ? [height, width] : [width];
        return _graph.Node("Conv", inputs, ("kernel_shape", Sizes(weight.Shape)[2..]), ("group", (long)options.Groups),
            ("strides", Axes(options.StrideHeight, options.StrideWidth)),
            ("dilations", Axes(options.DilationHeight, options.DilationWidth)),
            ("pads", (long[])[.. Axes(options.PadTop, options.PadLeft), .. Axes(options.PadBottom, options.PadRight)]));
    }

    public string Dense(string x, Parameter weight, Parameter? bias, Shape output)
    {
        string[] inputs = bias is null ? [x, Learned(weight)] : [x, Learned(weight), Learned(bias)];
        return _graph.Node("Gemm", inputs, ("transB", 1L));
    }

    public string BatchNorm(string x, Normalization p) => _graph.Node("BatchNormalization",
        [x, Learned(p.Weight), Learned(p.Bias), Constant(p.Mean), Constant(p.Variance)], ("epsilon", (float)p.Epsilon));

    public string Lstm(string x, IReadOnlyList<LstmLayer> layers, Shape input)
    {
        x = _graph.Node("Transpose", [x], ("perm", new long[] { 1, 0, 2 }));
        for (var i = 0; i < layers.Count; i++)
        {
            var (layer, units) = (layers[i], layers[i].WeightHidden.Shape[1]);
            float[] biases = [.. Gates(layer.BiasInput, units), .. Gates(layer.BiasHidden, units)];
            string[] inputs =
            [
                x, _graph.Floats(Gates(layer.WeightInput, units), 1, 4 * units, layer.WeightInput.Shape[1]),
                _graph.Floats(Gates(layer.WeightHidden, units), 1, 4 * units, units), _graph.Floats(biases, 1, 8 * units),
            ];
            var outputs = _graph.Node("LSTM", inputs, 2, ("hidden_size", (long)units));
            // The states of all steps without the axis of directions, or the last one.
            x = i < layers.Count - 1 ? Squeeze(outputs[0], 1) : Squeeze(outputs[1], 0);
        }

        return x;
    }

    public string Pool(string x, bool maximum, Pool2dOptions options, int rank)
    {
        long[] Axes(long height, long width) => rank == 4 ? [height, width] : [width];
        var pads = Axes(options.PadHeight, options.PadWidth);
        (string, object)[] attributes =
        [
            ("kernel_shape", Axes(options.KernelHeight, options.KernelWidth)),
            ("strides", Axes(options.StrideHeight, options.StrideWidth)), ("pads", (long[])[.. pads, .. pads]),
        ];
        return maximum ? _graph.Node("MaxPool", [x], attributes)
            : _graph.Node("AveragePool", [x], [.. attributes, ("count_include_pad", 1L)]);
    }

    public string Apply(Function function, string x) => function switch
    {
        Function.Relu => _graph.Node("Relu", [x]),
        Function.HardSwish => _graph.Node("HardSwish", [x]),
        Function.Sigmoid => _graph.Node("Sigmoid", [x]),
        Function.HardSigmoid => _graph.Node("HardSigmoid", [x], ("alpha", 1 / 6f), ("beta", 0.5f)),
        _ => throw new NotSupportedException($"no function is called {function}"),
    };

    public string Dropout(string x, double share) => x;

    public string Flatten(string x) => _graph.Node("Flatten", [x], ("axis", 1L));

    public string Series(string x, Shape output) => _graph.Node("Reshape", [x, _graph.Integers(Sizes(output))]);

    public string Sequence(string x) => _graph.Node("Transpose", [x], ("perm", new long[] { 0, 2, 1 }));

    public string GlobalAverage(string x) => Flatten(_graph.Node("GlobalAveragePool", [x]));

    public string Add(string left, string right) => _graph.Node("Add", [left, right]);

    public string ScaleChannels(string x, string scale) =>
        _graph.Node("Mul", [x, _graph.Node("Unsqueeze", [scale, _graph.Integers(2, 3)])]);

    public string Concatenate(IReadOnlyList<string> parts) => _graph.Node("Concat", [.. parts], ("axis", 1L));

    private string Squeeze(string x, long axis) => _graph.Node("Squeeze", [x, _graph.Integers(axis)]);

    private static long[] Sizes(Shape shape) => [.. shape.Sizes.ToArray().Select(s => (long)s)];

    private string Learned(Parameter parameter)
    {
        Parameters += parameter.Shape.Count;
        return Constant(parameter);
    }

    private string Constant(Parameter parameter) => _graph.Floats(parameter.Value.ToArray(), Sizes(parameter.Shape));

    // ONNX has the gates input, output, forget, cell; PyTorch and we have input, forget, cell, output.
    private float[] Gates(Parameter parameter, int units)
    {
        Parameters += parameter.Shape.Count;
        var values = parameter.Value.ToArray();
        var size = values.Length / 4;
        if (parameter.Shape[0] != 4 * units) throw new ArgumentException($"{parameter.Name} has not four gates of {units}");
        return [.. values[..size], .. values[(3 * size)..], .. values[size..(3 * size)]];
    }
}
