using Engine.Pipeline.FrontEnds;

namespace Engine.Cli.Features;

/// <summary>What a feature file received.</summary>
/// <param name="Skipped">The recordings that could not be used.</param>
/// <param name="Records">The rows or arrays of each recording, in order; 0 for one that was skipped.</param>
internal sealed record WrittenFeatures(IReadOnlyList<SkippedFile> Skipped, IReadOnlyList<int> Records);
