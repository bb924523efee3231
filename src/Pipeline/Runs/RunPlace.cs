using System.Text;
using Engine.Classifiers;
using Engine.Dsp.Files;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.Runs;

/// <summary>
/// Where a rank works on a run: the first in the run's folder, the others in copies of it that end with the work, so that no
/// rank needs the others' disk and all find the same files.
/// </summary>
internal sealed class RunPlace : IDisposable
{
    private const int Piece = 64 << 20;

    private readonly IDisposable? _held;
    private readonly StagedFolder? _copy;

    private RunPlace(IDisposable? held, StagedFolder? copy, string path) => (_held, _copy, Path) = (held, copy, path);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Takes it; every rank calls.</summary>
    /// <param name="ranks">The job.</param>
    /// <param name="output">The run's folder, which need not exist.</param>
    /// <param name="take">
    /// Called on the first rank: takes the folder, or says why it cannot be used, which ends all ranks.
    /// </param>
    /// <exception cref="EngineException">The folder cannot be used, or not copied.</exception>
    public static RunPlace Take(Communicator ranks, string output, Func<IDisposable?> take)
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

        problem = Encoding.UTF8.GetString(Share(ranks, Encoding.UTF8.GetBytes(problem)));
        if (problem.Length > 0) throw new EngineException(problem);
        RunPlace? place = null;
        try
        {
            // If the process is killed, the next one removes it.
            var copy = ranks.IsFirst ? null
                : new StagedFolder(System.IO.Path.Combine(System.IO.Path.GetTempPath(), "engine-rank"), ownerOnly: true);
            place = new RunPlace(held, copy, copy is null ? output : System.IO.Path.Combine(copy.Path, "run"));
            place.CopyFiles(ranks);
            return place;
        }
        catch (Exception e)
        {
            place?.Dispose();
            if (e is not (IOException or UnauthorizedAccessException)) throw;
            throw new EngineException($"{output}: rank {ranks.Rank} cannot copy it: {e.Message}", e);
        }
    }

    /// <summary>The options of a rank, of which only the first reports.</summary>
    public TrainingOptions Of(TrainingOptions options) => _copy is null ? options : options with
    {
        Output = Path,
        Page = null,
        Epochs = null,
        Extraction = options.Extraction with { Progress = null, Warn = null },
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _held?.Dispose();
        _copy?.Dispose();
    }

    // The folder's files on all ranks.
    private void CopyFiles(Communicator ranks)
    {
        var exists = Share(ranks, [(byte)(Directory.Exists(Path) ? 1 : 0)])[0] == 1;
        if (!exists) return;
        Directory.CreateDirectory(Path);
        string[] names = ranks.IsFirst ? [.. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories)
            .Where(f => !RunFolder.IsPassing(System.IO.Path.GetFileName(f)))
            .Select(f => System.IO.Path.GetRelativePath(Path, f).Replace('\\', '/')).Order(StringComparer.Ordinal)] : [];
        names = Encoding.UTF8.GetString(Share(ranks, Encoding.UTF8.GetBytes(string.Join('\n', names))))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in names)
        {
            var file = System.IO.Path.Combine(Path, name);
            var bytes = Share(ranks, ranks.IsFirst ? File.ReadAllBytes(file) : []);
            if (ranks.IsFirst) continue;
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, bytes);
        }
    }

    // The first rank's bytes, on every rank.
    private static byte[] Share(Communicator ranks, byte[] bytes)
    {
        var length = BitConverter.GetBytes(bytes.Length);
        ranks.Broadcast(length, 0);
        if (!ranks.IsFirst) bytes = new byte[BitConverter.ToInt32(length)];
        for (var at = 0; at < bytes.Length; at += Piece)
            ranks.Broadcast(bytes.AsSpan(at, Math.Min(Piece, bytes.Length - at)), 0);
        return bytes;
    }
}
