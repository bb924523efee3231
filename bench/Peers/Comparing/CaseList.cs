using Engine.Peers.Networks;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Networks;
using Engine.Pipeline.Recipes;

namespace Engine.Peers.Comparing;

/// <summary>The cases of the comparison: shapes of the recipes, and a few square ones.</summary>
internal static class CaseList
{
    private const int Elements = 16 * 1024 * 1024;
    private const string Images = "20,16,396,396";
    private const string Mel = "128,64,62,64";

    private static readonly Lazy<IReadOnlyList<(Recipe Recipe, RecipeSummary Summary)>> s_recipes = new(() =>
    [
        .. RecipeCatalog.Names.Select(RecipeCatalog.Get).Where(r => r.Classifier is NetworkSpec)
            .Select(r => (r, RecipeSummary.Of(r))).OrderBy(r => r.Item2.Batch * r.Item2.Network.MultiplyAdds),
    ]);

    public static IReadOnlyList<string> Groups { get; } =
        ["step", "infer", "conv", "lstm", "matmul", "map", "layout", "norm", "fft"];

    /// <summary>All cases of a group.</summary>
    public static IEnumerable<ComparedCase> Of(string group, int threads) => group switch
    {
        "step" => Recipes.Select(r => Step(r.Recipe, r.Summary, threads)),
        "infer" => ((int[])[1, 32]).SelectMany(batch => Recipes.Select(r => Infer(r.Recipe, r.Summary, batch, threads))),
        "conv" => Convolutions(threads),
        "lstm" => [Lstm(threads, 64, 400, 1200, 400, 400)],
        "matmul" => Distinct(threads, 1).SelectMany(Products),
        "map" => Maps(threads),
        "layout" => Distinct(threads, 1).SelectMany(Permutations),
        "norm" => Norms(threads),
        "fft" => Transforms(threads),
        _ => throw new ArgumentException($"no group is called {group}"),
    };

    /// <summary>The recipes with a network, in the order of a training step's work.</summary>
    public static IReadOnlyList<(Recipe Recipe, RecipeSummary Summary)> Recipes => s_recipes.Value;

    private static IEnumerable<int> Distinct(params int[] threads) => threads.Distinct();

    private static ComparedCase Step(Recipe recipe, RecipeSummary summary, int threads)
    {
        var (name, work) = ($"{recipe.Name}, batch {summary.Batch}", 2.0 * WorkCount.Of(recipe, summary, summary.Batch).Step);
        return Network(recipe, new(
            "step", "Training step", name, $"recipe {recipe.Name},{summary.Batch}", threads, work, Resource.Arithmetic));
    }

    private static ComparedCase Infer(Recipe recipe, RecipeSummary summary, int batch, int threads)
    {
        var (name, work) = ($"{recipe.Name}, batch {batch}", 2.0 * WorkCount.Of(recipe, summary, batch).Forward);
        return Network(recipe, new("infer", $"Inference, batch {batch}", name, $"infer {recipe.Name},{batch}", threads, work,
            Resource.Arithmetic)
        { HasOnnxRuntime = true });
    }

    private static ComparedCase Network(Recipe recipe, ComparedCase row)
    {
        var spec = (NetworkSpec)recipe.Classifier;
        LayerSpec[] layers = [.. spec.Layers, .. (spec.Branches ?? []).SelectMany(b => b)];
        return row with
        {
            Layouts = layers.Any(l => l is Conv1dSpec or Conv2dSpec) ? ComparedCase.AllLayouts : ComparedCase.PlainOnly,
            MeetsDenormals = layers.Any(l => l is RecurrentSpec),
        };
    }

    private static IEnumerable<ComparedCase> Convolutions(int threads)
    {
        yield return Of("cs464-conv2d 1: 3 → 16, 3×3 on 400×400, batch 20", 20, 3, 400, 400, 16, 3, 3, 1, false);
        yield return Of("cs464-conv2d 2: 16 → 16, 3×3 on 398×398", 20, 16, 398, 398, 16, 3, 3, 1, true);
        yield return Of("cs464-conv2d 3: 16 → 16, 3×3 on 198×198", 20, 16, 198, 198, 16, 3, 3, 1, true);
        yield return Of("cs464-conv2d 4: 16 → 16, 3×3 on 98×98", 20, 16, 98, 98, 16, 3, 3, 1, true);
        yield return Of("cs464-conv1d-raw 1: 1 → 8, 27/2 on 551,250, batch 10", 10, 1, 1, 551_250, 8, 1, 27, 2, false);
        yield return Of("cs464-conv1d-raw 2: 8 → 16, 52 on 68,903", 10, 8, 1, 68_903, 16, 1, 52, 1, true);
        yield return Of("cs464-conv1d-raw 3: 16 → 48, 97/2 on 8,606", 10, 16, 1, 8_606, 48, 1, 97, 2, true);
        yield return Of("cs464-conv1d-raw 4: 48 → 128, 127 on 1,063", 10, 48, 1, 1_063, 128, 1, 127, 1, true);
        yield return Of("cs464-conv1d-mel 1: 1200 → 8, 8 on 400, batch 70", 70, 1200, 1, 400, 8, 1, 8, 1, false);
        yield return Of("aiml-cnn 1: 1 → 32, 4×4 on 64×1,292, batch 32", 32, 1, 64, 1_292, 32, 4, 4, 1, false);
        yield return Of("aiml-cnn 2: 32 → 32, 3×3 on 30×644", 32, 32, 30, 644, 32, 3, 3, 1, true);
        yield return Of("mel 1: 1 → 32, 3×3 on 128×130, batch 128", 128, 1, 128, 130, 32, 3, 3, 1, false);
        yield return Of("mel 2: 32 → 64, 3×3 on 63×64", 128, 32, 63, 64, 64, 3, 3, 1, true);
        yield return Of("mel 3: 64 → 128, 3×3 on 30×31", 128, 64, 30, 31, 128, 3, 3, 1, true);

        // Forward, the weights' gradient, and the input's if it is wanted.
        ComparedCase Of(string label, int n, int c, int h, int w, int filters, int kh, int kw, int stride, bool gradient)
        {
            var (rows, columns) = (h > 1 ? (h - kh) / stride + 1 : 1, (w - kw) / stride + 1);
            var work = 2.0 * (gradient ? 3 : 2) * n * filters * rows * columns * c * kh * kw;
            return new("conv", "Convolution, forward and backward", label,
                $"conv {n},{c},{h},{w},{filters},{kh},{kw},{stride},{(gradient ? 1 : 0)}", threads, work, Resource.Arithmetic)
            { Layouts = ComparedCase.AllLayouts };
        }
    }

    private static ComparedCase Lstm(int threads, int n, int steps, params int[] units)
    {
        var work = 0.0;
        for (var i = 1; i < units.Length; i++)
            work += 2.0 * n * steps * 4 * units[i] * (units[i - 1] * (i > 1 ? 3.0 : 2) + 3.0 * units[i]);
        return new("lstm", "LSTM, forward and backward", $"{steps} steps, {string.Join(" → ", units)}, batch {n}",
            $"lstm {n},{steps},{string.Join(',', units)}", threads, work, Resource.Arithmetic)
        { MeetsDenormals = true };
    }

    private static IEnumerable<ComparedCase> Products(int threads)
    {
        (int M, int K, int N)[] shapes =
        [
            .. ((int[])[256, 512, 768, 1024, 2048]).Select(s => (s, s, s)),
            (64, 1200, 1600), (20, 36_864, 120), (800, 129_600, 800),
        ];
        foreach (var (m, k, n) in shapes)
        {
            // The last is a product with its own transpose, of which half would do; both sides compute all of it.
            var transposed = k == 129_600;
            yield return new("matmul", $"Matrix product, {Count(threads)}",
                $"{m}×{k} · {(transposed ? "its transpose" : $"{k}×{n}")}",
                $"matmul {m},{k},{n},{(transposed ? "t" : "n")}", threads, 2.0 * m * k * n, Resource.Arithmetic);
        }
    }

    private static IEnumerable<ComparedCase> Maps(int threads)
    {
        const string section = "Element-wise and reductions, 16 M elements";
        foreach (var name in (string[])["add", "mul", "relu", "exp", "sigmoid", "tanh", "gelu"])
        {
            yield return new("map", section, name, $"map {name},{Elements}", threads,
                4.0 * (name is "add" or "mul" ? 3 : 2) * Elements, Resource.Memory);
        }

        foreach (var (name, label) in ((string, string)[])[("sum", "sum of all"), ("sum-rows", "sum of rows [4096, 4096]"),
            ("sum-columns", "sum of columns"), ("mean", "mean of all"), ("max", "maximum of all"),
            ("max-rows", "maximum of rows")])
        {
            yield return new("map", section, label, $"reduce {name},{Elements}", threads, 4.0 * Elements, Resource.Memory);
        }
    }

    private static IEnumerable<ComparedCase> Permutations(int threads)
    {
        foreach (var (sizes, order) in ((int[], int[])[])[([4096, 4096], [1, 0]), ([1000, 1003], [1, 0]),
            ([64, 400, 1200], [1, 0, 2]), ([64, 400, 1200], [0, 2, 1]), ([20, 16, 200, 200], [0, 2, 3, 1]),
            ([20, 200, 200, 16], [0, 3, 1, 2])])
        {
            yield return new("layout", $"Axes in another order, copied, {Count(threads)}",
                $"[{string.Join(", ", sizes)}] → [{string.Join(", ", order.Select(o => sizes[o]))}]",
                $"permute {string.Join(',', sizes)},{string.Join(',', order)}", threads, 8.0 * Product(sizes), Resource.Memory);
        }
    }

    private static IEnumerable<ComparedCase> Norms(int threads)
    {
        foreach (var sizes in (string[])["16384,1024", "1000000,10"])
            yield return Of("softmax", sizes, "softmax", 20, ComparedCase.PlainOnly);
        foreach (var sizes in (string[])[Images, Mel])
            yield return Of("batch norm", sizes, "batchnorm", 32, ["plain", "channels-last"]);
        yield return Of("max pool 2×2", Images, "maxpool", 10, ComparedCase.AllLayouts);
        yield return Of("average pool 2×2", Images, "avgpool", 10, ComparedCase.AllLayouts);

        ComparedCase Of(string label, string sizes, string request, double bytes, IReadOnlyList<string> layouts) =>
            new("norm", "Softmax, batch norm and pooling, forward and backward", $"{label} [{sizes.Replace(",", ", ")}]",
                $"{request} {sizes}", threads, bytes * Product([.. sizes.Split(',').Select(int.Parse)]), Resource.Memory)
            { Layouts = layouts };
    }

    private static IEnumerable<ComparedCase> Transforms(int threads)
    {
        const int length = 2048, frames = 1292;
        // Of a real transform by half a complex one; a window's product is small beside it.
        const double work = 2.5 * length * 11;
        yield return Of("rfft 2048, one a call", $"rfft {length},1", 1, work);
        foreach (var n in Distinct(1, threads))
        {
            yield return Of($"rfft 2048 × {frames}", $"rfft {length},{frames}", n, work * frames);
            yield return Of("stft of 30 s, 2048/512", "stft 661500", n, work * frames);
        }

        static ComparedCase Of(string label, string request, int threads, double work) =>
            new("fft", "Fourier transforms", label, request, threads, work, Resource.Arithmetic);
    }

    private static double Product(int[] sizes) => sizes.Aggregate(1.0, (product, size) => product * size);

    private static string Count(int threads) => threads == 1 ? "one thread" : $"{threads} threads";
}
