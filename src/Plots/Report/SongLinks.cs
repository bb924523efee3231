using Engine.Pipeline.Runs;
using Engine.Plots.Report.Html;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report;

/// <summary>Where the songs of a run lie, as seen from its page.</summary>
/// <param name="data">The folder or table that the run tested.</param>
/// <param name="page">The folder of the page.</param>
internal sealed class SongLinks(string data, string page)
{
    private readonly string _folder =
        Path.GetFullPath(Directory.Exists(data) ? data : Path.GetDirectoryName(Path.GetFullPath(data)) ?? ".");

    private readonly string _page = Path.GetFullPath(page);
    private readonly Dictionary<string, Address?> _known = [];

    /// <summary>The file of a song; null if it is not there.</summary>
    public Address? Of(TestedSong song)
    {
        if (_known.TryGetValue(song.Path, out var known)) return known;
        // A table names its songs without their folders, or with the genre's.
        var file = new[] { Path.Combine(_folder, song.Path), Path.Combine(_folder, song.Label, song.Path) }
            .FirstOrDefault(IsFile);
        return _known[song.Path] = file is null ? null : Address.OfFile(Path.GetFullPath(file), _page);
    }

    /// <summary>The song's name, which leads to its file.</summary>
    public Node Named(TestedSong song) => Of(song) is { } address ? Link(address, Name(song.Name)) : Name(song.Name);

    /// <summary>A player, or nothing if the file is not there.</summary>
    public Node Player(TestedSong song) => Of(song) is { } address
        ? new Element("audio").To(address).Flag("controls").With("preload", "none").With("aria-label", song.Name) : "";

    // A name in a table may hold characters that no path has.
    private static bool IsFile(string path) => !path.Contains('\0', StringComparison.Ordinal) && File.Exists(path);
}
