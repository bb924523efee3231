using Engine.Classifiers;
using Engine.Cli.Labelling;
using Engine.Dsp.Audio;
using Engine.Pipeline;
using Engine.Pipeline.FrontEnds;
using Engine.Tensors.Serialization;

namespace Engine.Tests.Classifiers;

/// <summary>The parts of labelling many songs: order, memory of the training, names.</summary>
public sealed class LabellingPartsTests
{
    [Fact]
    public void InOrder_ResultsOfManyThreads_ComeInOrderAndBounded()
    {
        var (taken, begun, farthest) = (new List<int>(), 0, 0);
        var order = new InOrder<int>(taken.Add, ahead: 8);
        FeatureExtraction.ForEach(200, 8, index =>
        {
            Assert.True(order.Await(index));
            lock (taken) begun = Math.Max(begun, index);
            if (index % 50 == 0) Thread.Sleep(20); // the others run ahead
            lock (taken) farthest = Math.Max(farthest, index - taken.Count);
            order.Give(index, index);
            return true;
        }, CancellationToken.None);
        order.ThrowIfFailed();
        Assert.Equal(Enumerable.Range(0, 200), taken);
        Assert.InRange(farthest, 0, 8);
    }

    [Fact]
    public void InOrder_ReceiverThrows_EndsTheWork()
    {
        var taken = new List<int>();
        var order = new InOrder<int>(i => taken.Add(i < 5 ? i : throw new IOException("full")), ahead: 4);
        var begun = 0;
        FeatureExtraction.ForEach(1000, 4, index =>
        {
            if (!order.Await(index)) return false;
            Interlocked.Increment(ref begun);
            order.Give(index, index);
            return true;
        }, CancellationToken.None);
        Assert.Equal("full", Assert.Throws<IOException>(order.ThrowIfFailed).Message);
        Assert.Equal([0, 1, 2, 3, 4], taken);
        Assert.InRange(begun, 6, 20);
    }

    [Fact]
    public void InOrder_AResultThatWillNotCome_EndsTheWork()
    {
        var order = new InOrder<int>(_ => { }, ahead: 2);
        FeatureExtraction.ForEach(100, 4, index =>
        {
            if (!order.Await(index)) return false;
            if (index == 0) order.Fail(new InvalidOperationException("gone"));
            else order.Give(index, index);
            return true;
        }, CancellationToken.None);
        Assert.Equal("gone", Assert.Throws<InvalidOperationException>(order.ThrowIfFailed).Message);
    }

    [Fact]
    public void TrainedSounds_StoredAndTaken_AreTheSame()
    {
        // The band of the narrowest twentieth does not count.
        var sounds = Enumerable.Range(0, 40)
            .Select(i => (SoundProfile?)new SoundProfile(-7 * i, i < 2 ? 100 : 9000 + i)).ToArray();
        var file = new SafetensorsFile();
        TrainedSounds.Of([.. sounds, sounds[0]]).Store(file);
        var trained = TrainedSounds.Take(file);
        Assert.Empty(file.Tensors);
        Assert.Equal(9002, trained.Bandwidth);
        Assert.All(sounds, s => Assert.True(trained.Contains(s)));
        Assert.False(trained.Contains(new SoundProfile(1, 0)));
        Assert.Null(trained.Contains(null));
        Assert.True(trained.IsMissingBand(new SoundProfile(1, 7201), 11025));
        Assert.False(trained.IsMissingBand(new SoundProfile(1, 7202), 11025));
        // A model that hears nothing above 4 kHz misses nothing there.
        Assert.False(trained.IsMissingBand(new SoundProfile(1, 3500), 4000));
        Assert.True(trained.IsMissingBand(new SoundProfile(1, 3100), 4000));
    }

    [Fact]
    public void TrainedSounds_OfATable_AreUnknown()
    {
        var file = new SafetensorsFile();
        TrainedSounds.Of([null, new SoundProfile(1, 2)]).Store(file);
        TrainedSounds.Of([]).Store(file);
        Assert.Empty(file.Tensors);
        var trained = TrainedSounds.Take(file);
        Assert.Null(trained.Contains(new SoundProfile(1, 2)));
        Assert.Null(trained.IsMissingBand(new SoundProfile(1, 2), 11025));
    }

    [Fact]
    public void TrainedSounds_Damaged_AreRefused()
    {
        Assert.Contains("'trained_on' is I64 [2]", Error(new StoredTensor(new long[] { 2, 1 }, 2), "9"));
        Assert.Contains("'trained_on' is F32 [1]", Error(new StoredTensor(new float[] { 2 }, 1), "9"));
        Assert.Contains("bandwidth is 'wide'", Error(new StoredTensor(new long[] { 2 }, 1), "wide"));

        static string Error(StoredTensor tensor, string band)
        {
            var file = new SafetensorsFile();
            file.Tensors.Add("trained_on", tensor);
            file.Metadata["bandwidth"] = band;
            return Assert.Throws<EngineException>(() => TrainedSounds.Take(file)).Message;
        }
    }

    [Fact]
    public void GenreNames_AreSafeAndDistinct()
    {
        var names = GenreFolderNames.Of(["Rock", "rock", "R&B/Soul", "a:b", "a?b", "con", "AUX.1", "...", "", " x. ", ".hid",
            "a\u0000b\n", "日本", new string('ü', 80)]);
        Assert.Equal("Rock", names["Rock"]);
        Assert.Equal("rock (2)", names["rock"]);
        Assert.Equal("R&B_Soul", names["R&B/Soul"]);
        Assert.Equal(["a_b", "a_b (2)"], [names["a:b"], names["a?b"]]);
        Assert.Equal(["_con", "_AUX.1"], [names["con"], names["AUX.1"]]);
        Assert.Equal(["_", "_ (2)"], [names["..."], names[""]]);
        Assert.Equal(["x", "_.hid", "a_b_", "日本"], [names[" x. "], names[".hid"], names["a\u0000b\n"], names["日本"]]);
        Assert.Equal(new string('ü', 50), names[new string('ü', 80)]);
    }

    [Fact]
    public void CsvFields_OfAnyText_ReturnIt()
    {
        string[] cells = ["", "a,b", "\"quoted\"", "line\nbreak", "\r", "plain", "ü"];
        Assert.Equal(cells, CsvFields.Of(CsvText.Line(cells)));
    }
}
