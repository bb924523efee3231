namespace Engine.Cli.Labelling;

/// <summary>
/// What is done with each labelled song beside telling its label: sorting it into a folder, or listing it in a playlist. Doing it
/// again with the same songs changes nothing, so a stopped command may be repeated.
/// </summary>
internal interface ISongAction
{
    /// <summary>Does it for the next song, never for two at once.</summary>
    /// <param name="song">The recording as the user named it.</param>
    /// <param name="genre">Its genre, or <see cref="SongLabel.Unknown"/>.</param>
    void Take(string song, string genre);

    /// <summary>Completes the work after the last song.</summary>
    /// <returns>What was done, as text for people.</returns>
    string Finish(Text.Layout layout);
}
