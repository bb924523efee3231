using Engine.Classifiers;

namespace Engine.Cli.Shards;

/// <summary>All parts of a list, and the order of its songs over them.</summary>
internal sealed class ShardSet
{
    private readonly string[] _paths;
    private readonly ShardNote[] _notes;

    private ShardSet(string[] paths, ShardNote[] notes) => (_paths, _notes) = (paths, notes);

    /// <summary>The parts' files, first to last.</summary>
    public IReadOnlyList<string> Paths => _paths;

    /// <summary>How many songs the list has.</summary>
    public int Songs => _notes.Sum(n => n.Places.Count);

    /// <summary>The songs in the list's order: in which part each is, and where its records begin there.</summary>
    public IEnumerable<(int Part, int First, int Count)> Order()
    {
        var order = new (int Part, int First, int Count)[Songs];
        for (var part = 0; part < _notes.Length; part++)
        {
            var first = 0;
            foreach (var (place, count) in _notes[part].Places.Zip(_notes[part].Records))
            {
                order[place] = (part, first, count);
                first += count;
            }
        }

        return order;
    }

    /// <summary>The first part that has records; a part without any has no columns that only a song brings.</summary>
    public int FirstWithRecords => Math.Max(0, Array.FindIndex(_notes, n => n.Records.Any(r => r > 0)));

    /// <summary>How many records a part has.</summary>
    public int Records(int part) => _notes[part].Records.Sum();

    /// <summary>Checks that files are all parts of one list, each whole.</summary>
    /// <exception cref="EngineException">
    /// A file is no part, is torn or was changed, belongs to another command or list, or a part is missing or given twice.
    /// </exception>
    public static ShardSet Of(IReadOnlyList<string> paths)
    {
        var parts = paths.Select(path => (Path: path, Note: ShardNote.Of(path) ?? throw new EngineException(
            $"{path}: is no part: there is no {ShardNote.FileName(path)}. Parts are written by --shard."))).ToArray();
        var first = parts[0];
        foreach (var (path, note) in parts)
        {
            if (note.Command != first.Note.Command || note.Shard.Count != first.Note.Shard.Count)
                throw new EngineException($"{path}: was made by another command, or another version, than {first.Path}.");
            if (note.Songs != first.Note.Songs) throw new EngineException($"{path}: is of other songs than {first.Path}.");
            if (note.Hash is null) throw new EngineException($"{path}: is not complete; repeat the command that writes it.");
        }

        if (parts.GroupBy(p => p.Note.Shard.Index).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new EngineException($"{twice.Last().Path}: is part {twice.First().Note.Shard}, as is {twice.First().Path}.");
        int[] missing = [.. Enumerable.Range(1, first.Note.Shard.Count).Except(parts.Select(p => p.Note.Shard.Index))];
        if (missing.Length > 0)
        {
            var are = missing.Length == 1 ? "is" : "are";
            throw new EngineException(
                $"of {first.Note.Shard.Count} parts, {missing.Length} {are} missing: {string.Join(", ", missing.Take(20))}"
                    + $"{(missing.Length > 20 ? ", …" : "")}.");
        }

        foreach (var (path, note) in parts)
        {
            if (ShardNote.HashOf(path) != note.Hash)
                throw new EngineException($"{path}: is torn, or was changed after it was written; repeat the command.");
        }

        var ordered = parts.OrderBy(p => p.Note.Shard.Index).ToArray();
        var set = new ShardSet([.. ordered.Select(p => p.Path)], [.. ordered.Select(p => p.Note)]);
        var places = ordered.SelectMany(p => p.Note.Places).Order();
        return places.SequenceEqual(Enumerable.Range(0, set.Songs)) ? set
            : throw new EngineException($"{first.Path}: the parts' notes contradict each other; repeat the commands.");
    }
}
