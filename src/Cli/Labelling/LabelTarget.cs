using Engine.Cli.Shards;

namespace Engine.Cli.Labelling;

/// <summary>Where labels go, and what else is done with the songs, as the command line says.</summary>
internal sealed record LabelTarget
{
    /// <summary>The formats.</summary>
    public static readonly string[] Formats = ["table", "csv", "json", "jsonl", "m3u"];

    /// <summary>table, csv, json, jsonl or m3u.</summary>
    public required string Format { get; init; }

    /// <summary>The file or, for playlists, the folder; null: the standard output.</summary>
    public string? Out { get; init; }

    /// <summary>Whether to go on with the file where the command was stopped.</summary>
    public bool Resumes { get; init; }

    /// <summary>Whether the file is replaced.</summary>
    public bool Force { get; init; }

    /// <summary>The folder to sort the songs into; null: none.</summary>
    public string? SortInto { get; init; }

    /// <summary>Whether they are copied instead of linked.</summary>
    public bool Copies { get; init; }

    /// <summary>Whether genres are written into the songs' tags.</summary>
    public bool WritesTags { get; init; }

    /// <summary>Whether songs are only counted, not sorted or tagged.</summary>
    public bool IsDry { get; init; }

    /// <summary>Whether songs are handled as files, which the rows of a table are not.</summary>
    public bool NeedsFiles => SortInto is not null || WritesTags || Format == "m3u";

    /// <summary>The format that the name of an output tells; null if it tells none.</summary>
    public static string? FormatOf(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".CSV" => "csv",
        ".JSON" => "json",
        ".JSONL" or ".NDJSON" => "jsonl",
        ".TXT" => "table",
        _ => null,
    };

    /// <summary>Throws if the options contradict each other, or the output cannot be written.</summary>
    /// <param name="isAlong">Whether timelines are asked for.</param>
    /// <param name="given">The recordings, folders and tables.</param>
    /// <param name="shard">The part of them that is labelled; null: all.</param>
    /// <exception cref="CommandLineException">They do, or it cannot.</exception>
    public void Check(bool isAlong, IReadOnlyList<string> given, Shard? shard)
    {
        if (shard is not null) CheckPart();
        if (Copies && SortInto is null) Refuse("--copy: it needs --sort-into.");
        if (IsDry && SortInto is null && !WritesTags) Refuse("--dry-run: it needs --sort-into or --write-tags.");
        if (Resumes && Force) Refuse("--resume goes on with the file that --force would replace; leave one of them out.");
        if (Resumes && Out is null) Refuse("--resume: it needs --out, the file to go on with.");
        if (Resumes && Format is not ("csv" or "jsonl"))
            Refuse($"--resume: {Format} is written whole, at the end; go on with --format csv or jsonl.");
        if (Force && Out is null) Refuse("--force: it needs --out.");
        if (isAlong && SortInto is not null) Refuse("--sort-into: along time a song has several genres; leave --timeline out.");
        if (isAlong && Format == "m3u") Refuse("--format m3u: along time a song has several genres; leave --timeline out.");
        if (Format == "m3u" && Out is null) Refuse("--format m3u: it needs --out, a folder for the playlists.");
        if (isAlong && WritesTags) Refuse("--write-tags: along time a song has several genres; leave --timeline out.");
        if (WritesTags && !IsDry) CheckKept();
        CheckOutput(given, shard);
        CheckFolder(given);
    }

    private void CheckPart()
    {
        if (Out is null || Format is not ("csv" or "jsonl"))
            Refuse("--shard: it needs --out FILE.csv or FILE.jsonl, which engine merge joins with the other parts.");
        if (Resumes) Refuse("--resume: a part is written whole or not at all; repeat the command without it.");
        if (SortInto is not null) Refuse("--sort-into: sort when the parts are joined; leave it out with --shard.");
        if (WritesTags) Refuse("--write-tags: a part of the labels would not keep all old genres; leave it out with --shard.");
    }

    // Each old genre must be safe before it is overwritten, and stay so.
    private void CheckKept()
    {
        if (Out is null || Format is not ("csv" or "jsonl"))
        {
            Refuse("--write-tags: it needs --out FILE.csv or FILE.jsonl, which keeps the old genres for engine undo-tags. " +
                "--dry-run needs none.");
        }

        if (Force && File.Exists(Out))
        {
            Refuse($"{Out}: may hold the old genres of songs that were tagged before, which --force would drop; name another " +
                "file.");
        }
    }

    private void CheckOutput(IReadOnlyList<string> given, Shard? shard)
    {
        if (Out is null) return;
        if (Format == "m3u") OutputFolder.RequireFree(Out, Force);
        else
        {
            if (given.Any(g => IsSame(g, Out))) Refuse($"{Out}: is also to be labelled; name another output.");
            if (shard is not null) return;
            if (!Force && !Resumes && File.Exists(Out) && Format is "csv" or "jsonl")
            {
                Refuse($"{Out}: exists; add --resume to go on with it, or --force to replace it, or name another file.");
            }

            OutputFile.Check(Out, Force || Resumes);
        }
    }

    private void CheckFolder(IReadOnlyList<string> given)
    {
        if (SortInto is null) return;
        if (File.Exists(SortInto)) Refuse($"--sort-into {SortInto}: is a file; name a folder.");
        var inside = given.FirstOrDefault(g => Directory.Exists(g) && (IsSame(g, SortInto)
            || Path.GetFullPath(SortInto).StartsWith(
                Path.TrimEndingDirectorySeparator(Path.GetFullPath(g)) + Path.DirectorySeparatorChar, StringComparison.Ordinal)));
        if (inside is null) return;
        Refuse($"--sort-into {SortInto}: lies in {inside}, where the next run would find the songs again; name a folder " +
            "elsewhere.");
    }

    private static bool IsSame(string one, string other) =>
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(one)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(other));

    private static void Refuse(string message) => throw new CommandLineException(message);
}
