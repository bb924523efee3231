using System.Text.Encodings.Web;
using System.Text.Json;

namespace Engine.Pipeline.Json;

/// <summary>JSON without line breaks, for keys and for files with one entry per line.</summary>
internal static class OneLine
{
    public static JsonSerializerOptions Of(JsonSerializerOptions options) => new(options)
    {
        WriteIndented = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
