using Engine.Classifiers;
using Engine.Dsp;

namespace Engine.Pipeline.Runs;

/// <summary>Makes a page for people.</summary>
/// <param name="content">What it shows.</param>
/// <param name="place">The folder that the page will lie in, for its links; not necessarily where it is written first.</param>
/// <returns>The page as HTML.</returns>
internal delegate string PageMaker<in T>(T content, string place);

/// <summary>The <c>report.html</c> of a run or a comparison.</summary>
internal static class ReportPage
{
    /// <summary>
    /// Writes the page into a folder. It can be made again from the other files, so if it fails, the work that these hold is not
    /// lost for it: <paramref name="warn"/> is told instead.
    /// </summary>
    public static void Write<T>(string folder, string place, PageMaker<T>? page, Func<T> content, Action<string>? warn)
    {
        if (page is null) return;
        try
        {
            AtomicFile.WriteText(Path.Combine(folder, RunFolder.ReportFile), page(content(), place));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EngineException or InvalidOperationException)
        {
            warn?.Invoke($"{Path.Combine(place, RunFolder.ReportFile)}: cannot be written: {e.Message} The run is complete "
                + $"without it; to write it later: engine report {place}");
        }
    }
}
