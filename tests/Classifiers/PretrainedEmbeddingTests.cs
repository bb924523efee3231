using Engine.Dsp.Numpy;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Importing;
using Engine.Pipeline.Pretrained;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>
/// From the samples of real clips to the embeddings of published networks, as PyTorch computes them with another resampler.
/// </summary>
public sealed class PretrainedEmbeddingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PretrainedTheory]
    [InlineData("efficientat-mn04", "efficientat-mn04-as", "pool", null, 10)]
    [InlineData("musicnn-msd", "musicnn-msd", "penultimate", 4.48, 20)]
    public void Clips_CorrelateWithTheStoredEmbeddings(string name, string file, string key, double? hop, int step)
    {
        if (GtzanFactAttribute.Folder.Length == 0) return;
        var description = DescriptionCatalog.Get(name);
        using (var network = description.Build(name))
        {
            var import = WeightsImport.Run(Path.Combine(PretrainedFactAttribute.Folder, $"{file}.safetensors"), description,
                network, CancellationToken.None);
            import.Write(_folder["weights.safetensors"]);
        }

        var stored = NpzFile.Read(Path.Combine(PretrainedFactAttribute.Folder, $"{file}.gtzan100.npz"));
        var (names, values) = ((string[])stored["names"].Data, (float[])stored[key].Data);
        var width = values.Length / names.Length;
        var frontEnd = new FrontEnd(new(description.FrontEnd.SampleRate,
            new EmbeddingFeatures(_folder["weights.safetensors"], Hop: hop)));
        // Beginning with the one that depends most on where its windows lie.
        int[] chosen = [Array.FindIndex(names, n => n.Contains("hiphop.00044")),
            .. Enumerable.Range(0, names.Length).Where(i => i % step == 0)];
        foreach (var i in chosen)
        {
            var clip = Path.Combine(GtzanFactAttribute.Folder, "clips", names[i].Split('.')[0], $"{names[i]}.wav");
            var found = frontEnd.ExtractFile(clip).Features.Rows.Row(0).ToArray();
            Assert.True(Correlation(found, values.AsSpan(i * width, width)) > 0.999, names[i]);
        }
    }

    private static double Correlation(double[] a, ReadOnlySpan<float> b)
    {
        var (meanA, meanB) = (a.Average(), b.ToArray().Average(v => (double)v));
        var (ab, aa, bb) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            ab += (a[i] - meanA) * (b[i] - meanB);
            aa += (a[i] - meanA) * (a[i] - meanA);
            bb += (b[i] - meanB) * (b[i] - meanB);
        }

        return ab / Math.Sqrt(aa * bb);
    }
}
