using Engine.Classifiers;
using Engine.Pipeline.Fitting;

namespace Engine.Tests.Classifiers.Ensembles;

public class CombinationTests
{
    private const int Rows = 40, Classes = 3;

    private static readonly int[] s_labels = [.. Enumerable.Range(0, Rows).Select(r => r % Classes)];

    // The maximum by SciPy 1.10: SLSQP on the simplex, and minimize_scalar for two members.
    [Theory]
    [InlineData(new[] { 0, 1, 2 }, new[] { 0.7893545, 0.2106455, 0 })]
    [InlineData(new[] { 0, 1 }, new[] { 0.7893545, 0.2106455 })]
    [InlineData(new[] { 1, 2 }, new[] { 0.4466741, 0.5533259 })]
    public void Weights_AreThoseOfTheGreatestLikelihood(int[] members, double[] expected)
    {
        var weights = Combination.Weights([.. members.Select(Member)], s_labels);
        Assert.All(weights.Zip(expected), p => Assert.Equal(p.Second, p.First, 5));
        Assert.Equal(1, weights.Sum(), 12);
    }

    [Fact]
    public void Weights_MemberThatRulesARightLabelOut_KeepsItsPart()
    {
        var (good, sure) = (Member(2), Member(0));
        for (var c = 0; c < Classes; c++) sure.Row(0)[c] = c == s_labels[0] ? 0 : 0.5;
        var weights = Combination.Weights([sure, good], s_labels);
        Assert.InRange(weights[0], 0.5, 0.99);
    }

    [Fact]
    public void Weights_AlikeOrAllZero_AreEqual()
    {
        Assert.All(Combination.Weights([Member(0), Member(0)], s_labels), w => Assert.Equal(0.5, w, 12));
        var none = new FeatureMatrix(Rows, Classes);
        Assert.All(Combination.Weights([none, none], s_labels), w => Assert.Equal(0.5, w, 12));
    }

    [Fact]
    public void Of_WeightsOrNone_IsTheMean()
    {
        var (a, b) = (new FeatureMatrix(1, 2, [0.9, 0.1]), new FeatureMatrix(1, 2, [0.3, 0.7]));
        Assert.Equal(0.6, Combination.Of([a, b], null, null)[0, 0], 12);
        Assert.Equal(0.75, Combination.Of([a, b], [3, 1], null)[0, 0], 12);
        Assert.Equal([0.9, 0.1, 0.3, 0.7], Combination.SideBySide([a, b]).Data);
    }

    private static FeatureMatrix Member(int member)
    {
        int[] bonus = [9, 6, 4];
        var values = new FeatureMatrix(Rows, Classes);
        for (var r = 0; r < Rows; r++)
        {
            for (var c = 0; c < Classes; c++) values.Row(r)[c] = 1 + (r * 7 + member * 5 + c * 3) % 11;
            if ((r + member) % 4 != 0) values.Row(r)[r % Classes] += bonus[member];
            var sum = values.Row(r).ToArray().Sum();
            for (var c = 0; c < Classes; c++) values.Row(r)[c] /= sum;
        }

        return values;
    }
}
