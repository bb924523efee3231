using System.Text.Json.Nodes;
using Engine.Cli.Reports;
using Engine.Pipeline;

namespace Engine.Cli.Labelling;

/// <summary>Labels or timelines as JSON: an array, or an object on each line.</summary>
internal sealed class LabelJson(LabelSettings settings, bool isArray) : LabelFormat
{
    private bool _hasAny;

    public override string Begin() => isArray ? "[" : "";

    public override string Of(SongLabel label)
    {
        var entry = Entry(label);
        if (!isArray) return entry.ToJsonString(JsonText.OneLine) + "\n";
        var before = _hasAny ? "," : "";
        _hasAny = true;
        return $"{before}\n  {entry.ToJsonString(JsonText.Indented).Replace("\n", "\n  ", StringComparison.Ordinal)}";
    }

    public override string End() => !isArray ? "" : _hasAny ? "\n]\n" : "]\n";

    private JsonObject Entry(SongLabel label)
    {
        var song = label.Song;
        var entry = new JsonObject { ["file"] = label.File };
        if (song.Error is not null) entry["error"] = song.Error;
        if (song.Prediction is { } prediction) Add(entry, prediction, label.Genre!);
        if (song.Timeline is { } timeline) Add(entry, timeline);
        if (label.Tag is { } tag) Add(entry, tag);
        entry["leaky"] = settings.IsLeaky;
        if (song.IsTrainedOn is { } isTrainedOn) entry["trained_on"] = isTrainedOn;
        if (song.Bandwidth is { } band) entry["bandwidth_hz"] = Math.Round(band);
        if (song.LacksBand is { } lacksBand) entry["lacks_band"] = lacksBand;
        entry["made_by"] = settings.MadeBy;
        return entry;
    }

    private void Add(JsonObject entry, GenrePrediction prediction, string genre)
    {
        var name = settings.NumberName;
        entry["genre"] = genre;
        entry[name] = prediction.Probability;
        if (settings.UnknownBelow is not null) entry["nearest"] = prediction.Label;
        entry["ranked"] = new JsonArray([.. prediction.Ranked.Take(settings.Top)
            .Select(r => new JsonObject { ["genre"] = r.Label, [name] = r.Probability })]);
    }

    private static void Add(JsonObject entry, TagPlan tag)
    {
        if (tag.OldGenre is { } old) entry[TagPlan.OldGenreName] = old;
        if (tag.Undo is { } undo) entry[TagPlan.UndoName] = undo;
        if (tag.Error is { } error) entry[TagPlan.ErrorName] = error;
    }

    private void Add(JsonObject entry, GenreTimeline timeline)
    {
        entry["labels"] = new JsonArray([.. timeline.Labels.Select(l => JsonValue.Create(l))]);
        entry["segments"] = new JsonArray([.. timeline.Segments.Select(s => new JsonObject
        {
            ["start"] = s.Start,
            ["end"] = s.End,
            ["genre"] = s.Label,
            [settings.NumberName] = s.Probability,
        })]);
        entry["windows"] = new JsonArray([.. timeline.Windows.Select(w => new JsonObject
        {
            ["start"] = w.Start,
            ["end"] = w.End,
            ["genre"] = w.Label,
            [settings.IsCalibrated ? "probabilities" : "scores"] =
                new JsonArray([.. w.Probabilities.Select(p => JsonValue.Create(p))]),
        })]);
    }
}
