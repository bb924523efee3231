using Engine.Tensors;

namespace Engine.Nn;

/// <summary>Fills a parameter's starting values, row-major, from its own random stream.</summary>
/// <param name="values">What to fill.</param>
/// <param name="shape">Its shape: [out, in, taps…] for weights, so fan-in is in · taps and fan-out is out · taps.</param>
/// <param name="random">The stream.</param>
public delegate void Initializer(Span<float> values, Shape shape, RandomStream random);

/// <summary>Common initialisers.</summary>
public static class Initializers
{
    /// <summary>Zeros.</summary>
    public static Initializer Zeros { get; } = Constant(0);

    /// <summary>Ones.</summary>
    public static Initializer Ones { get; } = Constant(1);

    /// <summary>PyTorch's default for weights of dense layers and convolutions: uniform within ±1/√fan-in.</summary>
    public static Initializer PyTorchWeight { get; } =
        (values, shape, random) => FillUniform(values, 1 / Math.Sqrt(Fans(shape).In), random);

    /// <summary>Uniform within ±√(6/fan-in), for layers before a ReLU (He et al. 2015).</summary>
    public static Initializer KaimingUniform { get; } =
        (values, shape, random) => FillUniform(values, Math.Sqrt(6 / Fans(shape).In), random);

    /// <summary>Normal with standard deviation √(2/fan-in), for layers before a ReLU (He et al. 2015).</summary>
    public static Initializer KaimingNormal { get; } =
        (values, shape, random) => FillNormal(values, Math.Sqrt(2 / Fans(shape).In), random);

    /// <summary>Uniform within ±√(6/(fan-in + fan-out)) (Glorot and Bengio 2010); Keras' default for weights.</summary>
    public static Initializer XavierUniform { get; } =
        (values, shape, random) => FillUniform(values, Math.Sqrt(6 / (Fans(shape).In + Fans(shape).Out)), random);

    /// <summary>Normal with standard deviation √(2/(fan-in + fan-out)) (Glorot and Bengio 2010).</summary>
    public static Initializer XavierNormal { get; } =
        (values, shape, random) => FillNormal(values, Math.Sqrt(2 / (Fans(shape).In + Fans(shape).Out)), random);

    /// <summary>A constant.</summary>
    public static Initializer Constant(float value) => (values, _, _) => values.Fill(value);

    /// <summary>Uniform in [-bound, bound).</summary>
    public static Initializer Uniform(double bound) => (values, _, random) => FillUniform(values, bound, random);

    /// <summary>
    /// gain times a matrix with orthonormal rows, or columns if it has more rows (Saxe, McClelland and Ganguli 2014);
    /// Keras' default for the hidden weights of recurrent layers. Axes after the first count as columns.
    /// </summary>
    public static Initializer Orthogonal(double gain = 1) => (values, shape, random) =>
    {
        if (shape.Rank < 2) Guard.Argument($"Orthogonal: {shape} must have two axes or more.");
        var rows = shape[0];
        var columns = rows == 0 ? 0 : shape.Count / rows;
        var wide = rows <= columns;
        var basis = OrthonormalRows(Math.Min(rows, columns), Math.Max(rows, columns), random);
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++) values[r * columns + c] = (float)(gain * (wide ? basis[r][c] : basis[c][r]));
        }
    };

    private static (double In, double Out) Fans(Shape shape)
    {
        if (shape.Rank < 2) Guard.Argument($"Initializer: {shape} has no fan-in and fan-out; it must have two axes or more.");
        double taps = shape.Product(2, shape.Rank);
        return (shape[1] * taps, shape[0] * taps);
    }

    // A float in [0, 1) holds 24 random bits.
    private static void FillUniform(Span<float> values, double bound, RandomStream random)
    {
        foreach (ref var value in values) value = (float)(((random.NextUInt32() >> 8) * (2.0 / (1 << 24)) - 1) * bound);
    }

    private static void FillNormal(Span<float> values, double deviation, RandomStream random)
    {
        foreach (ref var value in values) value = (float)(deviation * random.NextGaussian());
    }

    // Gram-Schmidt on normal vectors, each orthogonalised twice, which gives full precision (Kahan; Parlett 1980).
    private static double[][] OrthonormalRows(int rows, int columns, RandomStream random)
    {
        var basis = new double[rows][];
        for (var r = 0; r < rows; r++)
        {
            var vector = basis[r] = new double[columns];
            for (var c = 0; c < columns; c++) vector[c] = random.NextGaussian();
            for (var pass = 0; pass < 2; pass++)
            {
                for (var other = 0; other < r; other++) AddScaled(vector, -Dot(vector, basis[other]), basis[other]);
            }

            var scale = 1 / Math.Sqrt(Dot(vector, vector));
            for (var c = 0; c < columns; c++) vector[c] *= scale;
        }

        return basis;
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    private static void AddScaled(double[] target, double factor, double[] source)
    {
        for (var i = 0; i < target.Length; i++) target[i] += factor * source[i];
    }
}
