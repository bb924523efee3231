using Engine.Tensors;

namespace Engine.Pipeline.FrontEnds;

/// <summary>How training examples are changed at random each time they are seen; 0 leaves out.</summary>
/// <param name="TimeMask">The largest share of the time axis that is blanked at one place.</param>
/// <param name="FrequencyMask">The largest share of the frequency axis that is blanked at one place.</param>
/// <param name="Crop">The largest share of the time axis by which an example is shifted.</param>
/// <param name="GainDb">The largest change of level in dB, up or down.</param>
/// <param name="Noise">Deviation of the normal noise that is added.</param>
public sealed record AugmentationSpec(
    [property: Range(Minimum = 0, Below = 1)] double TimeMask = 0,
    [property: Range(Minimum = 0, Below = 1)] double FrequencyMask = 0,
    [property: Range(Minimum = 0, Below = 1)] double Crop = 0,
    [property: Range(Minimum = 0, Single = true)] double GainDb = 0,
    [property: Range(Minimum = 0, Single = true)] double Noise = 0);
