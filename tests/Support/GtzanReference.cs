using Engine.Classifiers;
using Engine.Classifiers.Scaling;

namespace Engine.Tests.Support;

/// <summary>The published features on the rows of <c>ml_gtzan30.npz</c>, and that file's arrays.</summary>
public static class GtzanReference
{
    /// <summary>An array of floating-point numbers.</summary>
    public static double[] Doubles(string name) => Vectors.Load("ml_gtzan30")[name].ToDoubles();

    /// <summary>An array of integers.</summary>
    public static int[] Ints(string name) => [.. Vectors.Load("ml_gtzan30")[name].ToInt64s().Select(v => (int)v)];

    /// <summary>Training and test rows, standardised on the training rows, and the training labels.</summary>
    public static (FeatureMatrix Train, int[] Labels, FeatureMatrix Test) Scaled()
    {
        var gtzan = GtzanFeatures.Load("features_30_sec.csv");
        var train = gtzan.Features.Select(Ints("train_rows"));
        var scaler = new StandardScaler();
        scaler.Fit(train);
        Assert.Equal(Ints("labels_train"), Ints("train_rows").Select(r => gtzan.Labels[r]));
        return (scaler.Transform(train), Ints("labels_train"), scaler.Transform(gtzan.Features.Select(Ints("test_rows"))));
    }
}
