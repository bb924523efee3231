using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>How a recording is cut: windows of equal length at equal steps. The remainder is not used.</summary>
/// <param name="Audio">The recording, at the front end's rate.</param>
/// <param name="Length">Samples of a window.</param>
/// <param name="Hop">Samples from the start of one to that of the next.</param>
internal sealed record WindowGrid(SampleSource Audio, int Length, int Hop)
{
    /// <summary>How many windows there are.</summary>
    public int Count { get; } = checked((int)(1 + (Audio.Length - Length) / Hop));

    /// <summary>The samples of a window.</summary>
    public SampleSource this[int window] => Audio.Part((long)window * Hop, Length);

    /// <summary>What a window is called in errors.</summary>
    public string Label(string name, int window) => Count == 1 ? name : $"{name}, segment {window}";
}
