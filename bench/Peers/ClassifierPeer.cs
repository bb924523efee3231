using System.Diagnostics;
using System.Runtime.InteropServices;
using Engine.Classifiers;
using Engine.Classifiers.Clustering;
using Engine.Classifiers.Decomposition;
using Engine.Classifiers.Knn;
using Engine.Classifiers.Svm;
using Engine.Classifiers.Trees;
using Engine.Tensors;
using Engine.Tensors.Cpu;

namespace Engine.Peers;

/// <summary>
/// Our side of <c>bench/Peers/classifiers_peer.py</c>: answers each line <c>case sizes threads calls</c> with the nanoseconds
/// that so many calls took.
/// </summary>
internal static class ClassifierPeer
{
    private const int Groups = 10;

    /// <summary>Serves until standard input ends.</summary>
    public static int Run()
    {
        Console.WriteLine(RuntimeInformation.FrameworkDescription);
        var name = "";
        Action? call = null;
        while (Console.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            if (call is null || name != $"{words[0]} {words[1]}")
            {
                call = null;
                name = $"{words[0]} {words[1]}";
                call = Prepare(words[0], [.. words[1].Split(',').Select(int.Parse)]);
                GC.Collect();
            }

            WorkerPool.Threads = int.Parse(words[2]);
            var start = Stopwatch.GetTimestamp();
            for (var calls = int.Parse(words[3]); calls > 0; calls--) call();
            Console.WriteLine(Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }

        return 0;
    }

    private static Action Prepare(string kind, int[] sizes)
    {
        if (kind == "knn") return Neighbors(sizes);
        if (kind.Split('-')[0] == "forest") return Forest(kind, sizes);
        if (kind is "svm-fit" or "svm-predict") return Machines(kind, sizes);
        var (x, _) = Rows(sizes[0], sizes[1]);
        switch (kind)
        {
            case "kmeans":
                return () => KMeans.Fit(x, new KMeansOptions { Clusters = sizes[2], Starts = sizes[3], Seed = 1 });
            case "pca":
                return () => new Pca(new PcaOptions(sizes[2])).Fit(x);
            default:
                throw new ArgumentException($"peers: no case is called '{kind}'.");
        }
    }

    private static Action Neighbors(int[] sizes)
    {
        var (all, labels) = Rows(sizes[0] + sizes[2], sizes[1]);
        var knn = new KnnClassifier(new KnnOptions { K = sizes[3] });
        knn.Fit(all.Select([.. Enumerable.Range(0, sizes[0])]), labels.AsSpan(0, sizes[0]), Groups);
        var queries = all.Select([.. Enumerable.Range(sizes[0], sizes[2])]);
        return () => knn.Neighbors(queries, sizes[3]);
    }

    private static Action Forest(string kind, int[] sizes)
    {
        var options = new ForestOptions { Trees = sizes[2] };
        if (kind == "forest-entropy") options = options with { Criterion = SplitCriterion.Entropy };
        if (kind == "forest-extra") options = options with { Thresholds = SplitThresholds.Random, Bootstrap = false };
        var (x, labels) = Rows(sizes[0], sizes[1]);
        var forest = new ForestClassifier(options);
        if (kind != "forest-predict") return () => forest.Fit(x, labels, Groups);
        forest.Fit(x, labels, Groups);
        return () => forest.PredictProbabilities(x);
    }

    // Rows that overlap as genres do: of features, or of pictures, whose values are some tenths.
    private static Action Machines(string kind, int[] sizes)
    {
        var picture = sizes[1] > 1000;
        var (all, labels) = Rows(sizes[0] + sizes[2], sizes[1], picture ? 0.5 : 0.35);
        if (picture) foreach (ref var v in all.Data.AsSpan()) v = 0.2 * v;
        var options = new SvmOptions { C = picture ? 100 : 10, Gamma = SvmGamma.Of(picture ? 1.0 / (1 << 14) : 0.01) };
        int[] rows = [.. Enumerable.Range(0, sizes[0])];
        var (x, y, queries) = (all.Select(rows), labels[..sizes[0]], all.Select([.. Enumerable.Range(sizes[0], sizes[2])]));
        if (kind == "svm-fit") return () => new SvmClassifier(options).Fit(x, y, Groups);
        var fitted = new SvmClassifier(options);
        fitted.Fit(x, y, Groups);
        return () => fitted.PredictProbabilities(queries);
    }

    // Normal rows around the means of ten groups, and the groups.
    private static (FeatureMatrix X, int[] Labels) Rows(int count, int columns, double spread = 1)
    {
        var random = new RandomStream(1, "peers");
        var means = new double[Groups * columns];
        foreach (ref var v in means.AsSpan()) v = spread * random.NextGaussian();
        var x = new FeatureMatrix(count, columns);
        var labels = new int[count];
        for (var r = 0; r < count; r++)
        {
            labels[r] = r % Groups;
            var row = x.Row(r);
            for (var c = 0; c < columns; c++) row[c] = means[labels[r] * columns + c] + random.NextGaussian();
        }

        return (x, labels);
    }
}
