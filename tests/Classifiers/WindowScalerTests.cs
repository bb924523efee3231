using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public sealed class WindowScalerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WindowStore _store;
    private readonly int[] _rows;

    public WindowScalerTests()
    {
        var spec = new FrontEndSpec(PipelineCorpus.Rate,
            new JoinedFeatures([new MelFrames(256, 400, 12), new MelPicture(256, 200, 16, 30, 20)]), 0.15, 0.05);
        _store = LabelledRows.Load(PipelineCorpus.WriteAudio(_folder["data"], 3), new FrontEnd(spec), new()).Windows!;
        _rows = [.. Enumerable.Range(0, _store.Rows).Where(r => r % 3 != 1).Reverse()];
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(WindowScalerKind.All)]
    [InlineData(WindowScalerKind.Channel)]
    [InlineData(WindowScalerKind.Bin)]
    public void Apply_AfterFit_MatchesNaiveMeanAndDeviation(WindowScalerKind kind)
    {
        var scaler = Fitted(kind);
        for (var input = 0; input < 2; input++)
        {
            var windows = _rows.Select(r => Read(r, input)).ToArray();
            var sizes = _store.Sizes[input];
            var groups = kind switch
            {
                WindowScalerKind.All => 1,
                WindowScalerKind.Channel => sizes[0],
                _ =>
                sizes[0] * sizes[1]
            };
            var length = windows[0].Length / groups;
            var (actual, expected) = (Read(4, input), Array.ConvertAll(Read(4, input), v => (double)v));
            scaler.Apply(input, actual);
            for (var g = 0; g < groups; g++)
            {
                var values = windows.SelectMany(w => w.Skip(g * length).Take(length)).Select(v => (double)v).ToArray();
                var mean = values.Average();
                var deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
                for (var i = g * length; i < (g + 1) * length; i++)
                    expected[i] = (expected[i] - mean) / (deviation < 1e-9 ? 1 : deviation);
            }

            // The mean is rounded to single precision, half an ulp of 100 dB, and the deviation may be well below 1.
            Close.Assert(expected, Array.ConvertAll(actual, v => (double)v), 4e-5, 1e-5, $"input {input}");
        }
    }

    [Fact]
    public void Fit_AnyThreads_GivesTheSameBits()
    {
        var expected = Fitted(WindowScalerKind.Bin, 1).SaveState();
        foreach (var threads in (int[])[0, 2, 5])
        {
            var state = Fitted(WindowScalerKind.Bin, threads).SaveState();
            Assert.Equal(["0.deviation", "0.mean", "1.deviation", "1.mean"], state.Keys.Order());
            Assert.All(state, t => Assert.Equal((double[])expected[t.Key].Data, (double[])t.Value.Data));
        }
    }

    [Fact]
    public void Fit_OtherRows_GivesOtherStatistics()
    {
        var all = new WindowScaler(WindowScalerKind.All, _store.Sizes);
        all.Fit(_store, [.. Enumerable.Range(0, _store.Rows)]);
        Assert.NotEqual((double[])Fitted(WindowScalerKind.All).SaveState()["0.mean"].Data,
            (double[])all.SaveState()["0.mean"].Data);
    }

    [Fact]
    public void Fit_ValuesThatDoNotVary_AreOnlyCentred()
    {
        var silent = new float[2 * PipelineCorpus.Rate];
        silent[^1] = 0.1f;
        Directory.CreateDirectory(_folder["flat", "a"]);
        PipelineCorpus.WriteWav(_folder["flat", "a", "a.00000.wav"], silent);
        var store = LabelledRows.Load(_folder["flat"], new FrontEnd(new(PipelineCorpus.Rate, new MelFrames(256, 400, 12), 0.2)),
            new()).Windows!;
        var scaler = new WindowScaler(WindowScalerKind.Bin, store.Sizes);
        scaler.Fit(store, [0, 1, 2]);
        Assert.Equal(Enumerable.Repeat(1.0, 12), (double[])scaler.SaveState()["0.deviation"].Data);
        var window = new float[store.Sizes[0].Aggregate((a, b) => a * b)];
        store.Read(0, 0, window);
        scaler.Apply(0, window);
        Assert.All(window, v => Assert.Equal(0, v));
    }

    [Fact]
    public void LoadState_WhatSaveStateGave_ScalesAlike()
    {
        var scaler = Fitted(WindowScalerKind.Channel);
        var loaded = new WindowScaler(WindowScalerKind.Channel, _store.Sizes);
        loaded.LoadState(scaler.SaveState());
        var (expected, actual) = (Read(0, 1), Read(0, 1));
        scaler.Apply(1, expected);
        loaded.Apply(1, actual);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void LoadState_WhatDoesNotFit_IsNamed()
    {
        var state = Fitted(WindowScalerKind.Channel).SaveState();
        string Error(Action<Dictionary<string, StoredTensor>> change)
        {
            var changed = state.ToDictionary();
            change(changed);
            return PipelineCorpus.ErrorOf(() => new WindowScaler(WindowScalerKind.Channel, _store.Sizes).LoadState(changed));
        }

        Assert.Contains("'1.mean' is missing", Error(s => s.Remove("1.mean")));
        Assert.Contains("'2.mean' belongs to none of the 2 inputs", Error(s => s["2.mean"] = s["0.mean"]));
        Assert.Contains("'1.mean' is F64 [1]; expected F64 [3]", Error(s => s["1.mean"] = s["0.mean"]));
        Assert.Contains("'0.deviation' is 0 at index 0", Error(s => s["0.deviation"] = new(new double[1], 1)));
        Assert.Contains("NaN", Error(s => s["0.mean"] = new(new[] { double.NaN }, 1)));
    }

    [Fact]
    public void Apply_NotFitted_IsAnError()
    {
        var scaler = new WindowScaler(WindowScalerKind.All, _store.Sizes);
        Assert.Contains("not fitted", PipelineCorpus.ErrorOf(() => scaler.Apply(0, Read(0, 0))));
        Assert.Contains("without rows", PipelineCorpus.ErrorOf(() => scaler.Fit(_store, [])));
    }

    private WindowScaler Fitted(WindowScalerKind kind, int threads = 0)
    {
        var scaler = new WindowScaler(kind, _store.Sizes);
        scaler.Fit(_store, _rows, threads);
        return scaler;
    }

    private float[] Read(int row, int input)
    {
        var window = new float[_store.Sizes[input].Aggregate((a, b) => a * b)];
        _store.Read(row, input, window);
        return window;
    }
}
