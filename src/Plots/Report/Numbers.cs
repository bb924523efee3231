using System.Globalization;
using Engine.Classifiers.Evaluation;

namespace Engine.Plots.Report;

/// <summary>How the pages write numbers.</summary>
internal static class Numbers
{
    /// <summary>A figure with three decimals; a dash if it is undefined.</summary>
    public static string Figure(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "–";

    /// <summary>Mean ± deviation, or the mean alone.</summary>
    public static string Spread(MeanSd value) =>
        value.Sd is { } sd ? $"{Figure(value.Mean)} ± {Figure(sd)}" : Figure(value.Mean);

    /// <summary>A share in whole per cent, which is 0 or 100 only if it is exactly that.</summary>
    public static string Percent(double share)
    {
        var percent = Math.Round(100 * share);
        return share is > 0 and < 0.01 ? "<1 %" : share < 1 && percent == 100 ? ">99 %" : $"{Text(percent)} %";
    }

    /// <summary>An interval.</summary>
    public static string Interval(IReadOnlyList<double> interval) => $"{Figure(interval[0])} to {Figure(interval[1])}";

    /// <summary>Seconds, to three digits.</summary>
    public static string Seconds(double seconds) => seconds switch
    {
        < 60 => $"{seconds.ToString("G3", CultureInfo.InvariantCulture)} s",
        < 3600 => $"{Text(Math.Floor(seconds / 60))} min {Text(Math.Floor(seconds % 60))} s",
        _ => $"{Text(Math.Floor(seconds / 3600))} h {Text(Math.Floor(seconds % 3600 / 60))} min",
    };

    /// <summary>A count with its noun: "1 track", "20 tracks".</summary>
    public static string Count(int count, string noun) => $"{Text(count)} {noun}{(count == 1 ? "" : "s")}";

    /// <summary>A number as it is.</summary>
    public static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A whole number with thin spaces between thousands.</summary>
    public static string Text(int value) => value.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202f');

    /// <summary>A place in a style: 12.3 %.</summary>
    public static string Css(double share) =>
        (100 * Math.Clamp(share, 0, 1)).ToString("0.##", CultureInfo.InvariantCulture) + "%";
}
