using Engine.Classifiers.Evaluation.Names;

namespace Engine.Classifiers.Evaluation;

/// <summary>
/// Identifies a track: genre and number, <c>blues.00029</c>, when the file is named like <c>blues.00029.wav</c> (with any
/// extension; a window number may follow, <c>blues.00029.3.wav</c>); otherwise the path from the genre's folder down, <c>blues/a
/// song.mp3</c>, with <c>/</c> and composed characters, wherever that folder is. Compared ordinally.
/// </summary>
/// <param name="Value">The canonical text.</param>
public readonly record struct TrackId(string Value) : IComparable<TrackId>
{
    private const int Digits = 5;

    /// <summary>
    /// The identity of a recording of known genre. Its name counts as genre and number only if it names that genre (in any case),
    /// so <c>take.00001.wav</c> in two genres' folders remains two tracks. If a path does not contain the genre's folder, like a
    /// name in a table, the genre is prepended.
    /// </summary>
    public static TrackId Of(string relativePath, string genre)
    {
        ArgumentNullException.ThrowIfNull(relativePath);
        ArgumentNullException.ThrowIfNull(genre);
        if (IsNamed(relativePath, genre, out var id, out _)) return id;
        var (path, folder) = (OfPath(relativePath).Value, OfPath(genre).Value);
        var at = folder.Length == 0 ? 0 : $"/{path}".LastIndexOf($"/{folder}/", StringComparison.Ordinal);
        return new TrackId(at < 0 ? $"{folder}/{path}" : path[at..]);
    }

    /// <summary>The identity by path alone, for a file not named by genre and number.</summary>
    public static TrackId OfPath(string relativePath)
    {
        ArgumentNullException.ThrowIfNull(relativePath);
        var path = Nfc.Compose(relativePath.Trim()).Replace('\\', '/').Replace("//", "/", StringComparison.Ordinal);
        var start = 0;
        while (path.AsSpan(start).StartsWith("./")) start += 2;
        return new TrackId(path[start..]);
    }

    /// <summary>Whether a file is named by its genre and number, and which window of that track it is, if any.</summary>
    public static bool IsNamed(string path, string genre, out TrackId id, out int? window) =>
        TryParseName(path, out id, out window)
        && id.Value[..^(Digits + 1)].Equals(Nfc.Compose(genre), StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Reads the genre, the five-digit number and the window, if any, from a file name; the folder is ignored and the genre is
    /// converted to lower case.
    /// </summary>
    /// <returns>Whether the name has that form; without a window <paramref name="window"/> is null.</returns>
    public static bool TryParseName(string path, out TrackId id, out int? window)
    {
        ArgumentNullException.ThrowIfNull(path);
        (id, window) = (default, null);
        var name = Nfc.Compose(path[(path.LastIndexOfAny(['/', '\\']) + 1)..]);
        var parts = name.Split('.');
        var number = Array.FindIndex(parts, 1, p => p.Length == Digits && p.All(char.IsAsciiDigit));
        if (number < 1 || parts[0].Length == 0) return false;
        var rest = parts.AsSpan(number + 1);
        if (rest.Length > 0 && rest[0].Length is > 0 and < 10 && rest[0].All(char.IsAsciiDigit))
        {
            window = int.Parse(rest[0]);
            rest = rest[1..];
        }

        if (rest.Length > 1 || (rest.Length == 1 && (rest[0].Length == 0 || rest[0].All(char.IsAsciiDigit))))
        {
            window = null;
            return false;
        }

        id = new TrackId($"{string.Join('.', parts[..number]).ToLowerInvariant()}.{parts[number]}");
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(TrackId other) => string.CompareOrdinal(Value, other.Value);

    /// <summary>The canonical text.</summary>
    public override string ToString() => Value;

    /// <summary>Ordinal order.</summary>
    public static bool operator <(TrackId left, TrackId right) => left.CompareTo(right) < 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator >(TrackId left, TrackId right) => left.CompareTo(right) > 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator <=(TrackId left, TrackId right) => left.CompareTo(right) <= 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator >=(TrackId left, TrackId right) => left.CompareTo(right) >= 0;
}
