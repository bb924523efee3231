using Engine.Dsp;
using Engine.Dsp.Audio;
using Engine.Plots.Songs;
using Engine.Plots.Songs.Kinds;
using Engine.Plots.Subjects;
using Engine.Tests.Support;

namespace Engine.Tests.Plots;

/// <summary>What is read block by block, against the whole recording at once.</summary>
public sealed class SongFramesTests : IDisposable
{
    private const int Rate = 22050, Frames = 1100;

    private readonly TemporaryFolder _folder = new();
    private readonly float[] _signal = Signals.Noise(Frames * 512 - 100);
    private readonly Song _song;

    public SongFramesTests()
    {
        WavWriter.Write(_folder["song.wav"], new AudioSignal(_signal, Rate), WavEncoding.Float32);
        _song = Song.Open(_folder["song.wav"], new PlotRequest());
    }

    public void Dispose()
    {
        _song.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void SampleFrames_AreThoseOfTheLibrary()
    {
        var (rms, crossings) = (new float[SampleFrames.Count(_song)], new float[SampleFrames.Count(_song)]);
        SampleFrames.ForEach(_song, (t, samples) =>
        {
            rms[t] = Rms.Frame(samples, 2048);
            crossings[t] = (float)(ZeroCrossingRate.Crossings(samples) / 2048.0);
        });
        Assert.Equal(Rms.Of(_signal), rms);
        Assert.Equal(ZeroCrossingRate.Of(_signal), crossings);
    }

    [Fact]
    public void OnsetEnvelope_IsThatOfTheLibrary() => Assert.Equal(OnsetStrength.Of(_signal, Rate), OnsetEnvelope.Of(_song));

    [Fact]
    public void Separation_InBlocks_IsThatOfTheWhole()
    {
        var rows = new LogSpectrum(_song);
        var (harmonic, percussive) = SeparationKind.Power(_song, rows);
        var magnitude = _song.Stft.Magnitude(_signal);
        var (tones, strokes) = new HarmonicPercussive().Masks(magnitude);
        Assert.Equal(Rows(tones), harmonic);
        Assert.Equal(Rows(strokes), percussive);

        float[] Rows(Frames<float> mask)
        {
            var power = Array.ConvertAll(mask.Data.Zip(magnitude.Data, (m, x) => x * m).ToArray(), x => x * x);
            var (frame, all) = (new float[rows.Rows], new float[rows.Rows * Frames]);
            for (var t = 0; t < Frames; t++)
            {
                rows.Apply(power.AsSpan(t * mask.Bins, mask.Bins), frame);
                for (var r = 0; r < frame.Length; r++) all[r * Frames + t] = frame[r];
            }

            return all;
        }
    }

    // Of power that equals the frequency of its bin, a row's is near its middle frequency.
    [Fact]
    public void LogSpectrum_Ramp_IsTheFrequencyOfEachRow()
    {
        var rows = new LogSpectrum(_song);
        var power = Array.ConvertAll(FftFrequencies.Create(Rate, 2048), f => (float)f);
        var values = new float[rows.Rows];
        rows.Apply(power, values);
        var octaves = Math.Log2(Rate / 2.0 / LogSpectrum.Lowest);
        for (var r = 0; r < values.Length; r++)
        {
            var middle = LogSpectrum.Lowest * Math.Pow(2, octaves * (r + 0.5) / values.Length);
            Assert.Equal(middle, values[r], middle < 400 ? 1e-3 * middle : Rate / 2048.0);
        }
    }
}
