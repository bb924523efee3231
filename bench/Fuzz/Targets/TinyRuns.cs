using System.Globalization;
using Engine.Dsp;
using Engine.Dsp.Audio;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors;

namespace Engine.Fuzzing.Targets;

/// <summary>Trains systems on next to no data, for files to start from: no file of a model lies in the repository.</summary>
internal static class TinyRuns
{
    private const int Tracks = 4, Rate = 22050;

    private static readonly string[] s_genres = ["drone", "hiss", "pulse"];

    /// <summary>The shipped recipes that a table can train, made small.</summary>
    public static IReadOnlyList<Recipe> Tabular { get; } =
    [
        RecipeCatalog.Get("gtzan57-knn").With("classifier.k", "3"),
        RecipeCatalog.Get("gtzan57-svm"),
        RecipeCatalog.Get("gtzan57-forest").With("classifier.trees", "2"),
        RecipeCatalog.Get("gtzan57-logistic"),
        RecipeCatalog.Get("gtzan57-lda"),
        RecipeCatalog.Get("gtzan57-bayes").With("selection",
            "{\"kind\":\"correlation\",\"measure\":\"pearson\",\"label\":0.1,\"repeat\":0.9}"),
        RecipeCatalog.Get("gtzan57-knn").With("projection", "{\"kind\":\"pca\",\"components\":3}"),
        Network("cortis-mlp-fixed").With("selection", "null"),
        RecipeCatalog.Get("ensemble").With("classifier.members",
            """
            [
              {"scaler":"standard","classifier":{"kind":"knn","k":2}},
              {"scaler":"none","classifier":{"kind":"extra-trees","trees":2}}
            ]
            """),
    ];

    /// <summary>A network on pictures of windows of audio.</summary>
    public static Recipe Picture { get; } = Network("cs464-conv1d-mel").With("front_end.features",
        "{\"set\":\"mel-picture\",\"width\":8,\"height\":8}").With("front_end.segment", "0.25")
        .With("classifier.layers", """
            [
              {"layer":"series"},{"layer":"conv1d","filters":2,"kernel":3},{"layer":"batch-norm"},{"layer":"relu"},
              {"layer":"max-pool1d","size":2},{"layer":"flatten"},{"layer":"output"}
            ]
            """).With("classifier.training.stop_at_train_accuracy", "null");

    /// <summary>Trains a recipe into a new folder, on a table or, where it reads windows, on recordings.</summary>
    public static string Train(Recipe recipe, string folder, string run)
    {
        var output = Path.Combine(folder, run);
        var data = ReferenceEquals(recipe, Picture) ? Recordings(Path.Combine(folder, "recordings"))
            : Table(Path.Combine(folder, "table.csv"));
        Training.Run(new TrainingOptions
        {
            Data = data,
            Output = output,
            Recipe = recipe,
            Seed = 1,
            Split = "stratified:0.3",
            Extraction = new WorkOptions { Threads = 1 }
        });
        return output;
    }

    /// <summary>A table of features that lean to their genre.</summary>
    public static string Table(string path)
    {
        if (File.Exists(path)) return path;
        var rows = new List<FeatureTableRow>();
        var values = new List<double>();
        for (var g = 0; g < s_genres.Length; g++)
        {
            for (var t = 0; t < Tracks; t++)
            {
                var random = new RandomStream((ulong)t, s_genres[g]);
                rows.Add(new($"{s_genres[g]}.{t:00000}.wav", Rate, s_genres[g]));
                for (var c = 0; c < Gtzan57.Columns.Count; c++) values.Add(Math.Round(random.NextGaussian() + (c % 3 == g ? 1.5
                    : 0), 3));
            }
        }

        new FeatureTable([.. Gtzan57.Columns], rows, new(rows.Count, Gtzan57.Columns.Count, [.. values])).Write(path);
        return path;
    }

    private static Recipe Network(string name) => RecipeCatalog.Get(name)
        .With("classifier.layers",
            "[{\"layer\":\"dense\",\"units\":4},{\"layer\":\"relu\"},{\"layer\":\"output\"}]").With("classifier.training.epochs",
            "1");

    private static string Recordings(string folder)
    {
        for (var g = 0; g < s_genres.Length; g++)
        {
            for (var t = 0; t < Tracks; t++)
            {
                var random = new RandomStream((ulong)t, s_genres[g]);
                var samples = new float[Rate / 2];
                for (var i = 0; i < samples.Length; i++)
                {
                    samples[i] = (float)(0.3 * Math.Sin(0.02 * (g + 1) * i) + 0.05 * (random.NextDouble() - 0.5));
                }

                var path = Path.Combine(folder, s_genres[g],
                    string.Create(CultureInfo.InvariantCulture, $"{s_genres[g]}.{t:00000}.wav"));
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                WavWriter.Write(path, new AudioSignal(samples, Rate));
            }
        }

        return folder;
    }
}
