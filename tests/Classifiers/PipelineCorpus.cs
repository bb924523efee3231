using System.Globalization;
using Engine.Classifiers;
using Engine.Dsp;
using Engine.Dsp.Audio;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors;

namespace Engine.Tests.Classifiers;

/// <summary>Small labelled data for the pipeline's tests: recordings of three plain genres, and a feature table.</summary>
internal static class PipelineCorpus
{
    public const int Rate = 22050;

    /// <summary>A recipe of the published columns that trains in no time.</summary>
    public const string SmallNetwork = """
        {
          "name": "small", "description": "A small network.",
          "front_end": { "sample_rate": 22050, "features": { "set": "gtzan57" } },
          "scaler": "robust",
          "classifier": {
            "kind": "network",
            "layers": [ { "layer": "dense", "units": 8 }, { "layer": "relu" }, { "layer": "output" } ],
            "training": { "optimizer": { "kind": "adam" }, "batch": 8, "epochs": 4, "validation": 0.2 }
          }
        }
        """;

    public static readonly string[] Genres = ["drone", "hiss", "pulse"];

    /// <summary>Mono samples: a chord that beats, coloured noise, or clicks over a low tone.</summary>
    public static float[] Clip(string genre, int number, double seconds = 1)
    {
        var random = new RandomStream((ulong)number, genre);
        var samples = new float[(int)(seconds * Rate)];
        var pitch = 200 + 200 * random.NextDouble();
        var period = (int)(Rate * (0.1 + 0.1 * random.NextDouble()));
        float last = 0;
        for (var i = 0; i < samples.Length; i++)
        {
            var time = (double)i / Rate;
            var noise = (float)(random.NextDouble() - 0.5);
            last = 0.7f * last + noise;
            samples[i] = genre switch
            {
                "drone" => (float)(0.3 * Math.Sin(2 * Math.PI * pitch * time) + 0.2 * Math.Sin(2 * Math.PI * pitch * 1.5 * time))
                    + 0.02f * noise,
                "hiss" => 0.4f * last,
                _ => (float)(0.8 * Math.Exp(-(i % period) / 200.0) * Math.Sin(2 * Math.PI * pitch * 3 * time)) + 0.05f * noise,
            };
        }

        return samples;
    }

    /// <summary>
    /// Writes <paramref name="tracks"/> recordings of each genre; <paramref name="backwards"/> makes the files in the opposite
    /// order.
    /// </summary>
    public static string WriteAudio(string root, int tracks = 5, bool backwards = false)
    {
        var files = Genres.SelectMany(g => Enumerable.Range(0, tracks).Select(t => (Genre: g, Track: t))).ToList();
        if (backwards) files.Reverse();
        foreach (var (genre, track) in files)
        {
            Directory.CreateDirectory(Path.Combine(root, genre));
            WriteWav(Path.Combine(root, genre, $"{genre}.{track:00000}.wav"), Clip(genre, track));
        }

        return root;
    }

    public static void WriteWav(string path, float[] samples, int rate = Rate) =>
        WavWriter.Write(path, new AudioSignal(samples, rate));

    /// <summary>Writes a table of random features that lean to their genre, one line per track or per window.</summary>
    public static string WriteTable(
        string path, int tracks = 8, int windows = 0, Func<List<string>, IEnumerable<string>>? edit = null)
    {
        List<string> lines = [$"filename,length,{string.Join(',', Gtzan57.Columns)},label"];
        for (var g = 0; g < Genres.Length; g++)
        {
            for (var t = 0; t < tracks; t++)
            {
                var random = new RandomStream((ulong)t, Genres[g]);
                for (var w = 0; w < Math.Max(windows, 1); w++)
                {
                    var values = Gtzan57.Columns.Select(
                        (_, c) => (random.NextGaussian() + (c % Genres.Length == g ? 1.5 : 0)).ToString("R",
                            CultureInfo.InvariantCulture));
                    var window = windows > 0 ? $".{w}" : "";
                    lines.Add($"{Genres[g]}.{t:00000}{window}.wav,661794,{string.Join(',', values)},{Genres[g]}");
                }
            }
        }

        File.WriteAllLines(path, edit?.Invoke(lines) ?? lines);
        return path;
    }

    public static TrainingOptions Options(string data, string output, string recipe = "gtzan57-knn") =>
        new() { Data = data, Output = output, Recipe = RecipeCatalog.Get(recipe).With("classifier.k", "3"), Seed = 1 };

    /// <summary>The message of the error that <paramref name="action"/> must end in.</summary>
    public static string ErrorOf(Action action)
    {
        var error = Assert.Throws<EngineException>(action);
        Assert.InRange(error.Message.Split('\n').Length, 1, 2);
        return error.Message;
    }
}
