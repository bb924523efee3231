using System.CommandLine;
using Engine.Cli.Labelling;

namespace Engine.Cli.Commands;

/// <summary><c>engine undo-tags</c>: puts back the genres that <c>engine predict --write-tags</c> overwrote.</summary>
internal static class UndoTagsCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var labels = new Argument<string>("LABELS")
        {
            Description = "The csv or jsonl file that engine predict --write-tags wrote. Its songs are found from the folder " +
                "that predict was called in.",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Count, but change nothing." };
        var command = new ExampleCommand(
            "undo-tags",
            "Put back the genres that predict --write-tags overwrote, also where there was none. Songs whose genre was changed " +
                "again since are left as they are; the exit code is then 1.",
            "engine undo-tags labels.csv",
            "engine undo-tags labels.csv --dry-run")
        {
            labels, dryRun,
        };
        command.SetAction(parsed =>
        {
            var (isDry, restored, there, failed) = (parsed.GetValue(dryRun), 0, 0, 0);
            // Backwards, so that a song that was tagged twice ends with its first genre.
            foreach (var tag in WrittenTags.Read(parsed.GetRequiredValue(labels)).Reverse())
            {
                session.Cancel.ThrowIfCancellationRequested();
                try
                {
                    if (tag.Restore(isDry)) restored++;
                    else there++;
                }
                catch (Exception e) when (GenreTags.IsOfSong(e) || e is ArgumentException)
                {
                    failed++;
                    session.Warn($"not restored: {GenreTags.Said(tag.File, e)}");
                }
            }

            session.Output.WriteLine(
                $"{restored} {(isDry ? "to be restored" : "restored")}, {there} as before already, {failed} not possible");
            return failed > 0 ? CommandLine.Failed : CommandLine.Done;
        });
        return command;
    }
}
