using System.Text;

namespace Engine.Plots.Report.Html;

/// <summary>
/// Where a link leads: a place on the page or a file. Every character that has a meaning in an address is encoded, so that no
/// name of a file becomes a scheme such as <c>javascript:</c>, a query or a place in another file.
/// </summary>
internal readonly record struct Address
{
    private Address(string text) => Text = text;

    /// <summary>The address as it is written.</summary>
    public string Text { get; }

    /// <summary>A place on the page.</summary>
    public static Address OnPage(string id) => new("#" + Uri.EscapeDataString(id));

    /// <summary>
    /// A file as seen from a folder: relative if it lies near, so that both can be moved together; else absolute.
    /// </summary>
    /// <param name="file">The full path of the file.</param>
    /// <param name="folder">The full path of the folder that holds the page.</param>
    public static Address OfFile(string file, string folder)
    {
        const int Near = 3;
        var relative = Path.GetRelativePath(folder, file);
        var parts = relative.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        return Path.IsPathRooted(relative) || parts.Count(p => p == "..") > Near
            ? new("file://" + (OperatingSystem.IsWindows() ? "/" : "")
                + Encoded(file.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar)))
            : new((parts[0] == ".." ? "" : "./") + Encoded(parts));
    }

    // Uri.EscapeDataString takes half a surrogate pair for an error, which a file of another system may have in its name.
    private static string Encoded(IEnumerable<string> parts) =>
        string.Join('/', parts.Select(p => Uri.EscapeDataString(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(p)))));
}
