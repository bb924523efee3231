using Engine.Nn;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

public class InitializerTests
{
    // fan-in 40·9, fan-out 60·9
    private static readonly Shape s_shape = new(60, 40, 3, 3);

    public static TheoryData<string, Initializer, double, double> Distributions => new()
    {
        { "PyTorch", Initializers.PyTorchWeight, 1 / Math.Sqrt(360), 1 / Math.Sqrt(3 * 360) },
        { "Kaiming uniform", Initializers.KaimingUniform, Math.Sqrt(6.0 / 360), Math.Sqrt(2.0 / 360) },
        { "Xavier uniform", Initializers.XavierUniform, Math.Sqrt(6.0 / 900), Math.Sqrt(2.0 / 900) },
        { "Kaiming normal", Initializers.KaimingNormal, double.PositiveInfinity, Math.Sqrt(2.0 / 360) },
        { "Xavier normal", Initializers.XavierNormal, double.PositiveInfinity, Math.Sqrt(2.0 / 900) },
        { "uniform", Initializers.Uniform(0.3), 0.3, 0.3 / Math.Sqrt(3) },
    };

    [Theory, MemberData(nameof(Distributions))]
    public void Initializer_HasItsBoundAndDeviation(string what, Initializer initializer, double bound, double deviation)
    {
        var values = new float[s_shape.Count];
        initializer(values, s_shape, new RandomStream(1, what));
        Assert.All(values, v => Assert.InRange(v, -bound * (1 + 1e-6), bound * (1 + 1e-6)));
        // 21,600 draws: the deviation is known to 1 %, the mean to a 147th of it.
        Assert.InRange(Math.Sqrt(values.Average(v => (double)v * v)), deviation * 0.97, deviation * 1.03);
        Assert.InRange(values.Average(v => (double)v), -0.03 * deviation, 0.03 * deviation);
        var again = new float[values.Length];
        initializer(again, s_shape, new RandomStream(1, what));
        Assert.Equal(values, again);
    }

    [Theory]
    [InlineData(20, 7)]
    [InlineData(7, 20)]
    [InlineData(9, 9)]
    public void Orthogonal_RowsOrColumnsAreOrthonormal(int rows, int columns)
    {
        var values = new float[rows * columns];
        Initializers.Orthogonal(2)(values, new Shape(rows, columns), new RandomStream(1, "orthogonal"));
        var (count, length) = (Math.Min(rows, columns), Math.Max(rows, columns));
        for (var a = 0; a < count; a++)
        {
            for (var b = 0; b < count; b++)
            {
                double sum = 0;
                for (var i = 0; i < length; i++) sum += At(a, i) * At(b, i);
                Close.Assert([a == b ? 4.0 : 0.0], new[] { sum }, 1e-5, what: $"{a}, {b}");
            }
        }

        double At(int vector, int i) => rows <= columns ? values[vector * columns + i] : values[i * columns + vector];
    }

    [Fact]
    public void ConstantsAndBadShapes()
    {
        var values = new float[3];
        Initializers.Constant(2.5f)(values, new Shape(3), new RandomStream(1, "constant"));
        Assert.Equal([2.5f, 2.5f, 2.5f], values);
        Assert.Contains("[3] has no fan-in",
            Assert.Throws<ArgumentException>(() => Initializers.KaimingNormal(values, new Shape(3), new RandomStream(1, "x")))
                .Message);
        Assert.Contains("[3] must have two axes",
            Assert.Throws<ArgumentException>(() => Initializers.Orthogonal()(values, new Shape(3), new RandomStream(1, "x")))
                .Message);
    }
}
