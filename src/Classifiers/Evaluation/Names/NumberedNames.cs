using System.ComponentModel;

namespace Engine.Classifiers.Evaluation.Names;

/// <summary>
/// Reads the numbers in file or row names: <c>song.0.wav</c>, <c>song.1.wav</c> may be windows of one song, or songs.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class NumberedNames
{
    private const int LongestExtension = 5;

    /// <summary>
    /// A path without its extension, if that contains letters: <c>.wav</c>, not the <c>.3</c> of <c>song.3</c>.
    /// </summary>
    public static string WithoutExtension(string path)
    {
        var dot = path.LastIndexOf('.');
        if (dot <= path.LastIndexOf('/') + 1 || path.Length - dot - 1 is 0 or > LongestExtension) return path;
        var extension = path.AsSpan(dot + 1);
        var letters = 0;
        foreach (var c in extension)
        {
            if (!char.IsAsciiLetterOrDigit(c)) return path;
            if (char.IsAsciiLetter(c)) letters++;
        }

        return letters > 0 ? path[..dot] : path;
    }

    /// <summary>Reads <c>song.3.wav</c> as window 3 of <c>song.wav</c>.</summary>
    public static bool TryWindow(string path, out string whole, out int window)
    {
        (whole, window) = (path, 0);
        var stem = WithoutExtension(path);
        var dot = stem.LastIndexOf('.');
        var digits = stem.AsSpan(dot + 1);
        if (dot <= stem.LastIndexOf('/') + 1 || digits.Length is 0 or > 9) return false;
        if (digits.ContainsAnyExceptInRange('0', '9')) return false;
        window = int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture);
        whole = stem[..dot] + path[stem.Length..];
        return true;
    }

    /// <summary>
    /// Whether names are certain to be windows: in every scope all are <c>stem.0</c>, <c>stem.1</c>, … without gaps, and one
    /// scope has several stems. A scope with a single stem, such as <c>blues.0</c> to <c>blues.99</c>, proves nothing: its stem
    /// may be the genre.
    /// </summary>
    /// <param name="names">Each name with its scope, its genre and folder.</param>
    public static bool AreWindows(IReadOnlyList<(string Scope, string Path)> names)
    {
        var several = false;
        foreach (var scope in names.GroupBy(n => n.Scope))
        {
            var stems = new Dictionary<string, List<int>>();
            foreach (var (_, path) in scope)
            {
                if (!TryWindow(path, out var whole, out var window)) return false;
                if (!stems.TryGetValue(whole, out var windows)) stems.Add(whole, windows = []);
                windows.Add(window);
            }

            if (stems.Values.Any(w => w.Distinct().Count() < w.Count || w.Max() != w.Count - 1)) return false;
            several |= stems.Count > 1 && stems.Values.Any(w => w.Count > 1);
        }

        return several;
    }

    /// <summary>
    /// Which names differ from another in their scope only in numbers, such as <c>song_1</c> and <c>song_2</c>, or the times
    /// <c>song 0-3</c> and <c>song 3-6</c>; null if none. Excludes scopes whose names all differ only in their number, like the
    /// tracks of an album, and names that consist only of numbers.
    /// </summary>
    public static (int Count, string One, string Other)? Siblings(IReadOnlyList<(string Scope, string Path)> names)
    {
        var (count, example) = (0, ((string, string)?)null);
        foreach (var scope in names.GroupBy(n => n.Scope))
        {
            string[] paths = [.. scope.Select(n => n.Path)];
            string[] stems = [.. paths.Select(p => WithoutExtension(p[(p.LastIndexOf('/') + 1)..]))];
            var marked = new int[stems.Length];
            Array.Fill(marked, -1);
            foreach (var (first, last) in s_masks) Mark(stems, stem => Masked(stem, first, last), marked);
            MarkCopies(stems, marked);
            count += marked.Count(m => m >= 0);
            var one = Array.FindIndex(marked, m => m >= 0);
            if (one >= 0) example ??= (paths[one], paths[marked[one]]);
        }

        return example is { } pair ? (count, pair.Item1, pair.Item2) : null;
    }

    // Which numbers of a name to leave out, counted from its end: a time may have four, and the window's position may precede its
    // length.
    private static readonly (int First, int Last)[] s_masks = [(0, 0), (1, 1), (0, 1), (0, 2), (0, 3)];

    private static void Mark(string[] stems, Func<string, string?> mask, int[] marked)
    {
        var alike = new Dictionary<string, List<int>>();
        for (var i = 0; i < stems.Length; i++)
        {
            if (mask(stems[i]) is not { } key) continue;
            if (!alike.TryGetValue(key, out var list)) alike.Add(key, list = []);
            list.Add(i);
        }

        foreach (var list in alike.Values)
        {
            if (list.Count == 1 || list.Count == stems.Length) continue;
            for (var i = 0; i < list.Count; i++)
            {
                if (marked[list[i]] < 0) marked[list[i]] = list[i == 0 ? 1 : 0];
            }
        }
    }

    // song and song (2)
    private static void MarkCopies(string[] stems, int[] marked)
    {
        var places = new Dictionary<string, int>();
        for (var i = 0; i < stems.Length; i++) places.TryAdd(stems[i], i);
        for (var i = 0; i < stems.Length; i++)
        {
            var open = stems[i].EndsWith(')') ? stems[i].LastIndexOf('(') : -1;
            if (open < 1 || stems[i].AsSpan(open + 1, stems[i].Length - open - 2).ContainsAnyExceptInRange('0', '9')) continue;
            if (!places.TryGetValue(stems[i][..open].TrimEnd(), out var first)) continue;
            if (marked[i] < 0) marked[i] = first;
            if (marked[first] < 0) marked[first] = i;
        }
    }

    // The name without its numbers first to last; null if it has fewer, or consists only of numbers.
    private static string? Masked(string stem, int first, int last)
    {
        var result = new System.Text.StringBuilder(stem.Length);
        var (number, rest) = (-1, false);
        for (var i = stem.Length - 1; i >= 0; i--)
        {
            var c = stem[i];
            var digit = char.IsAsciiDigit(c);
            if (digit && (i == stem.Length - 1 || !char.IsAsciiDigit(stem[i + 1]))) number++;
            if (digit && number >= first && number <= last)
            {
                if (result.Length == 0 || result[^1] != '\0') result.Append('\0');
                continue;
            }

            rest |= char.IsLetterOrDigit(c);
            result.Append(c);
        }

        return rest && number >= last ? result.ToString() : null;
    }
}
