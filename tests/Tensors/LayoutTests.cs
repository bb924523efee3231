using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

public class LayoutTests
{
    [Fact]
    public void TransposeReshape_MatchesPyTorch() =>
        new NnOps("transpose_reshape").Check(c => c["x"].Transpose(1, 2).Reshape(4, 30), 1);

    [Fact]
    public void Concat_MatchesPyTorch() => new NnOps("concat").Check(c => Tensor.Concat(1, c["a"], c["b"]), 1);

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    public void Slice_MatchesPyTorch_WhereverItStarts(int start, int length)
    {
        var x = Vectors.Load("nn_ops")["slice/x"].ToSingles();
        using var tensor = Tensor.From(x, new Shape(4, 6));
        var actual = tensor.Slice(1, start, length).ToArray();
        for (var row = 0; row < 4; row++)
            Assert.Equal(x[(row * 6 + start)..(row * 6 + start + length)], actual[(row * 3)..(row * 3 + 3)]);
    }

    [Fact]
    public void Permute_EveryOrder_MatchesReference()
    {
        var random = new RandomStream(1, "permute");
        var shape = new Shape(3, 4, 35, 2);
        var values = GradCheck.Draw(random, shape.Count);
        foreach (var order in Orders([0, 1, 2, 3]))
        {
            GradCheck.Run([(shape, values)], t => t[0].Permute(order), x =>
            {
                var y = new List<double>();
                int[] strides = [280, 70, 2, 1];
                for (var a = 0; a < shape[order[0]]; a++)
                {
                    for (var b = 0; b < shape[order[1]]; b++)
                    {
                        for (var c = 0; c < shape[order[2]]; c++)
                        {
                            for (var d = 0; d < shape[order[3]]; d++)
                                y.Add(x[0][a * strides[order[0]] + b * strides[order[1]] + c * strides[order[2]]
                                    + d * strides[order[3]]]);
                        }
                    }
                }

                return [.. y];
            }, 1);
        }
    }

    [Fact]
    public void SliceAndConcat_Gradients_MatchReference()
    {
        var random = new RandomStream(2, "slice");
        var shape = new Shape(4, 5, 6);
        GradCheck.Run(
            [(shape, GradCheck.Draw(random, shape.Count))],
            t => Tensor.Concat(1, t[0].Slice(1, 3, 2), t[0].Slice(1, 0, 3), t[0].Slice(1, 1, 1)),
            x =>
            {
                var y = new List<double>();
                for (var n = 0; n < 4; n++)
                {
                    foreach (var row in new[] { 3, 4, 0, 1, 2, 1 }) y.AddRange(x[0].Skip(n * 30 + row * 6).Take(6));
                }

                return [.. y];
            },
            2);
        GradCheck.Run([(shape, GradCheck.Draw(random, shape.Count))], t => t[0].Slice(0, 1, 2), x => x[0][30..90], 1);
    }

    [Fact]
    public void GatherRows_RepeatedRows_AddTheirGradients()
    {
        var random = new RandomStream(3, "gather");
        int[] rows = [2, 0, 2, 2, 1];
        using var indices = Tensor.FromIndices(rows, new Shape(5));
        GradCheck.Run(
            [(new Shape(4, 3, 7), GradCheck.Draw(random, 84))],
            t => t[0].GatherRows(indices),
            x => [.. rows.SelectMany(r => x[0].Skip(r * 21).Take(21))],
            5);
    }

    [Fact]
    public void Integers_KeepTheirType()
    {
        using var labels = Tensor.FromIndices([1, 2, 3, 4, 5, 6], new Shape(2, 3));
        Assert.Equal([1, 4, 2, 5, 3, 6], labels.Transpose().ToIndices());
        Assert.Equal([2, 5], labels.Slice(1, 1, 1).ToIndices());
    }

    [Fact]
    public void Layout_BadArguments_AreNamed()
    {
        using var x = Tensor.Zeros(new Shape(2, 3));
        using var y = Tensor.Zeros(new Shape(2, 4, 1));
        using var bad = Tensor.FromIndices([0, 2], new Shape(2));
        AssertMessage("indices 2 to 4 are outside axis 1 of [2, 3]", () => x.Slice(1, 2, 2));
        AssertMessage("axes [0, 0] are not a permutation of the 2 axes of [2, 3]", () => x.Permute(0, 0));
        AssertMessage("does not join", () => Tensor.Concat(0, x, y));
        AssertMessage("index 2 at position 1 is outside the 2 rows of [2, 3]", () => x.GatherRows(bad));
        AssertMessage("[2, 3] has 6 elements, which [4, 2] cannot hold", () => x.Reshape(4, 2));
    }

    private static IEnumerable<int[]> Orders(int[] axes) => axes.Length == 1
        ? [axes]
        : axes.SelectMany(a => Orders([.. axes.Where(x => x != a)]).Select(rest => (int[])[a, .. rest]));

    private static void AssertMessage(string part, Func<Tensor> action) =>
        Assert.Contains(part, Assert.Throws<ArgumentException>(action).Message);
}
