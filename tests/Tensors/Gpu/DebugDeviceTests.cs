using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>
/// A kernel of each kind on ILGPU's own processor, where an index out of range is an error; small, as every item is a thread.
/// </summary>
public class DebugDeviceTests
{
    public static TheoryData<string, Func<Tensor, Tensor, Tensor>> Operations => new()
    {
        { "broadcast", (a, b) => a + b.Slice(0, 0, 1) },
        { "tanh", (a, _) => a.Tanh() },
        { "product", (a, b) => Tensor.MatMul(a, b, transposeB: true) },
        { "sum", (a, _) => a.Sum([0]) },
        { "maximum", (a, _) => a.Max([1]) },
        { "softmax", (a, _) => a.Softmax() },
        { "transposition", (a, _) => a.Transpose(0, 1) },
        {
            "convolution",
            (a, b) => Tensor.Conv2d(a.Reshape(1, 1, 19, 37), b.Reshape(1, 1, 19, 37).Slice(2, 0, 3).Slice(3, 0, 3))
        },
        { "pooling", (a, _) => Tensor.MaxPool2d(a.Reshape(1, 1, 19, 37), new(2, 2)) },
    };

    [Theory, MemberData(nameof(Operations))]
    public void Operation_OnTheDebuggingDevice_StaysInRangeAndIsTheProcessors(string name, Func<Tensor, Tensor, Tensor> operation)
    {
        using var scope = new TensorScope();
        var random = new RandomStream(1, "debug");
        float[] a = GradCheck.Draw(random, 19 * 37), b = GradCheck.Draw(random, 19 * 37);
        Close.Assert(Run(Device.Cpu), Run(Device.Get("ilgpu-cpu")), 1e-5, 1e-5, name);

        float[] Run(Device device) =>
            operation(Tensor.From(a, new Shape(19, 37), device), Tensor.From(b, new Shape(19, 37), device)).ToArray();
    }
}
