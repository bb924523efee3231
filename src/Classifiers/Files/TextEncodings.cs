using System.ComponentModel;
using System.Text;

namespace Engine.Classifiers.Files;

/// <summary>Detects a text file's encoding: from its byte order mark, as UTF-16 without one, otherwise UTF-8.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class TextEncodings
{
    /// <summary>The encoding, which throws on invalid bytes, and where the text starts.</summary>
    public static (Encoding Encoding, int Start) Of(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (new UTF8Encoding(false, true), 3),
        [0xFF, 0xFE, 0, 0, ..] => (new UTF32Encoding(false, true, true), 4),
        [0xFF, 0xFE, ..] => (new UnicodeEncoding(false, true, true), 2),
        [0xFE, 0xFF, ..] => (new UnicodeEncoding(true, true, true), 2),
        [not 0, 0, not 0, 0, ..] => (new UnicodeEncoding(false, false, true), 0),
        [0, not 0, 0, not 0, ..] => (new UnicodeEncoding(true, false, true), 0),
        _ => (new UTF8Encoding(false, true), 0),
    };
}
