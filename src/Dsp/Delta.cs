namespace Engine.Dsp;

/// <summary>
/// Local estimates of the derivative of features over time: a polynomial of degree <c>order</c> fitted to each window of
/// frames (Savitzky and Golay, 1964); values as <c>librosa.feature.delta</c> with mode <c>interp</c>. Immutable.
/// </summary>
public sealed class Delta
{
    private readonly float[] _weights;

    /// <summary>Designs the filter.</summary>
    /// <param name="width">Frames under the window, odd, from 3 to 65535.</param>
    /// <param name="order">Which derivative, at least 1 and below the width.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The width is even or not from 3 to 65535, or the order out of its range.
    /// </exception>
    public Delta(int width = 9, int order = 1)
    {
        if (width is < 3 or > ushort.MaxValue || width % 2 == 0)
            throw new ArgumentOutOfRangeException(nameof(width), $"Delta: width is {width}; it must be odd and from 3 to 65535.");
        if (order < 1 || order >= width)
            throw new ArgumentOutOfRangeException(nameof(order),
                $"Delta: order is {order}; it must be at least 1 and below the width {width}.");
        Width = width;
        Order = order;
        _weights = Design(width, order);
    }

    /// <summary>Frames under the window.</summary>
    public int Width { get; }

    /// <summary>Which derivative.</summary>
    public int Order { get; }

    /// <summary>
    /// The derivative of each feature, in units per frame: [frames, features] to the same shape. Within half a width of
    /// either end, the polynomial of the first or last whole window is extrapolated; its derivative of that order is constant.
    /// </summary>
    /// <exception cref="ArgumentException">There are fewer frames than the width.</exception>
    public Frames<float> Compute(Frames<float> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Count < Width)
            throw new ArgumentException($"Delta: width is {Width}, but there are only {features.Count} frames.");
        var delta = new Frames<float>(features.Count, features.Bins);
        for (var t = 0; t < delta.Count; t++)
            Frame(features.Data.AsSpan(Start(t, delta.Count) * features.Bins, Width * features.Bins), delta[t]);
        return delta;
    }

    /// <summary>The first of the frames that the derivative of a frame is computed from.</summary>
    internal int Start(int frame, int count) => Math.Clamp(frame - Width / 2, 0, count - Width);

    /// <summary>The derivative in the frames of one window, added to <paramref name="delta"/>.</summary>
    internal void Frame(ReadOnlySpan<float> window, Span<float> delta)
    {
        for (var j = 0; j < Width; j++)
            VectorMath.AddScaled(window.Slice(j * delta.Length, delta.Length), _weights[j], delta);
    }

    // The least-squares polynomial's leading coefficient is <p, x> / <p, p> with the monic polynomial p of that degree that is
    // orthogonal, over the window, to all lower ones (Gram; built by its three-term recurrence). Times order! it is the
    // derivative.
    private static float[] Design(int width, int order)
    {
        double[] previous = new double[width], p = new double[width];
        Array.Fill(p, 1);
        var (norm, factorial) = ((double)width, 1.0);
        for (var degree = 1; degree <= order; degree++)
        {
            var beta = degree == 1 ? 0 : norm / Squares(previous);
            var next = new double[width];
            for (var j = 0; j < width; j++) next[j] = (j - width / 2) * p[j] - beta * previous[j];
            (previous, p) = (p, next);
            norm = Squares(p);
            factorial *= degree;
        }

        return Array.ConvertAll(p, v => (float)(factorial * v / norm));
    }

    private static double Squares(double[] values) => values.Sum(v => v * v);
}
