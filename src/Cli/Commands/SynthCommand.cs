using System.CommandLine;
using Engine.Cli.Demo;

namespace Engine.Cli.Commands;

/// <summary><c>engine synth</c>: writes the synthetic corpus.</summary>
internal static class SynthCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var folder = new Argument<string>("FOLDER") { Description = "A new or empty folder for the corpus." };
        var tracks = CommonOptions.Number("--tracks", "N", "Tracks per genre.", 10, 1, 10_000);
        var seconds = CommonOptions.Number("--seconds", "S", "Length of a track in seconds.", 30.0, 0.01, 3600);
        var (seed, threads) = (CommonOptions.Seed(), CommonOptions.Threads());
        var force = CommonOptions.Force("Write into a non-empty folder, overwriting tracks of the same name.");
        var command = new ExampleCommand(
            "synth",
            "Write a labelled synthetic corpus: ten made-up genres, 22,050 Hz mono WAV, the same bytes for the same seed.",
            "engine synth corpus",
            "engine synth corpus --tracks 20 --seconds 10 --seed 7")
        {
            folder, tracks, seconds, seed, threads, force,
        };
        command.SetAction(parsed =>
        {
            var target = parsed.GetRequiredValue(folder);
            SynthCorpus.Write(
                target, parsed.GetValue(tracks), parsed.GetValue(seconds), parsed.GetValue(seed), parsed.GetValue(threads),
                parsed.GetValue(force), session);
            session.Output.WriteLine(
                $"{target}: {Genres.All.Count} made-up genres, {parsed.GetValue(tracks)} tracks each of "
                    + $"{parsed.GetValue(seconds)} s (synthetic, seed {parsed.GetValue(seed)})");
            return CommandLine.Done;
        });
        return command;
    }
}
