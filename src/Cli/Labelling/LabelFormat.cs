namespace Engine.Cli.Labelling;

/// <summary>How labels are written: a beginning, text for each song as it comes, and an end.</summary>
internal abstract class LabelFormat
{
    /// <summary>The text before the first song.</summary>
    public virtual string Begin() => "";

    /// <summary>The text of the next song; empty if the format leaves it out.</summary>
    public abstract string Of(SongLabel label);

    /// <summary>The text after the last song.</summary>
    public virtual string End() => "";

    /// <summary>Creates the format of a name: table, csv, json or jsonl.</summary>
    /// <param name="name">The name.</param>
    /// <param name="settings">What is written.</param>
    /// <param name="files">The names of all songs, which a table is measured by.</param>
    /// <param name="layout">The room that a table has.</param>
    public static LabelFormat Of(
        string name, LabelSettings settings, IReadOnlyList<string> files, Text.Layout layout) => name switch
        {
            "csv" when settings.IsAlong => new TimelineCsv(settings),
            "csv" => new LabelCsv(settings),
            "json" => new LabelJson(settings, isArray: true),
            "jsonl" => new LabelJson(settings, isArray: false),
            _ when settings.IsAlong => new TimelineTable(settings, layout),
            _ => new LabelTable(settings, files, layout),
        };
}

/// <summary>What is written of each song.</summary>
/// <param name="Labels">The genres that the model knows.</param>
/// <param name="Top">How many genres are listed.</param>
/// <param name="IsCalibrated">Whether the numbers are probabilities; otherwise they are called scores.</param>
/// <param name="IsLeaky">Whether the model was tested with a leaky split.</param>
/// <param name="IsAlong">Whether songs have timelines instead of predictions.</param>
/// <param name="UnknownBelow">The probability below which a song's genre is unknown; null: none.</param>
/// <param name="MadeBy">Tells these labels from those of another model or of other options.</param>
/// <param name="WritesTags">Whether there is a plan for each song's tag.</param>
internal sealed record LabelSettings(
    IReadOnlyList<string> Labels, int Top, bool IsCalibrated, bool IsLeaky, bool IsAlong, double? UnknownBelow, string MadeBy,
    bool WritesTags = false)
{
    /// <summary>What the numbers are.</summary>
    public string NumberName => IsCalibrated ? "probability" : "score";
}
