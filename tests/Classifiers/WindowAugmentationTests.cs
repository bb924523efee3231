using Engine.Pipeline.FrontEnds;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public class WindowAugmentationTests
{
    private static readonly FrontEnd s_frontEnd =
        WindowSets.FrontEnd(new JoinedFeatures([new MelFrames(256, 400, 12), new MelPicture(256, 200, 16, 30, 20)]));

    private static readonly FrontEnd s_wave = WindowSets.FrontEnd(new Wave());

    [Fact]
    public void Apply_SameStream_GivesTheSameBits()
    {
        var spec = new AugmentationSpec(0.3, 0.3, 0.5, 6, 0.1);
        var (first, again, other) = (Run(s_frontEnd, spec, 1), Run(s_frontEnd, spec, 1), Run(s_frontEnd, spec, 2));
        for (var input = 0; input < 2; input++)
        {
            Assert.Equal(first[input], again[input]);
            Assert.NotEqual(first[input], other[input]);
        }
    }

    [Fact]
    public void Apply_EverythingOff_ChangesNothing()
    {
        foreach (var frontEnd in (FrontEnd[])[s_frontEnd, s_wave])
        {
            foreach (var (expected, actual) in Inputs(frontEnd).Zip(Run(frontEnd, new(), 1))) Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void Apply_FurtherInputs_AreLeftAlone()
    {
        Memory<float>[] inputs = [.. Inputs(s_wave).Select(i => i.AsMemory()), new float[] { 1, 2, 3 }];
        new Augmentation(new(0.3, 0, 0.5, 6, 0.1), s_wave).Apply(inputs, new RandomStream(1, "a"));
        Assert.Equal([1f, 2f, 3f], inputs[1].ToArray());
    }

    [Fact]
    public void TimeMask_BlanksOneStretchWithinItsShareAtTheSamePlaceOfAllInputs()
    {
        var widths = new List<double>();
        for (ulong seed = 0; seed < 60; seed++)
        {
            var (before, after) = (Inputs(s_frontEnd), Run(s_frontEnd, new(TimeMask: 0.4), seed));
            double[] places = [.. Enumerable.Range(0, 2)
                .Select(input => Masked(s_frontEnd.WindowSizes[input], before[input], after[input], rows: false, 0.4, widths))];
            if (places.Min() > 0) Assert.InRange(places[1] - places[0], -0.1, 0.1);
        }

        Assert.True(widths.Min() < 0.1 && widths.Max() > 0.3);
    }

    [Fact]
    public void FrequencyMask_BlanksOneBandWithinItsShare()
    {
        var widths = new List<double>();
        for (ulong seed = 0; seed < 60; seed++)
        {
            var (before, after) = (Inputs(s_frontEnd), Run(s_frontEnd, new(FrequencyMask: 0.5), seed));
            for (var input = 0; input < 2; input++)
                Masked(s_frontEnd.WindowSizes[input], before[input], after[input], rows: true, 0.5, widths);
        }

        Assert.True(widths.Min() < 0.1 && widths.Max() > 0.4);
    }

    [Fact]
    public void Crop_RotatesTimeByAtMostItsShare()
    {
        var shifts = new List<int>();
        for (ulong seed = 0; seed < 40; seed++)
        {
            var (before, after) = (Inputs(s_wave)[0], Run(s_wave, new(Crop: 0.25), seed)[0]);
            var limit = WindowSets.Samples / 4;
            var shift = Enumerable.Range(-limit, 2 * limit + 1)
                .Single(s => Enumerable.Range(0, 50).All(i => after[i] == before[(i - s + before.Length) % before.Length]));
            for (var i = 0; i < after.Length; i++) Assert.Equal(before[(i - shift + before.Length) % before.Length], after[i]);
            shifts.Add(shift);
        }

        Assert.True(shifts.Min() < -1000 && shifts.Max() > 1000);
        var (mel, moved) = (Inputs(s_frontEnd)[0], Run(s_frontEnd, new(Crop: 1), 3)[0]);
        for (var bin = 0; bin < 12; bin++)
            Assert.Equal(mel.AsSpan(bin * 23, 23).ToArray().Order(), moved.AsSpan(bin * 23, 23).ToArray().Order());
    }

    [Fact]
    public void GainDb_ChangesTheLevelInTheWindowsUnit()
    {
        var clip = PipelineCorpus.Clip("hiss", 3, WindowSets.Segment);
        FeatureSpec[] specs =
        [
            new Wave(), new MelFrames(256, 400, 12, TopDecibels: null), new MelFrames(256, 400, 12, Log: LogScale.Ln),
            new MelFrames(256, 400, 12, Log: LogScale.None),
            new MelFrames(256, 400, 12, Power: 1, Log: LogScale.Ln), new StftFrames(200, 500, LogScale.None),
            new PsfLogMelFrames(512, 256, 512, 24),
        ];
        foreach (var spec in specs)
        {
            var frontEnd = WindowSets.FrontEnd(spec);
            var actual = Run(frontEnd, new(GainDb: 12), 5, clip)[0];
            var gain = 12 * (2 * SecondDraw(5) - 1);
            Assert.True(Math.Abs(gain) > 1);
            var louder = Array.ConvertAll(clip, s => (float)(s * Math.Pow(10, gain / 20)));
            Close.Assert(frontEnd.Extract(louder, PipelineCorpus.Rate).Windows[0].Values, actual, 1e-3, 1e-4, spec.ToString());
        }
    }

    [Fact]
    public void Noise_IsNormalWithItsDeviationAndKeepsPicturesInRange()
    {
        var (before, after) = (Inputs(s_wave)[0], Run(s_wave, new(Noise: 0.2), 1)[0]);
        var noise = after.Zip(before, (a, b) => (double)a - b).ToArray();
        var mean = noise.Average();
        Assert.InRange(mean, -0.01, 0.01);
        Assert.InRange(Math.Sqrt(noise.Average(v => v * v)), 0.195, 0.205);
        Assert.InRange(noise.Count(v => Math.Abs(v) < 0.2) / (double)noise.Length, 0.66, 0.70);
        Assert.InRange(noise.Average(v => Math.Pow(v / 0.2, 4)), 2.7, 3.3);
        Assert.All(Run(s_frontEnd, new(Noise: 0.5), 1)[1], v => Assert.InRange(v, 0, 1));
    }

    [Fact]
    public void Apply_OneSwitchedOff_LeavesTheOthersAsTheyWere()
    {
        var (both, crop) = (Run(s_wave, new(TimeMask: 0.5, Crop: 0.3), 7)[0], Run(s_wave, new(Crop: 0.3), 7)[0]);
        Assert.InRange(both.Zip(crop).Count(p => p.First == p.Second) / (double)crop.Length, 0.49, 0.999);
    }

    // The share of the axis where the mask begins; checks that it is one stretch of each channel's mean.
    private static double Masked(
        IReadOnlyList<int> sizes, float[] before, float[] after, bool rows, double share, List<double> widths)
    {
        var (bins, frames) = (sizes[1], sizes[2]);
        var size = rows ? bins : frames;
        var changed = new SortedSet<int>();
        for (var i = 0; i < after.Length; i++)
        {
            if (before[i] != after[i]) changed.Add(rows ? i / frames % bins : i % frames);
        }

        widths.Add(changed.Count / (double)size);
        if (changed.Count == 0) return -1;
        Assert.Equal(changed.Count, changed.Max - changed.Min + 1);
        Assert.True(changed.Count <= share * size + 0.5);
        for (var channel = 0; channel < sizes[0]; channel++)
        {
            var mean = before.AsSpan(channel * bins * frames, bins * frames).ToArray().Average(v => (double)v);
            foreach (var place in changed)
            {
                for (var k = 0; k < (rows ? frames : bins); k++)
                {
                    var i = channel * bins * frames + (rows ? place * frames + k : k * frames + place);
                    Assert.Equal((float)mean, after[i]);
                }
            }
        }

        return changed.Min / (double)size;
    }

    private static double SecondDraw(ulong seed)
    {
        var stream = new RandomStream(seed, "augmentation");
        stream.NextDouble();
        return stream.NextDouble();
    }

    private static float[][] Inputs(FrontEnd frontEnd, float[]? clip = null) =>
        [.. frontEnd.Extract(clip ?? PipelineCorpus.Clip("hiss", 3, WindowSets.Segment), PipelineCorpus.Rate)
            .Windows.Select(w => w.Values)];

    private static float[][] Run(FrontEnd frontEnd, AugmentationSpec spec, ulong seed, float[]? clip = null)
    {
        var inputs = Inputs(frontEnd, clip);
        new Augmentation(spec, frontEnd).Apply([.. inputs.Select(i => i.AsMemory())], new RandomStream(seed, "augmentation"));
        return inputs;
    }
}
