using Engine.Classifiers;
using Engine.Classifiers.Selection;
using Engine.Tensors;

namespace Engine.Tests.Classifiers;

public class MaximalInformationTests
{
    private static double[] Uniform(int count, ulong seed)
    {
        var random = new RandomStream(seed, "mic test");
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble())];
    }

    // Every way to cut the axis into so many cells, each cut between different values.
    private static double BestByEnumeration(double[] x, int[] row, int rows, int cells)
    {
        var order = Enumerable.Range(0, x.Length).OrderBy(i => x[i]).ToArray();
        var cuts = Enumerable.Range(1, x.Length - 1).Where(i => x[order[i]] != x[order[i - 1]]).ToArray();
        var best = 0.0;
        void Choose(int from, List<int> chosen)
        {
            if (chosen.Count == cells - 1)
            {
                best = Math.Max(best, Information(chosen));
                return;
            }

            for (var i = from; i < cuts.Length; i++) Choose(i + 1, [.. chosen, cuts[i]]);
        }

        double Information(List<int> chosen)
        {
            var joint = new double[cells, rows];
            for (var i = 0; i < x.Length; i++) joint[chosen.Count(c => c <= i), row[order[i]]] += 1.0 / x.Length;
            var sum = 0.0;
            for (var a = 0; a < cells; a++)
                for (var b = 0; b < rows; b++)
                {
                    if (joint[a, b] == 0) continue;
                    var (pa, pb) = (Enumerable.Range(0, rows).Sum(k => joint[a, k]), Enumerable.Range(0, cells)
                        .Sum(k => joint[k, b]));
                    sum += joint[a, b] * Math.Log(joint[a, b] / (pa * pb));
                }

            return sum;
        }

        Choose(0, []);
        return best;
    }

    [Theory]
    [InlineData(9, 2, 1)]
    [InlineData(12, 3, 2)]
    [InlineData(13, 4, 3)]
    public void AxisPartition_FewValues_FindsTheBestCuts(int count, int rows, int seed)
    {
        // Rounded, so that some values are equal.
        double[] x = [.. Uniform(count, (ulong)seed).Select(v => Math.Round(v * 8))];
        int[] row = [.. Uniform(count, (ulong)seed + 10).Select(v => (int)(v * rows))];
        var information = new AxisPartition(new SortedValues(x), row, rows, 1000).Information(4);
        for (var cells = 2; cells <= 4; cells++) Assert.Equal(BestByEnumeration(x, row, rows, cells), information[cells], 1e-12);
    }

    [Fact]
    public void EqualParts_TiedValues_StayTogether()
    {
        Assert.Equal([0, 0, 1, 1, 2, 2], new SortedValues([1, 2, 3, 4, 5, 6]).EqualParts(3));
        Assert.Equal([0, 0, 0, 0, 1, 2], new SortedValues([1, 1, 1, 1, 5, 6]).EqualParts(3));
        Assert.Equal([0, 0, 0], new SortedValues([4, 4, 4]).EqualParts(2));
    }

    [Fact]
    public void Coefficient_Functions_AreOne()
    {
        var x = Uniform(300, 4);
        Assert.Equal(1, MaximalInformation.Coefficient(x, [.. x.Select(v => -3 * v)]), 1e-12);
        Assert.Equal(1, MaximalInformation.Coefficient(x, [.. x.Select(v => Math.Exp(9 * v))]), 1e-12);
        Assert.InRange(MaximalInformation.Coefficient(x, [.. x.Select(v => (v - 0.5) * (v - 0.5))]), 0.95, 1);
        Assert.InRange(MaximalInformation.Coefficient(x, [.. x.Select(v => Math.Sin(12 * v))]), 0.9, 1);
    }

    [Fact]
    public void Coefficient_IndependentVariables_IsSmallAndSymmetric()
    {
        var (x, y) = (Uniform(500, 5), Uniform(500, 6));
        var mic = MaximalInformation.Coefficient(x, y);
        Assert.InRange(mic, 0, 0.25);
        Assert.Equal(mic, MaximalInformation.Coefficient(y, x));
    }

    [Fact]
    public void Coefficient_AnyMonotoneScale_IsTheSame()
    {
        var (x, noise) = (Uniform(120, 7), Uniform(120, 8));
        double[] y = [.. x.Select((v, i) => v + 0.3 * noise[i])];
        Assert.Equal(MaximalInformation.Coefficient(x, y),
            MaximalInformation.Coefficient([.. x.Select(Math.Exp)], [.. y.Select(v => 5 - v)]), 0.05);
        Assert.Equal(MaximalInformation.Coefficient(x, y),
            MaximalInformation.Coefficient([.. x.Select(Math.Exp)], [.. y.Select(v => v * v * v)]));
    }

    [Fact]
    public void WithLabels_Classes_DoNotDependOnTheirOrder()
    {
        var x = Uniform(200, 9);
        int[] labels = [.. x.Select(v => (int)(4 * v))];
        Assert.InRange(MaximalInformation.WithLabels(x, labels, 4), 0.99, 1);
        Assert.Equal(MaximalInformation.WithLabels(x, labels, 4),
            MaximalInformation.WithLabels(x, [.. labels.Select(l => new[] { 2, 9, 0, 5 }[l])], 10), 1e-15);
        Assert.InRange(MaximalInformation.WithLabels(Uniform(200, 10), labels, 4), 0, 0.2);
        Assert.Equal(0, MaximalInformation.WithLabels(x, new int[200], 1));
        Assert.Equal(0, MaximalInformation.WithLabels(new double[200], labels, 4));
    }

    [Fact]
    public void Selection_ByMic_KeepsWhatNoLineShows()
    {
        var (x, other) = (Uniform(200, 11), Uniform(200, 12));
        var rows = new FeatureMatrix(200, 3);
        for (var r = 0; r < 200; r++) new[] { x[r], Math.Sqrt(x[r]), other[r] }.CopyTo(rows.Row(r));
        int[] labels = [.. x.Select(v => Math.Abs(v - 0.5) < 0.25 ? 1 : 0)];
        var selections = new[] { 1,
            0 }.Select(threads => new CorrelationSelection(
                new CorrelationOptions { Measure = CorrelationMeasure.Mic, Label = 0.5 })
            { Threads = threads }).ToArray();
        foreach (var selection in selections)
        {
            selection.Fit(rows, labels, 2);
            Assert.Equal([0], selection.Selected.ToArray());
        }
    }

    [Fact]
    public void MaximalInformation_WrongInput_NamesTheValue()
    {
        Assert.Contains("2 values of x but 3 of y",
            Assert.Throws<EngineException>(() => MaximalInformation.Coefficient([1, 2], [1, 2, 3])).Message);
        Assert.Contains("column 1 is NaN",
            Assert.Throws<EngineException>(() => MaximalInformation.Coefficient([1, double.NaN], [1, 2])).Message);
    }
}
