using System.Runtime.InteropServices;

namespace Engine.Peers.OnnxRuntime;

/// <summary>
/// The graph of an ONNX model: nodes, inputs, one output and constant tensors. Fields have onnx.proto's numbers.
/// </summary>
internal sealed class OnnxGraph
{
    private const long IrVersion = 8;
    private const long OperatorSet = 17;
    private const int FloatType = 1;
    private const int Int64Type = 7;

    private readonly ProtocolBuffer _graph = new ProtocolBuffer().Text(2, "network");
    private int _names;

    public string Input(IReadOnlyList<long> shape)
    {
        var name = Name("input");
        _graph.Message(11, Description(name, shape));
        return name;
    }

    public string Floats(ReadOnlySpan<float> values, params IReadOnlyList<long> shape) =>
        Constant(FloatType, MemoryMarshal.AsBytes(values), shape);

    public string Integers(params ReadOnlySpan<long> values) =>
        Constant(Int64Type, MemoryMarshal.AsBytes(values), [values.Length]);

    /// <summary>Adds an operator; returns the name of its output.</summary>
    public string Node(string kind, string[] inputs, params (string Name, object Value)[] attributes) =>
        Node(kind, inputs, 1, attributes)[0];

    /// <summary>Adds an operator with several outputs; returns their names.</summary>
    public string[] Node(string kind, string[] inputs, int outputs, params (string Name, object Value)[] attributes)
    {
        var node = new ProtocolBuffer();
        string[] names = [.. Enumerable.Range(0, outputs).Select(_ => Name("value"))];
        foreach (var input in inputs) node.Text(1, input);
        foreach (var name in names) node.Text(2, name);
        node.Text(3, Name("node")).Text(4, kind);
        foreach (var (name, value) in attributes) node.Message(5, Attribute(name, value));
        _graph.Message(1, node);
        return names;
    }

    /// <summary>The whole model, with its output.</summary>
    public byte[] Model(string output, IReadOnlyList<long> shape)
    {
        _graph.Message(12, Description(output, shape));
        var operators = new ProtocolBuffer().Text(1, "").Integer(2, OperatorSet);
        return new ProtocolBuffer().Integer(1, IrVersion).Text(2, "Engine.Peers").Message(7, _graph).Message(8, operators)
            .ToArray();
    }

    private string Name(string kind) => $"{kind}{_names++}";

    private string Constant(int type, ReadOnlySpan<byte> bytes, IReadOnlyList<long> shape)
    {
        var (name, tensor) = (Name("constant"), new ProtocolBuffer());
        foreach (var size in shape) tensor.Integer(1, size);
        _graph.Message(5, tensor.Integer(2, type).Text(8, name).Bytes(9, bytes));
        return name;
    }

    private static ProtocolBuffer Description(string name, IReadOnlyList<long> shape)
    {
        var sizes = new ProtocolBuffer();
        foreach (var size in shape) sizes.Message(1, new ProtocolBuffer().Integer(1, size));
        var tensor = new ProtocolBuffer().Integer(1, FloatType).Message(2, sizes);
        return new ProtocolBuffer().Text(1, name).Message(2, new ProtocolBuffer().Message(1, tensor));
    }

    private static ProtocolBuffer Attribute(string name, object value)
    {
        var attribute = new ProtocolBuffer().Text(1, name);
        switch (value)
        {
            case float number:
                return attribute.Float(2, number).Integer(20, 1);
            case long number:
                return attribute.Integer(3, number).Integer(20, 2);
            case long[] numbers:
                foreach (var number in numbers) attribute.Integer(8, number);
                return attribute.Integer(20, 7);
            default:
                throw new ArgumentException($"attribute {name} is of {value.GetType()}");
        }
    }
}
