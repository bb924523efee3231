using Engine.Classifiers;
using Engine.Dsp;

namespace Engine.Cli;

/// <summary>A page that a command writes where the user says.</summary>
internal static class PageFile
{
    /// <summary>Throws before the work if the page cannot be written.</summary>
    /// <exception cref="CommandLineException">The name does not end in .html, or see <see cref="OutputFile.Check"/>.</exception>
    /// <exception cref="EngineException">Nothing can be written there.</exception>
    public static void Check(string path, bool force)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is not (".html" or ".htm"))
            throw new CommandLineException($"{path}: a report is a page; name a file ending in .html.");
        OutputFile.Check(path, force);
    }

    /// <summary>Writes the page whole or not at all.</summary>
    /// <exception cref="EngineException">It cannot be written.</exception>
    public static void Write(string path, string html)
    {
        try
        {
            AtomicFile.WriteText(path, html);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot write the report: {e.Message}", e);
        }
    }
}
