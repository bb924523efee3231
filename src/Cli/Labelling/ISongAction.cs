namespace Engine.Cli.Labelling;

/// <summary>
/// What is done with each labelled song beside telling its label: sorting it into a folder, listing it in a playlist, or writing
/// the genre into its tag. Doing it again with the same songs changes nothing, so a stopped command may be repeated.
/// </summary>
internal interface ISongAction
{
    /// <summary>Does it for the next song, never for two at once.</summary>
    /// <param name="label">A song that has a genre, which may be <see cref="SongLabel.Unknown"/>.</param>
    void Take(SongLabel label);

    /// <summary>Completes the work after the last song.</summary>
    /// <returns>What was done, as text for people.</returns>
    string Finish(Text.Layout layout);
}
