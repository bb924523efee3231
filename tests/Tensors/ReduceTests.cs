using Engine.Cli.Cases;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

[EveryInstructionSet]
public class ReduceTests
{
    [Fact]
    public void Sum_MatchesPyTorch() => new NnOps("reduce_sum_axis1").Check(c => c["x"].Sum([1]), 5);

    [Fact]
    public void Max_MatchesPyTorch() => new NnOps("reduce_max_axis2").Check(c => c["x"].Max([2]), 6);

    public static TheoryData<int[], int[]> Cases => new()
    {
        { [], [] }, { [1], [0] }, { [7], [0] }, { [3, 5], [0] }, { [3, 5], [1] }, { [3, 5], [0, 1] }, { [2, 3, 4, 5], [0, 2, 3] },
        { [2, 3, 4, 5], [1, 3] },
        { [2, 3, 4, 5], [0, 2] }, { [2, 1, 4], [1] }, { [6, 130], [-1] }, { [130, 6], [-2] }, { [2, 3, 4], [] }, { [3, 0], [1] },
        { [0, 3], [1] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void SumMeanVariance_MatchReference(int[] sizes, int[] axes)
    {
        var random = new RandomStream(1, "reduce");
        var shape = new Shape(sizes);
        var values = GradCheck.Draw(random, shape.Count);
        foreach (var keep in new[] { false, true })
        {
            Check(t => t.Sum(axes, keep), g => g.Sum());
            if (shape.Count == 0) continue;
            Check(t => t.Mean(axes, keep), g => g.Average());
            Check(t => t.Max(axes, keep), g => g.Max());
            if (ReduceCases.Fold(new double[shape.Count], shape, axes, g => g.Count)[0] < 2) continue;
            Check(t => t.Variance(axes, 1, keep), g => g.Sum(v => (v - g.Average()) * (v - g.Average())) / (g.Count - 1));
        }

        void Check(Func<Tensor, Tensor> operation, Func<List<double>, double> fold) => GradCheck.Run(
            [(shape, values)], t => operation(t[0]), x => ReduceCases.Fold(x[0], shape, axes, fold), Math.Max(4, shape.Count));
    }

    [Fact]
    public void Sum_Everything_OfManyElements_StaysWithinBudget()
    {
        var random = new RandomStream(2, "long");
        var values = GradCheck.Draw(random, 1_000_003);
        using var x = Tensor.From(values, new Shape(values.Length));
        using var sum = x.Sum();
        Assert.Equal(new Shape(), sum.Shape);
        var expected = values.Sum(v => (double)v);
        Close.Assert([expected], new[] { (double)sum.Item() },
            4.0 / (1 << 24) * Math.Sqrt(values.Length) * values.Sum(v => Math.Abs((double)v)) / Math.Sqrt(values.Length),
            what: "sum");
    }

    [Fact]
    public void Max_NaN_Wins_AndTiesGoToTheFirst()
    {
        using var x = Tensor.From([1, float.NaN, 3, 2, 5, 5], new Shape(2, 3));
        Assert.Equal([1, 1], x.ArgMax(1).ToIndices());
        Assert.Equal([float.NaN, 5], x.Max([1]).ToArray());
        Assert.Equal([1, 0, 1], x.ArgMax(0).ToIndices());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(83)]
    [InlineData(50_003)]
    public void Max_OneRow_FindsEveryPlace(int n)
    {
        var values = new float[n];
        for (var place = 0; place < n; place += Math.Max(1, n / 40))
        {
            foreach (var peak in new[] { 2f, float.PositiveInfinity, float.NaN })
            {
                Array.Fill(values, -1);
                values[place] = values[^1] = peak;
                using var x = Tensor.From(values, new Shape(n));
                Assert.Equal(place, x.ArgMax(0).ToIndices()[0]);
                Assert.Equal(peak, x.Max([0]).Item());
            }
        }
    }

    [Fact]
    public void Max_LongRows_GradientGoesToTheFirst()
    {
        var values = new float[2 * 40_000];
        (values[33_333], values[39_999], values[40_001]) = (3, 3, 4);
        using var x = Tensor.From(values, new Shape(2, 40_000));
        x.RequiresGrad = true;
        using (var tape = new Tape()) tape.Backward(x.Max([1]).Sum());
        var gradient = x.Grad!.ToArray();
        Assert.Equal([33_333, 40_001], Enumerable.Range(0, gradient.Length).Where(i => gradient[i] != 0));
        Assert.Equal(1, gradient[33_333]);
    }

    [Fact]
    public void Reduce_BadAxes_AreNamed()
    {
        using var x = Tensor.Zeros(new Shape(2, 3));
        using var empty = Tensor.Zeros(new Shape(2, 0));
        Assert.Equal("Sum: axis 2 is outside [2, 3], which has 2 axes.", Assert.Throws<ArgumentException>(() => x.Sum([2]))
            .Message);
        Assert.Contains("axis -1 of [2, 3] is named twice", Assert.Throws<ArgumentException>(() => x.Mean([1, -1])).Message);
        Assert.Contains("ArgMax: [2, 0] has no elements", Assert.Throws<ArgumentException>(() => empty.ArgMax(1)).Message);
    }
}
