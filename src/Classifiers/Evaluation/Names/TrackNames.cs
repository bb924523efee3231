using System.ComponentModel;
using System.Globalization;

namespace Engine.Classifiers.Evaluation.Names;

/// <summary>A recording or table row whose track is unknown.</summary>
/// <param name="Path">Its file name, or path.</param>
/// <param name="Label">Its genre.</param>
/// <param name="Track">The track given in the data; null if none is.</param>
/// <param name="IsId">
/// Whether <paramref name="Track"/> is an identifier, the same in every genre, not a name like those of files.
/// </param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct NamedRow(string Path, string Label, string? Track = null, bool IsId = false);

/// <summary>
/// The only place that decides which track each recording in a folder or row of a table belongs to. A track given in the data
/// takes precedence, then genre and number, then the path from the genre's folder; <c>song.0.wav</c>, <c>song.1.wav</c>, … are
/// windows if all names have that form.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TrackNames
{
    // If fewer than one in this many names has a sibling, it may be chance.
    private const int Doubtful = 20;

    private TrackNames(IReadOnlyList<NamedRow> rows)
    {
        var own = new List<int>();
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i] is { IsId: true, Track: { } id }) Tracks.Add((TrackId.OfPath(id), null));
            else if (rows[i].Track is { } given) Tracks.Add((Given(given, rows[i].Label), null));
            else if (TrackId.IsNamed(rows[i].Path, rows[i].Label, out var track, out var window)) Tracks.Add((track, window));
            else
            {
                Tracks.Add((TrackId.Of(rows[i].Path, rows[i].Label), null));
                own.Add(i);
            }
        }

        NumberWindows(rows);
        if (own.Count == 0) return;
        (string, string)[] names =
            [.. own.Select(i => ($"{rows[i].Label}\n{Folder(rows[i].Path)}", rows[i].Path.Replace('\\', '/')))];
        if (NumberedNames.AreWindows(names)) Group(rows, own);
        else Judge(own, names);
        Named = own.Count;
        TellApart(rows, own);
    }

    /// <summary>The track of each row, and which window of it the row is, if any.</summary>
    public List<(TrackId Track, int? Window)> Tracks { get; } = [];

    /// <summary>How many rows have neither a given track nor a genre and number.</summary>
    public int Named { get; private set; }

    /// <summary>What a reader of the figures should know.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Why rows may be undetected windows of one track; null if nothing suggests it.</summary>
    public string? Doubt { get; private set; }

    /// <summary>Decides for all rows of a data set together.</summary>
    public static TrackNames Of(IReadOnlyList<NamedRow> rows) => new(rows);

    // A bare 'song 1' in a table gets its genre; a path is already complete.
    private static TrackId Given(string track, string label) =>
        TrackId.IsNamed(track, label, out var id, out _) ? id
        : track.Contains('/') ? TrackId.OfPath(track)
        : TrackId.Of(track, label);

    private static string Folder(string path) => path[..(path.LastIndexOfAny(['/', '\\']) + 1)];

    // Numbers the windows of a given track by the numbers in their names or, if those are not distinct, by name order.
    private void NumberWindows(IReadOnlyList<NamedRow> rows)
    {
        var given = Enumerable.Range(0, rows.Count).Where(i => rows[i].Track is not null);
        foreach (var track in given.GroupBy(i => Tracks[i].Track))
        {
            int[] places = [.. track];
            int?[] windows = [.. places.Select(i => WindowOf(rows[i].Path))];
            if (places.Length > 1 && (windows.Contains(null) || windows.Distinct().Count() < windows.Length))
            {
                // Rows that have only their track's name stay in the order of the data.
                places = [.. places.OrderBy(i => rows[i].Path, Comparer<string>.Create(NaturalOrder.Compare))];
                windows = [.. Enumerable.Range(0, places.Length).Select(w => (int?)w)];
            }
            else if (places.Length == 1 && IsWhole(rows[places[0]].Path, track.Key)) windows = [null];

            for (var p = 0; p < places.Length; p++) Tracks[places[p]] = (track.Key, windows[p]);
        }
    }

    private static int? WindowOf(string path) =>
        TrackId.TryParseName(path, out _, out var window) ? window
        : NumberedNames.TryWindow(path, out _, out var number) ? number
        : null;

    private static bool IsWhole(string path, TrackId track) =>
        $"/{track.Value}".EndsWith($"/{TrackId.OfPath(path).Value}", StringComparison.Ordinal);

    private void Group(IReadOnlyList<NamedRow> rows, List<int> own)
    {
        foreach (var i in own)
        {
            NumberedNames.TryWindow(rows[i].Path.Replace('\\', '/'), out var whole, out var window);
            Tracks[i] = (TrackId.Of(whole, rows[i].Label), window);
        }

        var tracks = own.Select(i => Tracks[i].Track).Distinct().Count();
        var (example, first) = (rows[own[0]].Path, Tracks[own[0]]);
        Notes.Add(string.Create(CultureInfo.InvariantCulture, $"{own.Count} names have the form song.0, song.1, …: they " +
            $"count as windows of {tracks} tracks ({example} as window {first.Window} of {first.Track})"));
    }

    private void Judge(List<int> own, (string, string)[] names)
    {
        if (NumberedNames.Siblings(names) is not var (count, one, other)) return;
        var text = string.Create(CultureInfo.InvariantCulture, $"{count} of {own.Count} names differ from another only in a " +
            $"number, such as '{one}' and '{other}'");
        if ((long)count * Doubtful >= own.Count) Doubt = text;
        else Notes.Add($"{text}: each counts as a track of its own");
    }

    // Two recordings with the same name and genre in different folders.
    private void TellApart(IReadOnlyList<NamedRow> rows, List<int> own)
    {
        foreach (var alike in own.GroupBy(i => Tracks[i]).Where(g => g.Count() > 1))
        {
            foreach (var i in alike) Tracks[i] = (TrackId.OfPath(rows[i].Path), Tracks[i].Window);
        }
    }
}
