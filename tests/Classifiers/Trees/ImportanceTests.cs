using Engine.Classifiers;
using Engine.Classifiers.Knn;
using Engine.Classifiers.Trees;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers.Trees;

public class ImportanceTests
{
    // Columns 0 to 2 tell the classes apart, 3 to 5 are noise, 6 is constant.
    private static (FeatureMatrix X, int[] Labels) Rows(ulong seed)
    {
        var (x, labels) = ForestData.Leaning(300, 7, 3, seed);
        for (var r = 0; r < 300; r++) x.Row(r)[6] = 4;
        return (x, labels);
    }

    [Fact]
    public void EveryImportance_RanksColumnsThatTellBeforeNoise()
    {
        var (x, labels) = Rows(1);
        var forest = ForestData.Fitted(new ForestOptions { Trees = 100, OutOfBagImportance = true }, x, labels, 3);
        var (other, truth) = Rows(2);
        foreach (var importance in new[] { forest.Importance.ToArray(), forest.OutOfBagImportance!.Mean,
            forest.OutOfBagImportance.ZScores, PermutationImportance.Of(forest, other, truth, 5, 1).Mean })
        {
            Assert.True(importance[..3].Min() > 2 * importance[3..].Max(), string.Join(' ', importance));
            Assert.Equal(0, importance[6]);
        }

        Close.Assert([1], [forest.Importance.ToArray().Sum()], 1e-12);
    }

    [Fact]
    public void OutOfBagImportance_OneTree_IsTheLossOfItsOwnRows()
    {
        var (x, labels) = Rows(3);
        var forest = ForestData.Fitted(new ForestOptions { Trees = 1, OutOfBagImportance = true }, x, labels, 3, seed: 9);
        var (random, drawn) = (new RandomStream(9, "bootstrap/0"), new int[300]);
        for (var i = 0; i < 300; i++) drawn[random.NextInt(300)]++;
        int[] rows = [.. Enumerable.Range(0, 300).Where(r => drawn[r] == 0)];
        var other = rows.ToArray();
        new RandomStream(9, "out-of-bag/0").Shuffle<int>(other);
        double Accuracy(FeatureMatrix m) =>
            forest.PredictProbabilities(m).ArgMax().Zip(rows).Average(p => p.First == labels[p.Second] ? 1.0 : 0);
        var expected = Enumerable.Range(0, 7).Select(c =>
        {
            var changed = x.Select(rows);
            for (var i = 0; i < rows.Length; i++) changed.Row(i)[c] = x[other[i], c];
            return Accuracy(x.Select(rows)) - Accuracy(changed);
        });
        Close.Assert([.. expected], forest.OutOfBagImportance!.Mean, 1e-12);
        Close.Assert(new double[7], forest.OutOfBagImportance.Deviation, 1e-7);
    }

    [Fact]
    public void PermutationImportance_OneNeighbour_LosesByTheColumnItUses()
    {
        var x = new FeatureMatrix(40, 2, [.. Enumerable.Range(0, 40).SelectMany(r => new[] { r % 2 * 100.0, r * 0.001 })]);
        int[] labels = [.. Enumerable.Range(0, 40).Select(r => r % 2)];
        var knn = new KnnClassifier(new KnnOptions { K = 1 });
        knn.Fit(x, labels, 2);
        var importance = PermutationImportance.Of(knn, x, labels, 20, 1);
        Assert.InRange(importance.Mean[0], 0.4, 0.6);
        Assert.InRange(importance.Deviation[0], 0.01, 0.2);
        Assert.Equal((0, 0), (importance.Mean[1], importance.Deviation[1]));
        Assert.Equal(importance.Mean, PermutationImportance.Of(knn, x, labels, 20, 1).Mean);
        Assert.Contains("repeats is 0", Assert.Throws<EngineException>(() => PermutationImportance.Of(knn, x, labels, 0, 1))
            .Message);
        Assert.Contains("40 rows and 1 labels", Assert.Throws<EngineException>(() => PermutationImportance.Of(knn, x, [0], 1, 1))
            .Message);
    }
}
