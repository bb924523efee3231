using System.Text.Encodings.Web;
using System.Text.Json;

namespace Engine.Cli.Reports;

/// <summary>How the command line writes JSON.</summary>
internal static class JsonText
{
    /// <summary>Indented, with line feeds, and file names as they are: nothing here is put into a web page.</summary>
    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
