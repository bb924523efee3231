using Engine.Tensors;
using Engine.Tensors.Autograd;

namespace Engine.Tests.Tensors;

public class TapeTests
{
    [Fact]
    public void Backward_ProductOfSums_MatchesHandComputation()
    {
        using var a = Tensor.From([1, 2, 3], new Shape(3));
        using var b = Tensor.From([10, 20], new Shape(2, 1));
        a.RequiresGrad = b.RequiresGrad = true;
        using (var tape = new Tape())
        {
            var y = a * b + a;
            tape.Backward(y, Tensor.Full(y.Shape, 1));
        }

        Assert.Equal([32, 32, 32], a.Grad!.ToArray());
        Assert.Equal([6, 6], b.Grad!.ToArray());
    }

    [Fact]
    public void Backward_Twice_IsAnError()
    {
        using var a = Tensor.From([1], new Shape(1));
        a.RequiresGrad = true;
        using var tape = new Tape();
        var y = a * a;
        tape.Backward(y);
        Assert.Contains("already run backwards", Assert.Throws<InvalidOperationException>(() => tape.Backward(y)).Message);
    }

    [Fact]
    public void Tensor_UsedAfterDispose_SaysSo()
    {
        var a = Tensor.From([1, 2], new Shape(2));
        a.Dispose();
        Assert.Contains("[2] was disposed of", Assert.Throws<ObjectDisposedException>(() => a + a).Message);
    }
}
