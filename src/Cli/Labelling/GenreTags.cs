using Engine.Cli.Reports;
using Engine.Cli.Text;
using Engine.Dsp.Tags;

namespace Engine.Cli.Labelling;

/// <summary>
/// Writes genres into the songs' tags. A song is planned first, so that its old genre can be kept before it is overwritten. A
/// song whose tag cannot be written is named in a warning and counted; it keeps its label.
/// </summary>
/// <param name="isDry">Whether the songs are only planned.</param>
/// <param name="warn">Receives what could not be written.</param>
internal sealed class GenreTags(bool isDry, Action<string> warn) : ISongAction
{
    private readonly SortedDictionary<string, (int New, int There, int Failed)> _counts = new(StringComparer.Ordinal);

    /// <summary>Songs whose tags could not be written.</summary>
    public int Failed => _counts.Values.Sum(c => c.Failed);

    /// <summary>The label with the plan for its song's tag; an unknown genre has none.</summary>
    public SongLabel Planned(SongLabel label)
    {
        if (label.Genre is not { } genre || genre == SongLabel.Unknown) return label;
        try
        {
            var change = TagWriter.SetGenre(label.File, genre, dryRun: true);
            return label with { Tag = new(change.Old, change.IsChange ? change.Undo : null, null) };
        }
        catch (Exception e) when (IsOfSong(e))
        {
            var error = Said(label.File, e);
            warn($"not tagged: {error}");
            return label with { Tag = new(null, null, error) };
        }
    }

    /// <inheritdoc/>
    public void Take(SongLabel label)
    {
        if (label.Tag is not { } tag) return;
        var (made, there, failed) = _counts.GetValueOrDefault(label.Genre!);
        switch (tag.Error is null ? Write(label.File, label.Genre!, tag.Undo) : null)
        {
            case true: made++; break;
            case false: there++; break;
            default: failed++; break;
        }

        _counts[label.Genre!] = (made, there, failed);
    }

    /// <inheritdoc/>
    public string Finish(Layout layout)
    {
        var table = new TextTable("genre", isDry ? ">to be tagged" : ">tagged", ">so before", ">not possible");
        foreach (var (genre, (made, there, failed)) in _counts) table.Add(genre, $"{made}", $"{there}", $"{failed}");
        return _counts.Count == 0 ? "" : table.ToString(layout);
    }

    /// <summary>Whether an error is of one song, so that the others can be tagged.</summary>
    public static bool IsOfSong(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentException;

    /// <summary>An error in a line that names the song.</summary>
    public static string Said(string song, Exception e) =>
        e.Message.Contains(song, StringComparison.Ordinal) ? e.Message : $"{song}: {e.Message}";

    // Whether the tag changed; null if it could not.
    private bool? Write(string song, string genre, string? undo)
    {
        if (undo is null) return false;
        try
        {
            // Held from before, the song may have its new genre already, or one that the user gave it meanwhile.
            var now = TagWriter.SetGenre(song, genre, dryRun: true);
            if (!now.IsChange) return false;
            if (now.Undo == undo)
            {
                if (!isDry) TagWriter.SetGenre(song, genre);
                return true;
            }

            warn($"not tagged: {song}: its genre has changed since it was labelled, to {now.Old ?? "none"}; it was left so.");
        }
        catch (Exception e) when (IsOfSong(e))
        {
            warn($"not tagged: {Said(song, e)}");
        }

        return null;
    }
}
