using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

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

/// <summary>Types by the options that know them.</summary>
internal static class TypeInfos
{
    public static JsonTypeInfo<T> Of<T>(this JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
}
