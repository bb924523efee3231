using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>A recording, or a window of one, at the front end's rate and at those of joined sets that have their own.</summary>
internal sealed class RatedSource(SampleSource main, IReadOnlyList<SampleSource> others)
    : SampleSource(main.SampleRate, main.Length)
{
    /// <summary>The same at the other rates.</summary>
    public IReadOnlyList<SampleSource> Others => others;

    /// <summary>The samples at one of the rates.</summary>
    public SampleSource At(int rate) => rate == SampleRate ? main : others.First(o => o.SampleRate == rate);

    protected override void ReadCore(long start, Span<float> destination) => main.Read(start, destination);
}

/// <summary>The columns of a set that has a rate of its own.</summary>
/// <param name="inner">What computes them.</param>
/// <param name="rate">The rate.</param>
/// <param name="minimumSamples">The fewest samples at the front end's rate.</param>
internal sealed class RatedExtractor(FeatureExtractor inner, int rate, int minimumSamples) : FeatureExtractor
{
    public override IReadOnlyList<string> Columns => inner.Columns;

    public override int MinimumSamples => minimumSamples;

    public override double[] Extract(SampleSource samples, string name) =>
        inner.Extract(((RatedSource)samples).At(rate), name);
}

/// <summary>The windows of a set that has a rate of its own.</summary>
internal sealed class RatedWindows(WindowExtractor inner, int rate) : WindowExtractor
{
    public override IReadOnlyList<int> Sizes(int samples) => inner.Sizes(samples);

    public override void Extract(SampleSource samples, Span<float> window) =>
        inner.Extract(((RatedSource)samples).At(rate), window);
}
