using Engine.Dsp.Numpy;

namespace Engine.Cli.Features;

/// <summary>The frames of a recording or one of its windows.</summary>
/// <param name="File">The recording.</param>
/// <param name="Name">The array's name.</param>
/// <param name="Array">The array.</param>
internal readonly record struct FrameArray(FeatureFile File, string Name, INpyContent Array);
