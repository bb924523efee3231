using Engine.Cli.Shards;
using Engine.Pipeline.FrontEnds;
using Engine.Tensors;

namespace Engine.Cli.Features;

/// <summary>Features that the ranks of a job compute together, into the file that one process writes, byte by byte.</summary>
internal static class SharedFeatures
{
    // A part's threads wait for its last song, so it has several for each; arrays of frames are larger than rows of a table.
    private const int SongsPerThread = 8, MostWithFrames = 16;

    /// <summary>Computes and writes them; every rank makes the same call.</summary>
    /// <param name="path">The output, which the first rank writes.</param>
    /// <param name="spec">What is computed.</param>
    /// <param name="files">All recordings.</param>
    /// <param name="list">The same, as they are shared out.</param>
    /// <param name="force">Whether parts of another command that lie beside the output are removed.</param>
    /// <param name="options">How to work.</param>
    /// <param name="device">Where to compute.</param>
    /// <returns>Why recordings were skipped, in their order; on other ranks than the first, nothing.</returns>
    /// <exception cref="CommandLineException">No recording could be used.</exception>
    /// <exception cref="Classifiers.EngineException">
    /// A recording cannot be used and the policy is to fail, or the ranks have different recordings.
    /// </exception>
    public static IReadOnlyList<string> Write(
        string path, FrontEndSpec spec, IReadOnlyList<FeatureFile> files, ShardedList list, bool force, WorkOptions options,
        Device device)
    {
        var songs = SongsPerThread * Math.Max(options.Threads, 1);
        if (!FeatureOutput.IsTable(path, spec)) songs = Math.Min(songs, MostWithFrames);
        var output = new FeatureOutput(path, spec, files, options.MemoryLimit, device);
        var skipped = SharedParts.Make(path, list, songs, force, options, (stream, places, own, folder) =>
        {
            var written = output.Write(stream, places, own, folder);
            var byPath = places.ToDictionary(p => files[p].FullPath);
            return new(written.Records, written.Skipped.ToDictionary(s => byPath[s.Path], s => s.Reason));
        });
        string[] reasons = [.. skipped.OrderBy(s => s.Key).Select(s => s.Value)];
        return reasons.Length < files.Count ? reasons : throw FeatureOutput.NoneLeft(files.Count, reasons[0]);
    }
}
