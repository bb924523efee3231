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
