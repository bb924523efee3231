using Engine.Dsp;

namespace Engine.Tests.Support;

/// <summary>The 57 features from transforms of the whole signal, each in memory as a whole.</summary>
internal static class WholeGtzan57
{
    public static double[] Of(float[] signal, double sampleRate = 22050)
    {
        var stft = new Stft(new StftOptions());
        var magnitude = stft.Magnitude(signal);
        var shape = new SpectralShape(sampleRate, 2048);
        var harmonic = new HarmonicPercussive().Harmonic(signal, stft);
        var percussive = signal.Zip(harmonic, (x, h) => x - h).ToArray();
        var mfcc = new Mfcc(new MfccOptions { Mel = new MelOptions { SampleRate = sampleRate } });
        var mel = mfcc.MelSpectrogram.Compute(signal);
        Decibels.FromPower(mel.Data, mel.Data);
        var cepstra = mfcc.FromDecibels(mel);
        var features = new List<double>();
        float[][] series =
        [
            Chroma.Of(stft.Power(signal), sampleRate).Data, Rms.Of(signal), shape.Centroids(magnitude),
            shape.Bandwidths(magnitude),
            shape.Rolloffs(magnitude), ZeroCrossingRate.Of(signal), harmonic, percussive,
        ];
        foreach (var values in series) Add(values);
        features.Add(Tempo.Estimate(OnsetStrength.Of(mel), sampleRate));
        for (var n = 0; n < 20; n++) Add([.. Enumerable.Range(0, cepstra.Count).Select(t => cepstra[t][n])]);
        return [.. features];

        void Add(float[] values)
        {
            var moments = Moments.Of(values);
            features.Add(moments.Mean);
            features.Add(moments.Variance);
        }
    }
}
