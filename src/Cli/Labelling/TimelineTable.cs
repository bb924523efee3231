using System.Globalization;
using System.Text;
using Engine.Cli.Reports;
using Engine.Cli.Text;

namespace Engine.Cli.Labelling;

/// <summary>Timelines for people: a table of each song's segments.</summary>
internal sealed class TimelineTable(LabelSettings settings, Layout layout) : LabelFormat
{
    private bool _hasAny;

    public override string Of(SongLabel label)
    {
        if (label.Song.Timeline is not { } timeline) return "";
        var text = new StringBuilder();
        if (_hasAny) text.AppendLine();
        _hasAny = true;
        var table = new TextTable(">from", ">to", "genre", timeline.IsCalibrated ? ">p" : ">score");
        foreach (var segment in timeline.Segments)
        {
            table.Add(Time(segment.Start), Time(segment.End), segment.Label,
                segment.Probability.ToString("0.00", CultureInfo.InvariantCulture));
        }

        var count = timeline.Windows.Count;
        var seconds = timeline.Windows[0].End - timeline.Windows[0].Start;
        var every = count > 1 ? $", one every {Seconds(timeline.Windows[1].Start - timeline.Windows[0].Start)}" : "";
        text.AppendLine($"{Visible.Line(label.File)}  ({count} window{(count == 1 ? "" : "s")} of {Seconds(seconds)}{every})");
        return text.Append(table.ToString(layout)).ToString();
    }

    public override string End() => _hasAny && settings.IsLeaky ? $"\n{RunReport.LeakyLine}\n" : "";

    // 0:07.5, 1:02:03.0
    private static string Time(double seconds)
    {
        var tenths = (long)Math.Round(seconds * 10);
        var (hours, minutes, rest) = (tenths / 36_000, tenths / 600 % 60, tenths % 600);
        var clock = string.Create(CultureInfo.InvariantCulture, $"{minutes}:{rest / 10:00}.{rest % 10}");
        return hours == 0 ? clock : string.Create(CultureInfo.InvariantCulture, $"{hours}:{minutes:00}:{clock.Split(':')[1]}");
    }

    private static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.##} s");
}
