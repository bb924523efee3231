using System.Globalization;
using System.Text;

namespace Engine.Dsp.Tags.Writing;

/// <summary>The genre exactly as a file stores it.</summary>
/// <param name="Values">The values of the tag, unparsed; none if the tag has no genre.</param>
/// <param name="Number">The genre's number in the ID3v1 tag; null if there is none.</param>
/// <param name="IsLiteral">Whether it is a name to be stored, not what was stored.</param>
/// <remarks>
/// Its text, which undoes a change, is <c>genre=Rock</c>, <c>genre=Rock;genre=Pop</c> or <c>none</c>, then
/// <c>;id3v1=17</c>; backslashes mark semicolons, backslashes and line ends inside values.
/// </remarks>
internal sealed record StoredGenre(IReadOnlyList<string> Values, byte? Number, bool IsLiteral = false)
{
    private const string None = "none", Value = "genre=", V1 = "id3v1=";

    /// <summary>For a reader; ID3's numbers as names. Null if there is none.</summary>
    public string? Text => Values.Count > 0 ? string.Join("; ", Values.SelectMany(Names))
        : Number is { } number ? Id3Genres.NameOf(number) : null;

    /// <summary>Whether the values are of a TCON frame.</summary>
    public bool IsId3 { get; init; }

    /// <summary>A name to be stored.</summary>
    public static StoredGenre Literal(string genre) => new([genre], Id3Genres.NumberOf(genre), IsLiteral: true);

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public static StoredGenre Parse(string undo)
    {
        var (values, isNone, number) = (new List<string>(), false, default(byte?));
        foreach (var part in Parts(undo))
        {
            if (part == None) isNone = true;
            else if (part.StartsWith(Value, StringComparison.Ordinal)) values.Add(part[Value.Length..]);
            else if (part.StartsWith(V1, StringComparison.Ordinal)
                && byte.TryParse(part.AsSpan(V1.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var v1))
                number = v1;
            else throw Unknown(undo);
        }

        return isNone == values.Count > 0 ? throw Unknown(undo) : new(values, number);
    }

    /// <inheritdoc/>
    public bool Equals(StoredGenre? other) => other is not null && Number == other.Number && Values.SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Values.Count, Number);

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = string.Join(';', Values.Select(v => Value + Escaped(v)).DefaultIfEmpty(None));
        return Number is { } number ? $"{text};{V1}{number}" : text;
    }

    private IEnumerable<string> Names(string value) => IsId3 ? Id3Genres.Parse(value) : [value];

    private static string Escaped(string value) =>
        value.Replace("\\", "\\\\").Replace(";", "\\;").Replace("\n", "\\n").Replace("\r", "\\r");

    private static IEnumerable<string> Parts(string undo)
    {
        var part = new StringBuilder();
        for (var i = 0; i < undo.Length; i++)
        {
            if (undo[i] == '\\' && ++i < undo.Length) part.Append(undo[i] switch { 'n' => '\n', 'r' => '\r', var c => c });
            else if (i < undo.Length && undo[i] == ';')
            {
                yield return part.ToString();
                part.Clear();
            }
            else if (i < undo.Length)
            {
                part.Append(undo[i]);
            }
        }

        yield return part.ToString();
    }

    private static ArgumentException Unknown(string undo) =>
        new($"'{(undo.Length > 80 ? undo[..80] + "…" : undo)}' does not say what a genre was, as genre=Rock or none do.");
}
