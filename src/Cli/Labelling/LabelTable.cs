using System.Globalization;
using Engine.Cli.Reports;
using Engine.Cli.Text;
using Engine.Pipeline;

namespace Engine.Cli.Labelling;

/// <summary>
/// Labels as a table for people. Its columns are as wide as all files' names and all labels need, so that rows can be written
/// one by one; on a terminal that is too narrow for one row on a line, the table comes at the end.
/// </summary>
internal sealed class LabelTable : LabelFormat
{
    private readonly LabelSettings _settings;
    private readonly Layout _layout;
    private readonly TextTable _table;
    private readonly bool _canStream;
    private bool _hasAny;

    public LabelTable(LabelSettings settings, IReadOnlyList<string> files, Layout layout)
    {
        (_settings, _layout) = (settings, layout);
        string[] next = settings.Top > 1 ? ["then"] : [];
        _table = new(["file", "genre", settings.IsCalibrated ? ">p" : ">score", .. next, "note"]);
        var widest = settings.Labels.Append(settings.UnknownBelow is null ? "" : SongLabel.Unknown)
            .OrderByDescending(l => DisplayWidth.Of(Visible.Line(l))).ToArray();
        var others = string.Join(", ", widest.Take(settings.Top - 1).Select(l => $"{l} 0.00"));
        foreach (var file in files)
            _table.Measure(settings.Top > 1 ? [file, widest[0], "0.00", others, ""] : [file, widest[0], "0.00", ""]);
        _canStream = _table.CanStream(layout);
    }

    public override string Of(SongLabel label)
    {
        if (label.Song.Prediction is not { } prediction) return "";
        var isFirst = !_hasAny;
        _hasAny = true;
        var skipped = label.Genre == prediction.Label ? 1 : 0; // unknown: its nearest genre comes among the others
        var others = prediction.Ranked.Take(_settings.Top).Skip(skipped).Take(Math.Max(1, _settings.Top - 1))
            .Select(r => $"{r.Label} {Share(r.Probability)}");
        string[] cells = [label.File, label.Genre!, Share(prediction.Probability)];
        var note = Note(label.Song);
        cells = _settings.Top > 1 ? [.. cells, string.Join(", ", others), note] : [.. cells, note];
        if (_canStream) return (isFirst ? _table.Headings(_layout) : "") + _table.Row(_layout, cells);
        _table.Add(cells);
        return "";
    }

    public override string End()
    {
        if (!_hasAny) return "";
        var text = new ReportText(_layout);
        if (!_canStream) text.Table(_table);
        return (_settings.IsLeaky ? text.Line().Paragraph(RunReport.LeakyLine) : text).ToString();
    }

    private static string Note(LabelledSong song)
    {
        var notes = new List<string>();
        if (song.IsTrainedOn == true) notes.Add("trained on");
        if (song.LacksBand == true)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"no sound above {song.Bandwidth / 1000:0.0} kHz"));
        return string.Join("; ", notes);
    }

    private static string Share(double probability) => probability.ToString("0.00", CultureInfo.InvariantCulture);
}
