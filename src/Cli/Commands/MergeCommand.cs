using System.CommandLine;
using Engine.Cli.Shards;

namespace Engine.Cli.Commands;

/// <summary><c>engine merge</c>: joins the parts that <c>--shard</c> wrote.</summary>
internal static class MergeCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var parts = new Argument<string[]>("PART")
        {
            Description = "All parts that engine features or engine predict wrote with --shard, in any order.",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string>("--out")
        {
            HelpName = "FILE",
            Description = "The file to write, in the format of the parts: .csv, .jsonl or .npz.",
            Required = true,
        };
        var force = CommonOptions.Force("Overwrite the output file.");
        var command = new ExampleCommand(
            "merge",
            "Join the parts that features or predict wrote with --shard. The file is the one that the command without --shard " +
                "writes, byte by byte; a missing, torn or foreign part is named, and nothing is written.",
            "engine merge part-*.csv --out features.csv",
            "engine merge labels-*.jsonl --out labels.jsonl")
        {
            parts, output, force,
        };
        command.SetAction(parsed =>
        {
            var (paths, target) = (parsed.GetRequiredValue(parts), parsed.GetRequiredValue(output));
            if (!ShardMerge.Supports(target))
                throw new CommandLineException($"--out: '{target}' must end in .csv, .jsonl or .npz, as its parts do.");
            if (paths.FirstOrDefault(p => Path.GetFullPath(p) == Path.GetFullPath(target)) is { } same)
                throw new CommandLineException($"{same}: is a part; name another output.");
            OutputFile.Check(target, parsed.GetValue(force));
            var set = ShardSet.Of(paths);
            ShardMerge.Write(set, target);
            session.Output.WriteLine($"{target}: {set.Songs} songs of {paths.Length} parts");
            return CommandLine.Done;
        });
        return command;
    }
}
