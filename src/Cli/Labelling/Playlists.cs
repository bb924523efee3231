using Engine.Cli.Reports;
using Engine.Cli.Text;
using Engine.Dsp;

namespace Engine.Cli.Labelling;

/// <summary>
/// A playlist for each genre, in UTF-8, with the songs in the order they come. Paths are relative to the playlists' folder where
/// there is such a path. The folder appears with all of them at the end.
/// </summary>
/// <param name="folder">The folder of the playlists.</param>
/// <param name="genres">All genres.</param>
/// <param name="force">Whether the folder may hold files, of which those of the same names are replaced.</param>
/// <param name="warn">Receives what could not be listed.</param>
internal sealed class Playlists(string folder, IEnumerable<string> genres, bool force, Action<string> warn) : ISongAction
{
    private readonly IReadOnlyDictionary<string, string> _names = GenreFolderNames.Of(genres);
    private readonly SortedDictionary<string, List<string>> _songs = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Take(SongLabel label)
    {
        var (song, genre) = (label.File, label.Genre!);
        if (!PlaylistFile.CanHold(song))
        {
            warn($"{song}: a playlist cannot hold a name with a line break; it is left out.");
            return;
        }

        if (!_songs.TryGetValue(genre, out var songs)) _songs.Add(genre, songs = []);
        songs.Add(PlaylistFile.Entry(folder, song));
    }

    /// <inheritdoc/>
    public string Finish(Layout layout)
    {
        if (_songs.Count == 0) return "";
        OutputFolder.Fill(folder, force, staged =>
        {
            foreach (var (genre, songs) in _songs)
            {
                AtomicFile.WriteText(Path.Combine(staged, FileOf(genre)), PlaylistFile.Of(songs));
            }
        });
        var table = new TextTable("genre", "playlist", ">songs");
        foreach (var (genre, songs) in _songs) table.Add(genre, Path.Combine(folder, FileOf(genre)), $"{songs.Count}");
        return table.ToString(layout);
    }

    private string FileOf(string genre) => _names[genre] + ".m3u8";
}
