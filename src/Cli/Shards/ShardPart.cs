using Engine.Classifiers;

namespace Engine.Cli.Shards;

/// <summary>
/// A part that a command writes. A note beside it is written before the work and completed after it, so that a part without a
/// complete note is made again.
/// </summary>
internal sealed class ShardPart
{
    private readonly string _path;
    private readonly ShardNote _note;

    private ShardPart(string path, ShardNote note, IReadOnlyList<int> places) => (_path, _note, Places) = (path, note, places);

    /// <summary>The places in the list of the songs that belong to the part.</summary>
    public IReadOnlyList<int> Places { get; }

    /// <summary>Whether the part is there and complete.</summary>
    public bool IsComplete { get; private init; }

    /// <summary>Begins a part, or finds it complete.</summary>
    /// <param name="path">The part.</param>
    /// <param name="shard">Which it is.</param>
    /// <param name="list">The songs.</param>
    /// <param name="force">Whether another file at the path is replaced.</param>
    /// <exception cref="CommandLineException">Something else lies at the path.</exception>
    /// <exception cref="EngineException">A song or a file cannot be read, or the note cannot be written.</exception>
    public static ShardPart Begin(string path, Shard shard, ShardedList list, bool force)
    {
        var note = new ShardNote { Shard = shard, Command = list.Command, Songs = list.Songs };
        var places = list.Places(shard);
        var known = force ? null : ShardNote.Of(path);
        if (known is not null && (known.Shard, known.Command, known.Songs) != (shard, note.Command, note.Songs))
        {
            var other = known.Command != note.Command ? " of another command"
                : known.Songs != note.Songs ? " of other songs" : "";
            throw new CommandLineException(
                $"{path}: is part {known.Shard}{other}; name another file, or add --force to replace it.");
        }

        if (known?.Hash is { } hash && File.Exists(path) && ShardNote.HashOf(path) == hash)
            return new(path, known, places) { IsComplete = true };
        OutputFile.Check(path, force || known is not null);
        note.Write(path);
        return new(path, note, places);
    }

    /// <summary>Notes that the part is complete.</summary>
    /// <param name="records">How many records it has of each of its songs.</param>
    public void Complete(IReadOnlyList<int> records) => (_note with
    {
        Places = Places,
        Records = records,
        Hash = ShardNote.HashOf(_path),
    }).Write(_path);
}
