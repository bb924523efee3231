using System.Text;
using Engine.Classifiers;
using Engine.Dsp;
using Engine.Dsp.Files;

namespace Engine.Cli.Shards;

/// <summary>
/// The parts of an output, in a folder beside it that goes when they are joined. Where it is left because the job was ended, the
/// next one goes on with the parts that are complete.
/// </summary>
internal sealed class PartsFolder : IDisposable
{
    private readonly string _path, _extension;
    private readonly FolderLock _lock;

    private PartsFolder(string path, string extension, FolderLock held) => (_path, _extension, _lock) = (path, extension, held);

    /// <summary>How many parts there are.</summary>
    public int Count { get; private init; }

    /// <summary>The parts that are not complete.</summary>
    public IReadOnlyList<Shard> Missing { get; private init; } = [];

    /// <summary>The parts' files, first to last.</summary>
    public IReadOnlyList<string> Parts => [.. Enumerable.Range(1, Count).Select(Part)];

    /// <summary>Creates the folder of an output, or finds it.</summary>
    /// <param name="target">The output.</param>
    /// <param name="list">The songs.</param>
    /// <param name="count">How many parts there are, unless the folder is there and tells another number.</param>
    /// <param name="force">Whether parts of another command or of other songs are removed.</param>
    /// <exception cref="CommandLineException">There are such parts, or a file has the folder's name.</exception>
    /// <exception cref="EngineException">The folder cannot be written.</exception>
    /// <exception cref="FolderInUseException">Another job writes it.</exception>
    public static PartsFolder Open(string target, ShardedList list, int count, bool force)
    {
        var path = $"{target}.parts";
        if (File.Exists(path)) throw new CommandLineException($"{path}: is a file, but parts are kept there; move it away.");
        try
        {
            var held = FolderLock.Take(path);
            try
            {
                Directory.CreateDirectory(path);
                return Read(path, Path.GetExtension(target), list, count, force, held);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is (IOException or UnauthorizedAccessException) and not FolderInUseException)
        {
            throw new EngineException($"{path}: cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Keeps a part that is complete.</summary>
    /// <exception cref="EngineException">It cannot be written.</exception>
    public void Keep(Shard shard, string note, ReadOnlySpan<byte> bytes)
    {
        var path = Part(shard.Index);
        Write(path, bytes);
        Write(ShardNote.FileName(path), Encoding.UTF8.GetBytes(note));
    }

    /// <summary>Removes the parts; whatever else someone has put into the folder stays.</summary>
    public void Remove()
    {
        foreach (var part in Parts)
        {
            File.Delete(part);
            File.Delete(ShardNote.FileName(part));
        }
    }

    /// <summary>Lets other jobs write the folder, which goes if it is empty.</summary>
    public void Dispose()
    {
        if (Directory.Exists(_path) && !Directory.EnumerateFileSystemEntries(_path).Any()) Directory.Delete(_path);
        _lock.Dispose();
    }

    // The note has the part's hash, so it does not matter if a power failure tears either.
    private void Write(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            using var file = new AtomicFile(path, _path, lasting: false);
            file.Stream.Write(bytes);
            file.Commit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot be written: {e.Message}", e);
        }
    }

    private static ShardNote? WholeNote(string part)
    {
        try
        {
            return ShardNote.Of(part);
        }
        catch (EngineException e) when (e.InnerException is not (IOException or UnauthorizedAccessException))
        {
            return null;
        }
    }

    private string Part(int index) => Path.Combine(_path, $"{index}{_extension}");

    private static PartsFolder Read(
        string path, string extension, ShardedList list, int count, bool force, FolderLock held)
    {
        var complete = new HashSet<int>();
        foreach (var noted in Directory.EnumerateFiles(path, $"*{ShardNote.FileName(extension)}").ToArray())
        {
            var part = Path.ChangeExtension(noted, null);
            var note = WholeNote(part);
            if (note is not null && note.Command == list.Command && note.Songs == list.Songs)
            {
                count = note.Shard.Count;
                if (note.Hash is { } hash && File.Exists(part) && ShardNote.HashOf(part) == hash) complete.Add(note.Shard.Index);
                continue;
            }

            if (!force && note is not null)
            {
                throw new CommandLineException($"{path}: holds parts of {(note.Command != list.Command
                    ? "another command or version" : "other songs")}. Repeat that command, remove the folder, or add " +
                    "--force to begin anew.");
            }

            File.Delete(part);
            File.Delete(noted);
        }

        return new(path, extension, held)
        {
            Count = count,
            Missing = [.. Enumerable.Range(1, count).Where(i => !complete.Contains(i)).Select(i => new Shard(i, count))],
        };
    }
}
