using Engine.Tensors.Autograd;

namespace Engine.Tensors;

public sealed partial class Tensor
{
    /// <summary>The same elements under another shape of as many, without a copy; one size may be -1 and is worked out.</summary>
    /// <exception cref="ArgumentException">The numbers of elements differ.</exception>
    public Tensor Reshape(params ReadOnlySpan<int> sizes)
    {
        var shape = Infer(sizes);
        var result = Alias(shape);
        var original = Shape;
        Tape.Record([result], [this], [], context => context.Accept(0, context.Gradient.Alias(original)));
        return result;
    }

    private Shape Infer(ReadOnlySpan<int> sizes)
    {
        Span<int> known = [.. sizes];
        var free = known.IndexOf(-1);
        if (free >= 0)
        {
            known[free] = 1;
            var rest = new Shape(known).Count;
            if (rest == 0 || Count % rest != 0) Throw.Argument($"Reshape: {Shape} has {Count} elements, which [{string.Join(", ", sizes.ToArray())}] cannot hold.");
            known[free] = Count / rest;
        }

        var shape = new Shape(known);
        if (shape.Count != Count) Throw.Argument($"Reshape: {Shape} has {Count} elements but {shape} has {shape.Count}.");
        return shape;
    }
}
