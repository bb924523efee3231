using Engine.Classifiers;
using Engine.Pipeline.Checking;
using Engine.Pipeline.Data;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Tests.Classifiers;
using Engine.Tests.Embedding;

namespace Engine.Tests.Cli.Checking;

/// <summary>The line that <c>engine train</c> prints about its data.</summary>
public class CheckSummaryTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>
{
    [Fact]
    public void Train_Corpus_PrintsTheLine()
    {
        var output = string.Join(' ', corpus.TrainOutput.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(" check 10 genres have fewer than 10 tracks, 50 shorter than 10 s", output);
        Assert.Contains($"; engine check {corpus.Corpus} tells more", output);
    }

    [Fact]
    public void Summary_OfTables_NamesCopiesAndSizes()
    {
        Assert.Null(Summary(12, 12));
        Assert.Equal("genre rock has 3 tracks", Summary(12, 3));
        Assert.Equal("genre blues has 1 track, genre rock has 9 tracks", Summary(1, 9));
        Assert.Equal("blues has 111 tracks, rock 11", Summary(111, 11));
        Assert.Equal("2 duplicates across genres", Summary(12, 12, copies: 2));
    }

    [Theory]
    [InlineData(10.1, false)]
    [InlineData(9.6, true)]
    public void Summary_OfWindows_CountsRecordings(double seconds, bool isBrief)
    {
        var spec = EmbeddingModels.Windows.FrontEnd;
        var examples = new[] { "hiss", "drone" }
            .Select(g => TrainingExample.OfSamples(PipelineCorpus.Clip(g, 0, seconds), PipelineCorpus.Rate, g)).ToArray();
        var rows = LabelledRows.Of(examples, new FrontEnd(spec), new());
        Assert.True(rows.Rows.Count > 10);
        Assert.Equal(isBrief, CheckSummary.Of(rows, spec.SampleRate, spec.HopSamples)!.Contains("2 shorter than 10 s"));
    }

    [Fact]
    public void BandLimits_OddAndHalved_AreLimited()
    {
        // A twentieth may be odd; all others fill 10 kHz.
        var bands = new BandLimits(
            [.. Enumerable.Repeat(20_000.0, 60), .. Enumerable.Repeat(10_000.0, 36), 5000, 6000, 7000, 7900]);
        Assert.Equal(16_000, bands.Usual);
        Assert.True(bands.IsLimited(7999));
        Assert.False(bands.IsLimited(8000));
        // Where many are narrow, half of the usual band counts.
        Assert.True(new BandLimits([.. Enumerable.Repeat(22_050.0, 7), 4000, 4000, 4000]).IsLimited(4000));
        Assert.False(new BandLimits([4000, 4000, 4000]).IsLimited(4000));
    }

    private static string? Summary(int blues, int rock, int copies = 0)
    {
        var rows = Enumerable.Range(0, blues + rock)
            .Select(i => new FeatureTableRow($"{i}", null, i < blues ? "blues" : "rock", $"{i}") { HasId = true }).ToArray();
        var values = new FeatureMatrix(rows.Length, 1, [.. rows.Select((_, i) => (double)(i < blues + copies && i >= blues
            ? i - blues : i))]);
        return CheckSummary.Of(LabelledRows.OfTable("t", new FeatureTable(["a"], rows, values), null), 22050);
    }
}
