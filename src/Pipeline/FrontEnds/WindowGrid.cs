using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>How a recording is cut: windows of equal length at equal steps. The remainder is ignored.</summary>
/// <param name="Audio">The recording, at the front end's rate.</param>
/// <param name="Length">Samples per window.</param>
/// <param name="Hop">Samples from the start of one window to the start of the next.</param>
internal sealed record WindowGrid(SampleSource Audio, int Length, int Hop)
{
    /// <summary>How many windows there are.</summary>
    public int Count { get; } = checked((int)(1 + (Audio.Length - Length) / Hop));

    /// <summary>The samples of a window.</summary>
    public SampleSource this[int window] => Audio.Part((long)window * Hop, Length);

    /// <summary>A window's name in errors.</summary>
    public string Label(string name, int window) => Count == 1 ? name : $"{name}, segment {window}";
}
