using System.Globalization;
using System.Text;
using Engine.Cli.Text;

namespace Engine.Cli.Reports;

/// <summary>The words and the bar of a progress line: <c>epoch 3/60 ━───────── 5 % 1:04 left</c>.</summary>
internal static class ProgressText
{
    /// <summary>The longest line.</summary>
    public const int MostColumns = 40;

    private const int LongestBar = 10;
    private const int ShortestBar = 4;

    /// <summary>One line of at most 40 columns: the bar takes what the words leave, and goes first if there is no room.</summary>
    public static string Line(ProgressState state, Screen screen, Encoding encoding)
    {
        // A terminal wraps a line that fills its last column.
        var room = Math.Min(MostColumns, screen.Columns() - 1);
        if (state.Total is not { } total) return DisplayWidth.Shortened(Plain(state), room);
        var (before, after) = ($"{state.Unit} {Count(state.Done)}/{Count(total)}", After(state, total, isShort: true));
        var length = Math.Min(LongestBar, room - before.Length - after.Length - 2);
        return length < ShortestBar
            ? DisplayWidth.Shortened($"{before} {after}", room)
            : $"{before} {Bar(length, (double)state.Done / total, screen.IsColored, encoding)} {after}";
    }

    /// <summary>The same for a log, without a bar.</summary>
    public static string Plain(ProgressState state) => state.Total is { } total
        ? $"{state.Unit} {Count(state.Done)}/{Count(total)} {After(state, total)}"
        : $"{state.Unit} {Time(state.Elapsed)}";

    /// <summary>Minutes and seconds, with hours if there are any.</summary>
    public static string Time(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time:mm\\:ss}")
        : time.ToString("m\\:ss", CultureInfo.InvariantCulture);

    // The bar shows the share, too.
    private static string After(ProgressState state, int total, bool isShort = false)
    {
        var time = state.Left is { } left ? $"{Time(left)} left" : Time(state.Elapsed);
        var share = $"{Count((int)(100L * state.Done / total))} %";
        return state.Rate is not { } rate ? $"{share} {time}" : isShort ? $"{Rate(rate)} {time}" : $"{share} {Rate(rate)} {time}";
    }

    private static string Rate(double perSecond) => perSecond >= 10
        ? string.Create(CultureInfo.InvariantCulture, $"{perSecond:0}/s")
        : string.Create(CultureInfo.InvariantCulture, $"{perSecond:0.0}/s");

    private static string Bar(int length, double share, bool isColored, Encoding encoding)
    {
        // Full at the very end only; not empty once something is done.
        var full = share < 1 ? Math.Min(length - 1, (int)Math.Ceiling(length * share)) : length;
        var (done, open) = CanShow(encoding) ? ('━', '─') : ('#', '.');
        var (first, second) = (new string(done, full), new string(open, length - full));
        return isColored ? $"\e[32m{first}\e[90m{second}\e[0m" : first + second;
    }

    private static bool CanShow(Encoding encoding) => encoding.GetString(encoding.GetBytes("━─")) == "━─";

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>How far work is.</summary>
/// <param name="Unit">What is counted, or what is being done where nothing can be counted.</param>
/// <param name="Done">How many are done.</param>
/// <param name="Total">Of how many; null if nothing can be counted.</param>
/// <param name="Elapsed">The time since it began.</param>
/// <param name="Left">How long it will still take; null until the first is done.</param>
internal readonly record struct ProgressState(string Unit, int Done, int? Total, TimeSpan Elapsed, TimeSpan? Left)
{
    /// <summary>How many are done in a second; null if that is not shown.</summary>
    public double? Rate { get; init; }
}
