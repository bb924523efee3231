using Engine.Dsp.Audio;
using Engine.Tensors.Distributed;

namespace Engine.Cli.Ranks;

/// <summary>What several ranks can read.</summary>
internal static class RankInput
{
    /// <summary>Refuses the standard input, which a launcher gives to one rank only.</summary>
    /// <exception cref="CommandLineException">It is named, and there are several ranks.</exception>
    public static void Check(Communicator ranks, IEnumerable<string>? paths, string? list)
    {
        if (ranks.Size == 1) return;
        if (list == "-")
            throw new CommandLineException("--files-from -: the standard input reaches one rank only; name a file.");
        if (paths?.FirstOrDefault(AudioInput.IsInherited) is { } stream)
            throw new CommandLineException($"{stream}: reaches one rank only; name a file.");
    }
}
