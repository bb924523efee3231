using Engine.Classifiers;
using Engine.Classifiers.Numerics;
using Engine.Dsp;
using Engine.Pipeline.FrontEnds;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>The sets covariance, modulation and contrast, against NumPy 1.24 and SciPy 1.10 in double precision.</summary>
public class TimbreFeaturesTests
{
    // A sweep with tremolo, decaying notes and noise, 8 s.
    private static readonly float[] s_signal = Signal();

    private static float[] Signal()
    {
        var samples = new float[8 * PipelineCorpus.Rate];
        var state = 12345L;
        for (var i = 0; i < samples.Length; i++)
        {
            var t = i / (double)PipelineCorpus.Rate;
            state = (1103515245 * state + 12345) % (1L << 31);
            samples[i] = (float)(0.4 * Math.Sin(2 * Math.PI * (220 * t + 40 * t * t)) * (1 + Math.Sin(2 * Math.PI * 3 * t))
                + 0.2 * Math.Sin(2 * Math.PI * 1760 * t) * Math.Exp(-3 * (t % 0.25)) + 0.02 * (state / (double)(1 << 30) - 1));
        }

        return samples;
    }

    private static double[] Row(FeatureSpec spec, float[] samples) =>
        new FrontEnd(new(PipelineCorpus.Rate, spec)).Extract(samples, PipelineCorpus.Rate).Rows.Data;

    [Fact]
    public void Covariance_Signal_IsMeansAndLogarithmOfTheCovariance()
    {
        var row = Row(new CovarianceFeatures(), s_signal);
        Assert.Equal(13 + 26 * 27 / 2, row.Length);
        Close.Assert([-207.14672817, 17.29682261, -5.87731118], row.AsSpan(0, 3), 1e-3, 0, "means");
        var logs = row.AsSpan(13);
        Close.Assert([3.1292151, 2.8018753, 0.077132384, 0.061382585, 0.046963411, 2.7855102, 0.00083934619, -0.75065773],
            [logs[0], logs[1], logs[12], logs[13], logs[25], logs[26], logs[100], logs[350]], 1e-4, 0, "logarithms");
        Assert.Equal(15.2948773, Math.Sqrt(logs.ToArray().Sum(v => v * v)), 1e-4);
    }

    [Fact]
    public void Modulation_Signal_IsTheLogarithmOfTheVarianceInEachOctave()
    {
        var row = Row(new ModulationFeatures(), s_signal);
        Assert.Equal(100, row.Length);
        Close.Assert([1.6982251, 0.54503774, -0.58970572, 3.8228288, -3.6709877, -3.1119329],
            [row[0], row[2], row[4], row[7], row[50], row[99]], 1e-3, 0, "logarithms");
        Assert.Equal(31.4131612, Math.Sqrt(row.Sum(v => v * v)), 1e-3);
    }

    [Fact]
    public void Contrast_Signal_IsTheContrastOfTheSetOfAll()
    {
        var all = new FrontEnd(new(PipelineCorpus.Rate, new AllFeatures()));
        var spec = new ContrastFeatures();
        var names = new FrontEnd(new(PipelineCorpus.Rate, spec)).Columns;
        var rows = all.Extract(s_signal.AsSpan(0, 44_100), PipelineCorpus.Rate).Rows.Data;
        Assert.Equal(names.Select(n => rows[all.Columns.ToList().IndexOf(n)]), Row(spec, s_signal[..44_100]));
    }

    // A constant tone has a covariance near 0, whose logarithm only the ridge makes finite.
    [Fact]
    public void Covariance_ConstantTone_IsFinite()
    {
        var tone = Enumerable.Range(0, 44_100).Select(i => (float)Math.Sin(i * 0.1)).ToArray();
        Assert.All(Row(new CovarianceFeatures(), tone), v => Assert.InRange(v, -1e4, 1e4));
    }

    [Fact]
    public void UpperTriangle_OfAMatrix_IsScipysLogarithm()
    {
        var a = new FeatureMatrix(3, 3, [4, 1, 0.5, 1, 3, -1, 0.5, -1, 2]);
        var root = Math.Sqrt(2);
        Close.Assert([1.34460745, root * 0.3411521, root * 0.25156334, 0.9872579, root * -0.47073177, 0.59751342],
            MatrixLogarithm.UpperTriangle(a, 0.1), 1e-7);
        Close.Assert([Math.Log(0.5), 0, Math.Log(0.5)], MatrixLogarithm.UpperTriangle(new(2, 2, new double[4]), 0.5), 1e-15);
        Assert.Contains("must be square",
            Assert.Throws<EngineException>(() => MatrixLogarithm.UpperTriangle(new(2, 3), 1)).Message);
    }

    [Theory]
    [InlineData(512, 5)]
    [InlineData(100, 9)]
    [InlineData(9, 9)]
    public void WithDelta_BlockByBlock_IsTheDeltaOfTheWhole(int count, int width)
    {
        var features = new Frames<float>(count, 3);
        for (var i = 0; i < features.Data.Length; i++) features.Data[i] = (float)Math.Sin(i * i * 0.01);
        var delta = new Delta(width);
        var whole = delta.Compute(features);
        var reader = FrameReader.WithDelta(new FrameReader<float>(count, 3, 7,
            (first, frames) => features.Data.AsSpan(3 * first, frames.Length).CopyTo(frames)), delta);
        foreach (var (first, block) in reader.Blocks())
        {
            for (var t = 0; t < block.Length / 6; t++)
            {
                Assert.Equal(features[first + t], block.Span.Slice(6 * t, 3));
                Assert.Equal(whole[first + t], block.Span.Slice(6 * t + 3, 3));
            }
        }
    }

    [Theory]
    [InlineData("""{"set":"covariance","n_mfcc":200}""", "n_mfcc is 200; it must be from 1 to 128")]
    [InlineData("""{"set":"covariance","width":4}""", "width is 4; it must be odd")]
    [InlineData("""{"set":"covariance","ridge":0}""", "ridge is 0; it must be above 0")]
    [InlineData("""{"set":"modulation","octaves":6}""", "6 octaves from 0.5 Hz end at 32 Hz")]
    [InlineData("""{"set":"modulation","frames":16}""", "no frequency of 16 frames lies between 0.5 and 1 Hz")]
    public void FrontEnd_BadValue_IsNamed(string features, string part)
    {
        var error = PipelineCorpus.ErrorOf(() => _ = new FrontEnd(Engine.Pipeline.Recipes.Recipe.Parse(
            $$"""
            { "name": "x", "description": "d", "scaler": "none", "classifier": { "kind": "knn" },
              "front_end": { "sample_rate": 22050, "features": {{features}}, "segment": null } }
            """, "bad").FrontEnd));
        Assert.Contains(part, error);
        Assert.DoesNotContain('\n', error);
    }
}
