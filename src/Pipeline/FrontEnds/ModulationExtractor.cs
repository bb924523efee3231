using Engine.Dsp;
using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>Logarithms of the modulation spectrum of mel bands in dB.</summary>
internal sealed class ModulationExtractor : FeatureExtractor
{
    // Of a level in dB, a hundredth cannot be heard; its square also covers the rounding of constant levels.
    private const double Inaudible = 1e-4;

    private readonly MelSpectrogram _mel;
    private readonly ModulationSpectrum _modulation;

    public ModulationExtractor(ModulationFeatures spec, int sampleRate)
    {
        _mel = spec.Mel(sampleRate);
        _modulation = new((double)sampleRate / spec.HopLength, spec.Frames, spec.Lowest, spec.Octaves);
        Columns =
        [
            .. Enumerable.Range(1, spec.Bands).SelectMany(
                b => Enumerable.Range(1, spec.Octaves).Select(o => $"modulation_mel{b}_octave{o}")),
        ];
        MinimumSamples = (int)Math.Clamp((spec.Frames - 1L) * spec.HopLength, spec.FftSize, int.MaxValue);
    }

    public override IReadOnlyList<string> Columns { get; }

    public override int MinimumSamples { get; }

    public override double[] Extract(SampleSource samples, string name) =>
        Array.ConvertAll(_modulation.Of(FrameReader.MelDecibels(samples, _mel)), v => Math.Log(v + Inaudible));
}
