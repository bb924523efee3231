using System.Globalization;

namespace Engine.Cli.Text;

/// <summary>What the terminal can do.</summary>
/// <param name="Columns">Asks for its width, which changes while a command runs.</param>
/// <param name="CanOverwrite">Whether a line can be written over; a dumb terminal only prints.</param>
/// <param name="IsColored">Whether colours are wanted.</param>
internal sealed record Screen(Func<int> Columns, bool CanOverwrite, bool IsColored)
{
    // Anything narrower would break words.
    private const int LeastColumns = 40;

    /// <summary>80 columns without colours.</summary>
    public static Screen Standard { get; } = new(() => Layout.StandardColumns, true, false);

    /// <summary>
    /// The terminal of this process, by the customs of other programs: <c>COLUMNS</c> takes precedence over the terminal's
    /// width, a non-empty <c>NO_COLOR</c> turns colours off (no-color.org), and <c>TERM=dumb</c> means plain lines.
    /// </summary>
    public static Screen OfProcess(Func<string, string?> variable)
    {
        var isDumb = variable("TERM") == "dumb";
        // Windows understands colour codes only after a request to the console.
        var isColored = !isDumb && string.IsNullOrEmpty(variable("NO_COLOR")) && !OperatingSystem.IsWindows();
        return new(() => Math.Max(LeastColumns, Width(variable("COLUMNS"))), !isDumb, isColored);
    }

    // As in Python and git, a COLUMNS that is not a positive number counts as unset.
    private static int Width(string? columns) =>
        int.TryParse(columns, NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given > 0 ? given : OfTerminal();

    private static int OfTerminal()
    {
        if (Console.IsOutputRedirected && Console.IsErrorRedirected) return Layout.StandardColumns;
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : Layout.StandardColumns;
        }
        catch (Exception e) when (e is IOException or PlatformNotSupportedException)
        {
            // A terminal that does not know its size.
            return Layout.StandardColumns;
        }
    }
}
