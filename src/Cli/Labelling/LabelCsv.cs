using System.Globalization;
using CsvHelper;
using Engine.Pipeline.Runs;

namespace Engine.Cli.Labelling;

/// <summary>Labels as CSV: a header, and one line a song, also for those that could not be labelled.</summary>
internal sealed class LabelCsv(LabelSettings settings) : LabelFormat
{
    public override string Begin()
    {
        var name = settings.NumberName;
        var next = Enumerable.Range(2, settings.Top - 1).SelectMany(k => new[] { $"genre_{k}", $"{name}_{k}" });
        return CsvText.Line(["file", "genre", name, .. settings.UnknownBelow is null ? Array.Empty<string>() : ["nearest"],
            .. next, .. settings.WritesTags ? TagPlan.Columns : [], .. CsvText.NoteColumns]);
    }

    public override string Of(SongLabel label)
    {
        var ranked = label.Song.Prediction?.Ranked.Take(settings.Top).ToArray();
        var cells = ranked is null
            ? Enumerable.Repeat("", 2 * settings.Top)
            : ranked.SelectMany((r, i) => new[] { i == 0 ? label.Genre! : r.Label, CsvText.Number(r.Probability) });
        var all = cells.ToList();
        if (settings.UnknownBelow is not null) all.Insert(2, ranked?[0].Label ?? "");
        var tag = label.Tag;
        string[] tags = settings.WritesTags ? [tag?.OldGenre ?? "", tag?.Undo ?? "", tag?.Error ?? ""] : [];
        return CsvText.Line([label.File, .. all, .. tags, .. CsvText.Notes(label.Song, settings)]);
    }
}

/// <summary>Timelines as CSV: a line for each window, and one for a song that could not be labelled.</summary>
internal sealed class TimelineCsv(LabelSettings settings) : LabelFormat
{
    private readonly PredictionColumns _columns = new(settings.Labels, settings.IsCalibrated);

    public override string Begin() =>
        CsvText.Line(["file", "start", "end", "label", .. _columns.Names, .. CsvText.NoteColumns]);

    public override string Of(SongLabel label)
    {
        var notes = CsvText.Notes(label.Song, settings);
        return label.Song.Timeline is not { } timeline
            ? CsvText.Line([label.File, "", "", "", .. _columns.Names.Select(_ => ""), .. notes])
            : CsvText.Lines(timeline.Windows.Select(window => new[] { label.File, CsvText.Number(window.Start),
                CsvText.Number(window.End), window.Label }.Concat(_columns.Of(window.Probabilities)).Concat(notes)));
    }
}

/// <summary>What both have in common.</summary>
internal static class CsvText
{
    /// <summary>The columns that tell of a recording rather than its genre.</summary>
    public static readonly string[] NoteColumns = ["leaky", "trained_on", "bandwidth_hz", "lacks_band", "error", "made_by"];

    /// <summary>Their values; empty where nothing is known.</summary>
    public static string[] Notes(Pipeline.LabelledSong song, LabelSettings settings) =>
    [
        settings.IsLeaky ? "LEAKY" : "no", Answer(song.IsTrainedOn), song.Bandwidth is { } band ? Rounded(band) : "",
        Answer(song.LacksBand), song.Error ?? "", settings.MadeBy,
    ];

    /// <summary>One line.</summary>
    public static string Line(IEnumerable<string> cells) => Lines([cells]);

    /// <summary>Several lines.</summary>
    public static string Lines(IEnumerable<IEnumerable<string>> lines)
    {
        using var text = new StringWriter();
        using (var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
            foreach (var cells in lines) csv.WriteRecord([.. cells]);
        return text.ToString();
    }

    /// <summary>A number with all its digits.</summary>
    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Rounded(double hertz) => hertz.ToString("0", CultureInfo.InvariantCulture);

    private static string Answer(bool? value) => value switch { true => "yes", false => "no", null => "" };
}
