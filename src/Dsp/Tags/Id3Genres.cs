using System.Globalization;

namespace Engine.Dsp.Tags;

/// <summary>
/// ID3v1's numbered genres, with Winamp's additions, and the forms in which ID3v2's TCON refers to them. Sources: id3.org,
/// "ID3v2.3.0" 4.2.1 and appendix A, "ID3v2.4.0 frames" 4.2.3.
/// </summary>
internal static class Id3Genres
{
    /// <summary>The names by number.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. """
        Blues|Classic Rock|Country|Dance|Disco|Funk|Grunge|Hip-Hop|Jazz|Metal|New Age|Oldies|Other|Pop|R&B|Rap|Reggae|Rock|
        Techno|Industrial|Alternative|Ska|Death Metal|Pranks|Soundtrack|Euro-Techno|Ambient|Trip-Hop|Vocal|Jazz+Funk|Fusion|
        Trance|Classical|Instrumental|Acid|House|Game|Sound Clip|Gospel|Noise|Alternative Rock|Bass|Soul|Punk|Space|Meditative|
        Instrumental Pop|Instrumental Rock|Ethnic|Gothic|Darkwave|Techno-Industrial|Electronic|Pop-Folk|Eurodance|Dream|
        Southern Rock|Comedy|Cult|Gangsta|Top 40|Christian Rap|Pop/Funk|Jungle|Native American|Cabaret|New Wave|Psychedelic|
        Rave|Showtunes|Trailer|Lo-Fi|Tribal|Acid Punk|Acid Jazz|Polka|Retro|Musical|Rock & Roll|Hard Rock|Folk|Folk-Rock|
        National Folk|Swing|Fast Fusion|Bebop|Latin|Revival|Celtic|Bluegrass|Avantgarde|Gothic Rock|Progressive Rock|
        Psychedelic Rock|Symphonic Rock|Slow Rock|Big Band|Chorus|Easy Listening|Acoustic|Humour|Speech|Chanson|Opera|
        Chamber Music|Sonata|Symphony|Booty Bass|Primus|Porn Groove|Satire|Slow Jam|Club|Tango|Samba|Folklore|Ballad|
        Power Ballad|Rhythmic Soul|Freestyle|Duet|Punk Rock|Drum Solo|A Cappella|Euro-House|Dance Hall|Goa|Drum & Bass|
        Club-House|Hardcore Techno|Terror|Indie|BritPop|Afro-Punk|Polsk Punk|Beat|Christian Gangsta Rap|Heavy Metal|Black Metal|
        Crossover|Contemporary Christian|Christian Rock|Merengue|Salsa|Thrash Metal|Anime|JPop|Synthpop|Abstract|Art Rock|
        Baroque|Bhangra|Big Beat|Breakbeat|Chillout|Downtempo|Dub|EBM|Eclectic|Electro|Electroclash|Emo|Experimental|Garage|
        Global|IDM|Illbient|Industro-Goth|Jam Band|Krautrock|Leftfield|Lounge|Math Rock|New Romantic|Nu-Breakz|Post-Punk|
        Post-Rock|Psytrance|Shoegaze|Space Rock|Trop Rock|World Music|Neoclassical|Audiobook|Audio Theatre|
        Neue Deutsche Welle|Podcast|Indie Rock|G-Funk|Dubstep|Garage Rock|Psybient
        """.ReplaceLineEndings("").Split('|')];

    private static readonly Dictionary<string, byte> s_numbers =
        Names.Select((name, number) => (Key(name), (byte)number)).ToDictionary(StringComparer.Ordinal);

    /// <summary>The number of a genre, whatever its case and hyphens; null if it is not in the list.</summary>
    public static byte? NumberOf(string name) => s_numbers.TryGetValue(Key(name), out var number) ? number : null;

    /// <summary>The name of a number, or null.</summary>
    public static string? NameOf(int number) => number >= 0 && number < Names.Count ? Names[number] : null;

    /// <summary>
    /// The genres in one string of a TCON frame: <c>17</c>, <c>(17)</c>, <c>(17)(18)</c>, <c>(17)Rock</c>, <c>((text)</c>,
    /// <c>RX</c>, <c>CR</c> or plain text. Numbers without a name are none.
    /// </summary>
    public static IEnumerable<string> Parse(string text)
    {
        text = text.Trim();
        if (Reference(text) is { } whole) return Named(whole);
        var found = new List<string>();
        while (text.StartsWith('(') && !text.StartsWith("((", StringComparison.Ordinal) && text.IndexOf(')') is > 0 and var end
            && Reference(text[1..end]) is { } reference)
        {
            found.AddRange(Named(reference));
            text = text[(end + 1)..].Trim();
        }

        if (text.StartsWith("((", StringComparison.Ordinal)) text = text[1..];
        // A refinement often only repeats the number's name.
        if (text.Length > 0 && !found.Any(f => Key(f) == Key(text))) found.Add(text);
        return found;
    }

    // A number, RX or CR.
    private static string? Reference(string text) => text is "RX" or "CR" || IsNumber(text) ? text : null;

    private static bool IsNumber(string text) => text.Length is > 0 and <= 3 && text.All(char.IsAsciiDigit);

    private static string[] Named(string reference) => reference switch
    {
        "RX" => ["Remix"],
        "CR" => ["Cover"],
        _ => NameOf(int.Parse(reference, CultureInfo.InvariantCulture)) is { } name ? [name] : [],
    };

    private static string Key(string name) =>
        string.Concat(name.Where(c => c is not (' ' or '-' or '/' or '_'))).ToLowerInvariant();
}
