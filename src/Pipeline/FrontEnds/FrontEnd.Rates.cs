using Engine.Dsp.Audio;
using Engine.Tensors;

namespace Engine.Pipeline.FrontEnds;

// Joined sets with a sample rate each.
public sealed partial class FrontEnd
{
    private static FeatureExtractor Planned(FeatureSpec part, FrontEndSpec spec, Device device)
    {
        var rate = part.RateIn(spec);
        var extractor = part.CreateExtractor(rate, device);
        return rate == spec.SampleRate
            ? extractor : new RatedExtractor(extractor, rate, InFrontEnd(extractor.MinimumSamples, rate, spec));
    }

    private static WindowExtractor Planned(WindowSpec part, FrontEndSpec spec)
    {
        var rate = part.RateIn(spec);
        var windows = part.CreateWindows(rate);
        return rate == spec.SampleRate ? windows : new RatedWindows(windows, rate);
    }

    // So many samples at a rate, as samples at the front end's.
    private static int InFrontEnd(int samples, int rate, FrontEndSpec spec) =>
        (int)Math.Min(int.MaxValue, Math.Ceiling((double)samples * spec.SampleRate / rate));

    private static SampleSource At(SampleSource source, int rate) => source.SampleRate == rate
        ? source : SampleSource.Of(new AudioSignal(Samples.ToArray(source), source.SampleRate).Resample(rate).Samples, rate);

    // A decoded recording with its other rates, each seen through a wrapper.
    private static SampleSource Rated(DecodedAudio audio, Func<SampleSource, SampleSource> wrap) => audio.Others.Count == 0
        ? wrap(audio) : new RatedSource(wrap(audio), [.. audio.Others.Select(wrap)]);
}
