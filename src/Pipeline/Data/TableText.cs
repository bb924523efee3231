using System.Globalization;
using System.Text;
using CsvHelper;
using Engine.Classifiers;
using Engine.Classifiers.Files;

namespace Engine.Pipeline.Data;

/// <summary>
/// How to read the text of a table, detected from its start: the encoding, and the field separator of the header line. In
/// much of the world, spreadsheets write <c>;</c> and decimal commas.
/// </summary>
/// <param name="Encoding">The encoding.</param>
/// <param name="Separator">The character between fields.</param>
/// <param name="HasHint">Whether the first line is <c>sep=;</c> instead of the header.</param>
internal sealed record TableText(Encoding Encoding, char Separator, bool HasHint)
{
    private const int Start = 1 << 16;
    private const string Separators = ",;\t|";

    /// <summary>Whether numbers may have a decimal comma.</summary>
    public bool DecimalComma => Separator != ',';

    /// <summary>Whether a path has a table's extension.</summary>
    public static bool IsName(string path) =>
        path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase);

    /// <summary>Inspects the start of a table.</summary>
    /// <exception cref="EngineException">The file does not exist or is not text.</exception>
    public static TableText Of(string path)
    {
        if (FileKinds.NoFile(path) is { } what)
        {
            throw new EngineException($"{path}: cannot read the feature table: it is {what}, not a file.");
        }

        var bytes = new byte[Start];
        using (var stream = File.OpenRead(path)) bytes = bytes[..stream.ReadAtLeast(bytes, Start, throwOnEndOfStream: false)];
        if (bytes is [(byte)'P', (byte)'K', 3, 4, ..])
        {
            throw new EngineException($"{path}: is a spreadsheet or another archive, not text; save it as CSV.");
        }

        var (encoding, start) = TextEncodings.Of(bytes);
        // Invalid bytes surface when their field is read, where the error can name the place.
        encoding = Encoding.GetEncoding(
            encoding.CodePage, EncoderFallback.ReplacementFallback, DecoderFallback.ReplacementFallback);
        var text = encoding.GetString(bytes, start, bytes.Length - start);
        if (text.Contains('\0')) throw new EngineException($"{path}: is not text: it holds zero bytes. A feature table is a " +
            "CSV file.");
        var lines = text.TrimStart('\r', '\n').AsSpan();
        var end = lines.IndexOfAny('\r', '\n');
        var header = end < 0 ? lines : lines[..end];
        var hint = header.Trim().Trim('"');
        if (hint.Length == 5 && hint.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && char.IsAscii(hint[4]))
        {
            return new(encoding, hint[4], true);
        }

        return new(encoding, Most(header), false);
    }

    /// <summary>Opens the table for reading.</summary>
    public CsvReader Open(string path) => CsvReader.FromFile(path, new CsvReaderOptions
    {
        Separator = HasHint ? null : Separator,
        Encoding = Encoding is UTF8Encoding ? null : Encoding,
        TrimWhitespace = true,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
    });

    /// <summary>Reads a number.</summary>
    public bool TryNumber(ReadOnlySpan<byte> text, out double value)
    {
        if (!DecimalComma || !text.Contains((byte)','))
        {
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        }

        value = 0;
        if (text.Contains((byte)'.') || text.Count((byte)',') > 1 || text.Length > 400) return false;
        Span<byte> point = stackalloc byte[text.Length];
        text.Replace(point, (byte)',', (byte)'.');
        return double.TryParse(point, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    // The most frequent separator in the header outside quotes; the comma if it has none.
    private static char Most(ReadOnlySpan<char> header)
    {
        Span<int> counts = stackalloc int[Separators.Length];
        var quoted = false;
        foreach (var c in header)
        {
            if (c == '"') quoted = !quoted;
            else if (!quoted && Separators.IndexOf(c) is >= 0 and var place) counts[place]++;
        }

        var best = 0;
        for (var i = 1; i < counts.Length; i++)
        {
            if (counts[i] > counts[best]) best = i;
        }

        return Separators[best];
    }
}
