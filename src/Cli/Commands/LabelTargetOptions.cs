using System.CommandLine;
using Engine.Cli.Labelling;

namespace Engine.Cli.Commands;

/// <summary>The options of <c>engine predict</c> that say where labels go and what is done with the songs.</summary>
internal sealed class LabelTargetOptions
{
    private readonly Option<string?> _format = new("--format")
    {
        HelpName = string.Join('|', LabelTarget.Formats),
        Description = "Output format: jsonl is a JSON object on each line, m3u a playlist for each genre in the folder --out. " +
            "Default: what the name of --out ends in, or table.",
        CustomParser = CommonOptions.OneOf("--format", LabelTarget.Formats),
    };

    private readonly Option<bool> _json = new("--json") { Description = "The same as --format json." };

    private readonly Option<string?> _out = new("--out")
    {
        HelpName = "FILE",
        Description = "Write the labels to this file instead of standard output; csv and jsonl grow line by line.",
    };

    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Go on with --out where the same command was stopped; begin if there is none.",
    };

    private readonly Option<bool> _force = CommonOptions.Force("Replace --out if it exists.");

    private readonly Option<string?> _sortInto = new("--sort-into")
    {
        HelpName = "FOLDER",
        Description = "Sort the songs into a folder for each genre in this one, by symbolic links; nothing is overwritten.",
    };

    private readonly Option<bool> _copy = new("--copy") { Description = "With --sort-into: copy the songs instead." };

    private readonly Option<bool> _writeTags = new("--write-tags")
    {
        Description = "Write each genre into the song's tag; nothing else in the file changes. --out, a csv or jsonl file, " +
            "keeps the old genres; engine undo-tags puts them back.",
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "With --sort-into or --write-tags: label and count, but sort and tag nothing.",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _format, _json, _out, _resume, _force, _sortInto, _copy, _writeTags, _dryRun })
            command.Options.Add(option);
    }

    /// <summary>What they say.</summary>
    /// <exception cref="CommandLineException">The format is not known.</exception>
    public LabelTarget Of(ParseResult parsed)
    {
        var (format, output) = (parsed.GetValue(_format), parsed.GetValue(_out));
        if (parsed.GetValue(_json))
        {
            if (format is not (null or "json"))
            {
                throw new CommandLineException(
                    $"--json is --format json, but --format {format} is given; leave one of them out.");
            }

            format = "json";
        }

        return new()
        {
            Format = format ?? (output is null ? "table" : LabelTarget.FormatOf(output) ?? throw new CommandLineException(
                $"--out {output}: its name tells no format; add --format {string.Join('|', LabelTarget.Formats)}.")),
            Out = output,
            Resumes = parsed.GetValue(_resume),
            Force = parsed.GetValue(_force),
            SortInto = parsed.GetValue(_sortInto),
            Copies = parsed.GetValue(_copy),
            WritesTags = parsed.GetValue(_writeTags),
            IsDry = parsed.GetValue(_dryRun),
        };
    }
}
