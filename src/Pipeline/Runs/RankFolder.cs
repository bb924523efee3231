using Engine.Classifiers;
using Engine.Dsp.Files;
using Engine.Pipeline.FrontEnds;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.Runs;

/// <summary>
/// The folder in which a rank works: the first in the one that was named, the others in copies of it that end with the work, so
/// that no rank needs the others' disk and all find the same files.
/// </summary>
internal sealed class RankFolder : IDisposable
{
    private readonly IDisposable? _held;
    private readonly StagedFolder? _copy;

    private RankFolder(IDisposable? held, StagedFolder? copy, string path) => (_held, _copy, Path) = (held, copy, path);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Whether it is a copy, of which nothing is kept.</summary>
    public bool IsCopy => _copy is not null;

    /// <summary>Takes it; every rank calls.</summary>
    /// <param name="ranks">The job.</param>
    /// <param name="output">The folder that was named; it need not exist.</param>
    /// <param name="take">
    /// Called on the first rank: takes the folder, or says why it cannot be used, which ends all ranks.
    /// </param>
    /// <exception cref="EngineException">The folder cannot be used, or not copied.</exception>
    public static RankFolder Take(Communicator ranks, string output, Func<IDisposable?> take)
    {
        if (ranks.Size == 1) return new(take(), null, output);
        var (held, problem) = (default(IDisposable), "");
        try
        {
            if (ranks.IsFirst) held = take();
        }
        catch (EngineException e)
        {
            problem = e.Message;
        }

        problem = ranks.ShareText(problem);
        if (problem.Length > 0) throw new EngineException(problem);
        RankFolder? folder = null;
        try
        {
            // If the process is killed, the next one removes it.
            var copy = ranks.IsFirst ? null
                : new StagedFolder(System.IO.Path.Combine(System.IO.Path.GetTempPath(), "engine-rank"), ownerOnly: true);
            folder = new RankFolder(held, copy, copy is null ? output : System.IO.Path.Combine(copy.Path, "run"));
            folder.CopyFiles(ranks);
            return folder;
        }
        catch (Exception e)
        {
            folder?.Dispose();
            if (e is not (IOException or UnauthorizedAccessException)) throw;
            throw new EngineException($"{output}: rank {ranks.Rank} cannot copy it: {e.Message}", e);
        }
    }

    /// <summary>How a rank works there: only the first reports.</summary>
    public WorkOptions Of(WorkOptions options) => _copy is null ? options : options with { Progress = null, Warn = null };

    /// <inheritdoc/>
    public void Dispose()
    {
        _held?.Dispose();
        _copy?.Dispose();
    }

    // The folder's files on all ranks.
    private void CopyFiles(Communicator ranks)
    {
        var exists = ranks.Share([(byte)(Directory.Exists(Path) ? 1 : 0)])[0] == 1;
        if (!exists) return;
        Directory.CreateDirectory(Path);
        string[] names = ranks.IsFirst ? [.. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories)
            .Where(f => !RunFolder.IsPassing(System.IO.Path.GetFileName(f)))
            .Select(f => System.IO.Path.GetRelativePath(Path, f).Replace('\\', '/')).Order(StringComparer.Ordinal)] : [];
        names = ranks.ShareText(string.Join('\n', names)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in names)
        {
            var file = System.IO.Path.Combine(Path, name);
            var bytes = ranks.Share(ranks.IsFirst ? File.ReadAllBytes(file) : null);
            if (ranks.IsFirst) continue;
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, bytes);
        }
    }
}
