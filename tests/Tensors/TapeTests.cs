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
    public void Backward_LeafWhoseGradientIsComplete_IsReportedOnceAndAtOnce()
    {
        using var a = Tensor.From([2], new Shape(1));
        using var b = Tensor.From([3], new Shape(1));
        using var c = Tensor.From([5], new Shape(1));
        using var unused = Tensor.From([7], new Shape(1));
        a.RequiresGrad = b.RequiresGrad = c.RequiresGrad = unused.RequiresGrad = true;
        var seen = new List<(Tensor Leaf, float? Gradient)>();
        using (var tape = new Tape())
        {
            var y = a * b;
            _ = unused * unused;
            tape.Backward(c * (y * a), null, leaf => seen.Add((leaf, leaf.Grad?.Item())));
        }

        // The last operation's first; a, which is used twice, only after its first use, with b.
        Assert.Equal([c, unused], seen.Take(2).Select(s => s.Leaf));
        Assert.Equal([a, b], seen.Skip(2).Select(s => s.Leaf));
        Assert.Equal([12f, null, 60f, 20f], seen.Select(s => s.Gradient));
    }

    [Fact]
    public void Tensor_UsedAfterDispose_SaysSo()
    {
        var a = Tensor.From([1, 2], new Shape(2));
        a.Dispose();
        Assert.Contains("[2] was disposed of", Assert.Throws<ObjectDisposedException>(() => a + a).Message);
    }
}
