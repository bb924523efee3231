using Engine.Tensors.Autograd;

namespace Engine.Tensors;

public sealed partial class Tensor
{
    /// <summary>The maximum of each window of x [N, C, H, W]; padding never wins, a NaN does.</summary>
    /// <exception cref="ArgumentException">The rank or the options do not fit.</exception>
    public static Tensor MaxPool2d(Tensor x, Pool2dOptions options) =>
        MaxPool(Checked(nameof(MaxPool2d), x, options, line: false), x);

    /// <summary>The mean of each window of x [N, C, H, W]; padding counts as zeros.</summary>
    /// <exception cref="ArgumentException">The rank or the options do not fit.</exception>
    public static Tensor AveragePool2d(Tensor x, Pool2dOptions options) =>
        AveragePool(Checked(nameof(AveragePool2d), x, options, line: false), x);

    /// <summary>
    /// The maximum of each window of a series x [N, C, L]; the options' widths apply (see <see cref="Pool2dOptions.Line"/>).
    /// </summary>
    /// <exception cref="ArgumentException">The rank or the options do not fit.</exception>
    public static Tensor MaxPool1d(Tensor x, Pool2dOptions options) =>
        AsLine(Checked(nameof(MaxPool1d), x, options, line: true), x, MaxPool);

    /// <summary>
    /// The mean of each window of a series x [N, C, L]; the options' widths apply (see <see cref="Pool2dOptions.Line"/>).
    /// </summary>
    /// <exception cref="ArgumentException">The rank or the options do not fit.</exception>
    public static Tensor AveragePool1d(Tensor x, Pool2dOptions options) =>
        AsLine(Checked(nameof(AveragePool1d), x, options, line: true), x, AveragePool);

    /// <summary>The mean over all positions of x [N, C, ...], to [N, C].</summary>
    /// <exception cref="ArgumentException">The rank is below 3.</exception>
    public static Tensor GlobalAveragePool(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        x.Expect(ElementType.Float32, nameof(GlobalAveragePool));
        if (x.Rank < 3) Throw.Argument($"GlobalAveragePool: input {x.Shape} must be [N, C, positions...].");
        return x.Mean([.. Enumerable.Range(2, x.Rank - 2)]);
    }

    private static Pool2dGeometry Checked(string operation, Tensor x, Pool2dOptions options, bool line)
    {
        ArgumentNullException.ThrowIfNull(x);
        x.Expect(ElementType.Float32, operation);
        return new Pool2dGeometry(x.Shape, options, operation, line);
    }

    private static Tensor MaxPool(Pool2dGeometry geometry, Tensor x)
    {
        var result = Empty(geometry.OutputShape, x.Device);
        using var places = Tape.NeedsGradient(x)
            ? Empty(x.Device.Backend.MaxPool2dPlaces(geometry), x.Device, ElementType.Int32) : null;
        x.Device.Backend.MaxPool2d(geometry, x, result, places);
        Tape.Record([result], [x], places is null ? [] : [places], Pool2dGradients.Max(geometry, x.Shape));
        return result;
    }

    private static Tensor AveragePool(Pool2dGeometry geometry, Tensor x)
    {
        var result = Empty(geometry.OutputShape, x.Device);
        x.Device.Backend.AveragePool2d(geometry, x, result);
        Tape.Record([result], [x], [], Pool2dGradients.Average(geometry, x.Shape));
        return result;
    }

    private static Tensor AsLine(Pool2dGeometry geometry, Tensor x, Func<Pool2dGeometry, Tensor, Tensor> pool)
    {
        using var image = x.Reshape(x.Shape[0], x.Shape[1], 1, x.Shape[2]);
        using var result = pool(geometry, image);
        return result.Reshape(result.Shape[0], result.Shape[1], result.Shape[3]);
    }
}
