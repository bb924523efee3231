using System.Text.Encodings.Web;
using System.Text.Json;

namespace Engine.Cli.Reports;

/// <summary>How the command line writes JSON.</summary>
internal static class JsonText
{
    /// <summary>Indented, with line feeds and unescaped file names: none of it is embedded in a web page.</summary>
    public static JsonSerializerOptions Indented { get; } =
        new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The same on one line.</summary>
    public static JsonSerializerOptions OneLine { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
