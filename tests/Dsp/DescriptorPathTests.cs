using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

/// <summary>The descriptors' vector kernels in one class, for <see cref="InstructionSetTests"/> to run again.</summary>
[EveryInstructionSet]
public class DescriptorPathTests
{
    [Fact]
    public void Shape() => new SpectralShapeTests().Shape_AnyFrame_MatchesNaiveSumsAndIgnoresScale();

    [Fact]
    public void Contrast() => new SpectralContrastTests().Frame_ShuffledBins_MatchesSorting(0.02);

    [Fact]
    public void Flatness() => new SpectralFlatnessTests().Flatness_MatchesLibrosa("music");

    [Fact]
    public void Crossings() => new ZeroCrossingRateTests().Crossings_EveryLengthAndOffset_MatchesNaiveCount();

    [Fact]
    public void Chroma() => new ChromaTests().Apply_MatchesNaiveProduct();

    [Fact]
    public void Tracker() => new TuningTests().Tracker_RandomFrames_MatchesNaiveSearch(2048);

    [Fact]
    public void Onset() => new OnsetStrengthTests().Onset_MatchesLibrosa("music");

    [Fact]
    public void Tempogram() => new TempoTests().Tempogram_MatchesNaiveAutocorrelation(61, 30);
}
