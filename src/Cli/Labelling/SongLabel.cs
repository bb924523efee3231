using Engine.Pipeline;

namespace Engine.Cli.Labelling;

/// <summary>A labelled song: a recording, or a row of a feature table.</summary>
/// <param name="File">The recording as the user named it, or the row's file name.</param>
/// <param name="Genre">The genre, or <see cref="Unknown"/>; null if it could not be labelled, or for a timeline.</param>
/// <param name="Song">What the model made of it.</param>
internal sealed record SongLabel(string File, string? Genre, LabelledSong Song)
{
    /// <summary>The answer where the most probable genre is not probable enough.</summary>
    public const string Unknown = "unknown";

    /// <summary>What becomes of the genre in the song's tag; null if tags are not written, or the genre is unknown.</summary>
    public TagPlan? Tag { get; init; }

    /// <summary>A song as an output from before tells of it.</summary>
    public static SongLabel Held(
        string file, string? genre, string? error, bool? isTrainedOn, double? bandwidth, bool? lacksBand) =>
        new(file, genre, new LabelledSong(file)
        {
            Error = error,
            IsTrainedOn = isTrainedOn,
            Bandwidth = bandwidth,
            LacksBand = lacksBand,
        });
}

/// <summary>What becomes of the genre in a song's tag.</summary>
/// <param name="OldGenre">The genre before; null if there was none.</param>
/// <param name="Undo">What puts it back; null if the tag need not change, or cannot.</param>
/// <param name="Error">Why the tag cannot be written; null if it can.</param>
internal sealed record TagPlan(string? OldGenre, string? Undo, string? Error)
{
    /// <summary>The names of the values in outputs.</summary>
    public const string OldGenreName = "old_genre", UndoName = "undo", ErrorName = "tag_error";

    /// <summary>The columns of a table.</summary>
    public static readonly string[] Columns = [OldGenreName, UndoName, ErrorName];
}
