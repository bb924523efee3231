using Engine.Tensors.Autograd;

namespace Engine.Tensors;

public sealed partial class Tensor
{
    /// <summary>The maximum of each window of x [N, C, H, W]; padding never wins, a NaN does.</summary>
    /// <exception cref="ArgumentException">The rank or the options do not fit.</exception>
    public static Tensor MaxPool2d(Tensor x, Pool2dOptions options)
    {
        ArgumentNullException.ThrowIfNull(x);
        x.Expect(ElementType.Float32, nameof(MaxPool2d));
        var geometry = new Pool2dGeometry(x.Shape, options, nameof(MaxPool2d));
        var result = Empty(geometry.OutputShape, x.Device);
        using var places = Tape.NeedsGradient(x) ? Empty(x.Device.Backend.MaxPool2dPlaces(geometry), x.Device, ElementType.Int32) : null;
        x.Device.Backend.MaxPool2d(geometry, x, result, places);
        var shape = x.Shape;
        Tape.Record([result], [x], places is null ? [] : [places], context =>
        {
            var gradient = Empty(shape, context.Gradient.Device);
            gradient.Device.Backend.MaxPool2dGradient(geometry, context.Saved(0), context.Gradient, gradient);
            context.Accept(0, gradient);
        });
        return result;
    }

    /// <summary>The mean of each window of x [N, C, H, W]; padding counts as zeros.</summary>
    /// <exception cref="ArgumentException">The rank or the options do not fit.</exception>
    public static Tensor AveragePool2d(Tensor x, Pool2dOptions options)
    {
        ArgumentNullException.ThrowIfNull(x);
        x.Expect(ElementType.Float32, nameof(AveragePool2d));
        var geometry = new Pool2dGeometry(x.Shape, options, nameof(AveragePool2d));
        var result = Empty(geometry.OutputShape, x.Device);
        x.Device.Backend.AveragePool2d(geometry, x, result);
        var shape = x.Shape;
        Tape.Record([result], [x], [], context =>
        {
            var gradient = Empty(shape, context.Gradient.Device);
            gradient.Device.Backend.AveragePool2dGradient(geometry, context.Gradient, gradient);
            context.Accept(0, gradient);
        });
        return result;
    }

    /// <summary>The maximum of each window of a series x [N, C, L]; the options' widths apply (see <see cref="Pool2dOptions.Line"/>).</summary>
    /// <exception cref="ArgumentException">The rank or the options do not fit.</exception>
    public static Tensor MaxPool1d(Tensor x, Pool2dOptions options) => AsLine(nameof(MaxPool1d), x, image => MaxPool2d(image, options));

    /// <summary>The mean of each window of a series x [N, C, L]; the options' widths apply (see <see cref="Pool2dOptions.Line"/>).</summary>
    /// <exception cref="ArgumentException">The rank or the options do not fit.</exception>
    public static Tensor AveragePool1d(Tensor x, Pool2dOptions options) => AsLine(nameof(AveragePool1d), x, image => AveragePool2d(image, options));

    /// <summary>The mean over all positions of x [N, C, ...], to [N, C].</summary>
    /// <exception cref="ArgumentException">The rank is below 3.</exception>
    public static Tensor GlobalAveragePool(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank < 3) Throw.Argument($"GlobalAveragePool: input {x.Shape} must be [N, C, positions...].");
        return x.Mean([.. Enumerable.Range(2, x.Rank - 2)]);
    }

    private static Tensor AsLine(string operation, Tensor x, Func<Tensor, Tensor> pool)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank != 3) Throw.Argument($"{operation}: input {x.Shape} must be [N, C, L].");
        using var image = x.Reshape(x.Shape[0], x.Shape[1], 1, x.Shape[2]);
        using var result = pool(image);
        return result.Reshape(result.Shape[0], result.Shape[1], result.Shape[3]);
    }
}
