using Engine.Classifiers.Knn;
using Engine.Dsp;
using Engine.Pipeline.FrontEnds;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public class PipelineFrontEndTests
{
    [Fact]
    public void Extract_EverySet_NamesEachFiniteColumn()
    {
        var samples = PipelineCorpus.Clip("pulse", 1, seconds: 6);
        foreach (var (name, spec) in FeatureSpec.Named)
        {
            var frontEnd = new FrontEnd(new(PipelineCorpus.Rate, spec));
            var rows = frontEnd.Extract(samples, PipelineCorpus.Rate).Rows;
            Assert.Equal((1, frontEnd.Columns.Count), (rows.Rows, rows.Columns));
            Assert.Equal(frontEnd.Columns.Count, frontEnd.Columns.Distinct().Count());
            Assert.True(rows.Data.Distinct().Count() > rows.Columns / 2, name);
        }
    }

    [Fact]
    public void Extract_ShortestAudio_WorksAndOneSampleLessDoesNot()
    {
        foreach (var spec in FeatureSpec.Named.Values.Append(new PsfGaussianFeatures(WindowSeconds: 0.02)))
        {
            var frontEnd = new FrontEnd(new(PipelineCorpus.Rate, spec));
            var samples = PipelineCorpus.Clip("hiss", 1, seconds: 6)[..frontEnd.MinimumSamples];
            Assert.Equal(1, frontEnd.Extract(samples, PipelineCorpus.Rate).Rows.Rows);
            Assert.Contains($"at least {samples.Length}",
                PipelineCorpus.ErrorOf(() => frontEnd.Extract(samples.AsSpan(1), PipelineCorpus.Rate)));
        }
    }

    [Fact]
    public void Extract_Mfcc_IsMeanAndVarianceOverFrames()
    {
        var samples = PipelineCorpus.Clip("drone", 3);
        var row = new FrontEnd(new(PipelineCorpus.Rate, new MfccFeatures(Coefficients: 5))).Extract(samples, PipelineCorpus.Rate)
            .Rows.Data;
        var frames = new Mfcc(new MfccOptions { Coefficients = 5 }).Compute(samples);
        for (var n = 0; n < 5; n++)
        {
            var values = Enumerable.Range(0, frames.Count).Select(t => (double)frames[t][n]).ToArray();
            var mean = values.Average();
            Close.Assert([mean, values.Average(v => (v - mean) * (v - mean))], row.AsSpan(2 * n, 2), 0, 1e-12);
        }
    }

    // Five of the descriptors are columns of the published table, too: joined, they are left out of one.
    [Fact]
    public void Extract_DescriptorsJoined_AddOnsets()
    {
        var samples = PipelineCorpus.Clip("pulse", 2);
        var published = new FrontEnd(new(PipelineCorpus.Rate, new Gtzan57Features()));
        var joined = new FrontEnd(new(PipelineCorpus.Rate, new JoinedFeatures(
            [new Gtzan57Features(["spectral_", "rolloff", "rms", "zero_crossing_rate"]), new DescriptorFeatures()])));
        Assert.Equal(["onset_strength_mean", "onset_strength_var"], joined.Columns.Except(published.Columns));
        Assert.Empty(published.Columns.Except(joined.Columns));
        var row = joined.Extract(samples, PipelineCorpus.Rate).Rows.Data;
        var onsets = OnsetStrength.Of(samples, PipelineCorpus.Rate).Select(v => (double)v).ToArray();
        var mean = onsets.Average();
        Close.Assert([mean, onsets.Average(v => (v - mean) * (v - mean))], row.AsSpan(row.Length - 2), 0, 1e-12);
        Assert.Contains("'rms_mean'", PipelineCorpus.ErrorOf(() => _ = new FrontEnd(
            new(PipelineCorpus.Rate, new JoinedFeatures([new Gtzan57Features(["spectral_"]), new DescriptorFeatures()])))));
    }

    [Fact]
    public void Extract_Gaussian_IsMeanAndSampleCovariance()
    {
        var samples = PipelineCorpus.Clip("hiss", 3);
        var spec = new PsfGaussianFeatures(WindowSeconds: 0.02, Coefficients: 3, AppendEnergy: false);
        var frontEnd = new FrontEnd(new(PipelineCorpus.Rate, spec));
        var frames = new PythonSpeechFeatures(new PythonSpeechFeaturesOptions
        {
            SampleRate = PipelineCorpus.Rate,
            WindowSeconds = 0.02,
            Coefficients = 3,
            FftSize = 512,
            AppendEnergy = false,
        }).Mfcc(samples);
        double Mean(int i) => Enumerable.Range(0, frames.Count).Average(t => (double)frames[t][i]);
        double Covariance(int i, int j) =>
            Enumerable.Range(0, frames.Count).Sum(t => (frames[t][i] - Mean(i)) * (frames[t][j] - Mean(j))) / (frames.Count - 1);
        double[] expected = [Mean(0), Mean(1), Mean(2), Covariance(0, 0), Covariance(0, 1), Covariance(0, 2), Covariance(1, 1),
            Covariance(1, 2), Covariance(2, 2)];
        var row = frontEnd.Extract(samples, PipelineCorpus.Rate).Rows.Data;
        Close.Assert(expected, row, 1e-12, 1e-10);
        Assert.Equal(["mfcc1_mean", "mfcc2_mean", "mfcc3_mean", "mfcc1_mfcc1_cov", "mfcc1_mfcc2_cov", "mfcc1_mfcc3_cov",
            "mfcc2_mfcc2_cov", "mfcc2_mfcc3_cov", "mfcc3_mfcc3_cov"], frontEnd.Columns);
        Assert.Equal(GaussianDivergence.Columns(3), row.Length);
    }

    [Fact]
    public void Extract_Segments_AreTheRowsOfTheirParts()
    {
        var samples = PipelineCorpus.Clip("pulse", 2);
        var rows = new FrontEnd(new(PipelineCorpus.Rate, new Gtzan57Features(), 0.4)).Extract(samples, PipelineCorpus.Rate);
        var whole = new FrontEnd(new(PipelineCorpus.Rate, new Gtzan57Features()));
        Assert.Equal((8820, 2), (rows.Length, rows.Rows.Rows));
        for (var r = 0; r < 2; r++)
        {
            Assert.Equal(whole.Extract(samples.AsSpan(r * 8820, 8820), PipelineCorpus.Rate).Rows.Data, rows.Rows.Row(r)
                .ToArray());
        }
    }

    [Fact]
    public void Extract_AnotherRate_IsResampledFirst()
    {
        var frontEnd = new FrontEnd(new(16000, new MfccFeatures()));
        Assert.Equal(16000, frontEnd.Extract(PipelineCorpus.Clip("drone", 0), PipelineCorpus.Rate).Length);
    }
}
