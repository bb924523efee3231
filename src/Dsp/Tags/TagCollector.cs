using System.Globalization;

namespace Engine.Dsp.Tags;

/// <summary>
/// Gathers what the tags of a file say. Of each field, the first tag that has it counts: readers begin with the tag that takes
/// precedence.
/// </summary>
internal sealed class TagCollector
{
    private readonly List<(string Kind, Dictionary<TagField, List<string>> Values)> _tags = [];
    private readonly List<string> _notes = [];

    /// <summary>From here on, values are of a tag of this kind.</summary>
    public void Begin(string kind) => _tags.Add((kind, []));

    /// <summary>Adds one value of a field.</summary>
    public void Add(TagField field, string value)
    {
        value = value.Trim().Trim('\0').Trim();
        if (value.Length == 0) return;
        var tag = _tags[^1].Values;
        if (!tag.TryGetValue(field, out var values)) tag[field] = values = [];
        if (values.Count < TagLimits.Values && !values.Contains(value)) values.Add(value);
    }

    /// <summary>Adds values of a field.</summary>
    public void Add(TagField field, IEnumerable<string> values)
    {
        foreach (var value in values) Add(field, value);
    }

    /// <summary>Says that something is broken or was passed over.</summary>
    public void Note(string what)
    {
        if (_notes.Count < TagLimits.Notes && !_notes.Contains(what)) _notes.Add(what);
    }

    /// <summary>What was found.</summary>
    public SongTags ToTags() => new()
    {
        Artists = Values(TagField.Artist),
        AlbumArtist = First(TagField.AlbumArtist),
        Album = First(TagField.Album),
        Title = First(TagField.Title),
        Genres = Values(TagField.Genre),
        Year = Number(TagField.Year, digits: 4),
        Track = Number(TagField.Track, digits: 5),
        Kinds = [.. _tags.Where(t => t.Values.Count > 0).Select(t => t.Kind).Distinct()],
        Notes = _notes,
    };

    private string? First(TagField field) => Values(field) is [var first, ..] ? first : null;

    private List<string> Values(TagField field) =>
        _tags.Select(t => t.Values.GetValueOrDefault(field)).FirstOrDefault(v => v is not null) ?? [];

    // The digits at the start: years are often whole dates, tracks "3/12".
    private int? Number(TagField field, int digits)
    {
        if (Values(field) is not [var text, ..]) return null;
        var end = 0;
        while (end < Math.Min(text.Length, digits) && char.IsAsciiDigit(text[end])) end++;
        return int.TryParse(text.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number : null;
    }
}
