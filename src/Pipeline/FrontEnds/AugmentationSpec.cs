using Engine.Classifiers;

namespace Engine.Pipeline.FrontEnds;

/// <summary>How training examples are changed at random each time they are seen; 0 leaves out.</summary>
/// <param name="TimeMask">The largest share of the time axis that is blanked at one place.</param>
/// <param name="FrequencyMask">The largest share of the frequency axis that is blanked at one place.</param>
/// <param name="Crop">The largest share of the time axis by which an example is shifted.</param>
/// <param name="GainDb">The largest change of level in dB, up or down.</param>
/// <param name="Noise">Deviation of the normal noise that is added.</param>
public sealed record AugmentationSpec(double TimeMask = 0, double FrequencyMask = 0, double Crop = 0, double GainDb = 0, double Noise = 0)
{
    internal void Validate(string at, RangeCheck check)
    {
        check.Fraction($"{at}.time_mask", TimeMask);
        check.Fraction($"{at}.frequency_mask", FrequencyMask);
        check.Fraction($"{at}.crop", Crop);
        check.NotNegativeSingle($"{at}.gain_db", GainDb);
        check.NotNegativeSingle($"{at}.noise", Noise);
    }
}
