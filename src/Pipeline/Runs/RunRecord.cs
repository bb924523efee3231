using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Data;
using Engine.Pipeline.Fitting.Starting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Json;
using Engine.Pipeline.Recipes;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Runs;

/// <summary>One row of a run's data.</summary>
/// <param name="Name">The track, and the window where there is one.</param>
/// <param name="Track">The track.</param>
/// <param name="Label">Its genre.</param>
/// <param name="Digest">16 hexadecimal digits of the SHA-256 of its audio file, or of its values in a table.</param>
/// <param name="Use">
/// What it was used for, one word per round: train, valid, test, both (trained on and tested), or unused.
/// </param>
public sealed record RunRow(string Name, string Track, string Label, string Digest, string Use)
{
    /// <summary>What it was used for in a round.</summary>
    internal RowUse In(int round) => Enum.Parse<RowUse>(Use.Split(' ')[round], ignoreCase: true);
}

/// <summary>What a row is used for in a round.</summary>
[Flags]
internal enum RowUse
{
    Unused = 0,
    Train = 1,
    Valid = 2,
    Test = 4,
    Both = Train | Test,
    Learned = Train | Valid,
}

/// <summary>
/// The content of <c>run.json</c>: everything needed to repeat a run's test, but no time, machine or thread count, so that equal
/// runs on equal data write equal files.
/// </summary>
/// <param name="Format">The format's name and version.</param>
/// <param name="EngineVersion">The version of Engine that made the run.</param>
/// <param name="Recipe">The recipe with every parameter.</param>
/// <param name="Data">The folder, manifest or feature table, as a full path.</param>
/// <param name="Split">The split by name.</param>
/// <param name="Protocol">The split's protocol line.</param>
/// <param name="Leaky">Whether windows of one track were on both sides of the split.</param>
/// <param name="Notes">What else a reader of the figures should know.</param>
/// <param name="Seed">The seed.</param>
/// <param name="StoredModel">What the stored model was fitted on.</param>
/// <param name="Labels">The genres, in the order of the model.</param>
/// <param name="Skipped">Recordings skipped because they could not be used.</param>
/// <param name="Rows">Every row of the data and what it was used for.</param>
/// <param name="Device">
/// The device that the networks were trained on, the last if the training moved; <c>cpu</c> without a network.
/// </param>
/// <param name="GenresAt">Which folders of the data are the genres.</param>
/// <param name="TrackRule">
/// How tracks whose names are not genre and number are identified: 1 by the path below the data; 2 by the path below the
/// genre's folder.
/// </param>
/// <param name="Reading">How a manifest or table was read, if by more than its usual columns; null: by those.</param>
/// <param name="Final">
/// Whether the stored model was fitted on every row that the split uses, the tested ones too, after models without those were
/// tested.
/// </param>
/// <param name="Initializations">What networks started from; null if all started from the seed.</param>
/// <param name="Parts">The parts of the network's batches; null: one.</param>
public sealed record RunRecord(
    string Format,
    string EngineVersion,
    Recipe Recipe,
    string Data,
    string Split,
    string Protocol,
    bool Leaky,
    IReadOnlyList<string> Notes,
    ulong Seed,
    string StoredModel,
    IReadOnlyList<string> Labels,
    IReadOnlyList<SkippedFile> Skipped,
    [property: JsonPropertyOrder(1)] IReadOnlyList<RunRow> Rows,
    string Device = "cpu",
    GenresAt GenresAt = GenresAt.Auto,
    int TrackRule = 1,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DataOptions? Reading = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Final = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Initialization>? Initializations = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Parts = null)
{
    internal const int CurrentTrackRule = 2;

    internal const string CurrentFormat = "engine-run-1";

    private static readonly string[] s_uses = ["train", "valid", "test", "both", "unused"];

    /// <summary>Reads the <c>run.json</c> of a run folder.</summary>
    /// <exception cref="EngineException">The file is missing, of another version, or inconsistent.</exception>
    public static RunRecord Load(string run)
    {
        var path = Path.Combine(run, RunFolder.RecordFile);
        var record = StrictJson.Read(RunFolder.ReadText(path), RunJson.Indented.Of<RunRecord>(), path);
        if (record.Format != CurrentFormat)
            throw new EngineException(
                $"{path}: the run's format is '{Excerpt.Of(record.Format)}'; this Engine, {GenreModel.CurrentVersion}, reads "
                    + $"'{CurrentFormat}'.");
        if (record.Parts < 1) throw new EngineException($"{path}: parts is {record.Parts}; it must be at least 1.");
        if (record.Rows.Count == 0) throw new EngineException($"{path}: the run has no rows.");
        if (record.Rows.GroupBy(r => r.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new EngineException($"{path}: row {twice.Key} appears {twice.Count()} times.");
        }
        var rounds = record.Rounds;
        var odd = record.Rows.FirstOrDefault(
            r => r.Use.Split(' ') is var uses && (uses.Length != rounds || uses.Except(s_uses).Any()));
        if (odd is not null)
            throw new EngineException(
                $"{path}: row {odd.Name} has the use '{odd.Use}'; expected {rounds} of the words {string.Join(", ", s_uses)}.");
        return record.TrackRule == CurrentTrackRule ? record : record.WithTracksOfToday();
    }

    // Earlier versions named tracks by another rule; renames them.
    private RunRecord WithTracksOfToday()
    {
        RunRow[] rows = [.. Rows.Select(Renamed)];
        return this with
        {
            Rows = rows.DistinctBy(r => r.Name).Count() == rows.Length
            ? rows : Rows,
            TrackRule = CurrentTrackRule
        };

        static RunRow Renamed(RunRow row)
        {
            var track = TrackId.Of(row.Track, row.Label).Value;
            return row with { Track = track, Name = track + row.Name[row.Track.Length..] };
        }
    }

    /// <summary>The record as indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunJson.Indented.Of<RunRecord>()) + "\n";

    /// <summary>How the data are read again.</summary>
    internal DataOptions DataOptions => (Reading ?? new()) with
    {
        GenresAt = GenresAt,
        SplitColumn = SplitSpec.Parse(Split).Column,
    };

    /// <summary>Whether the stored model learned from a row.</summary>
    internal bool HasLearned(RunRow row) => Final ? Enumerable.Range(0, Rounds).Any(r => row.In(r) != RowUse.Unused)
        : (row.In(0) & RowUse.Learned) != 0;

    /// <summary>How many rounds the split has.</summary>
    internal int Rounds => Rows[0].Use.Split(' ').Length;

    /// <summary>The use of each row in each round of a split, as <see cref="RunRow.Use"/> writes it.</summary>
    internal static string[] Uses(IReadOnlyList<Fold> folds, int rows)
    {
        var uses = new RowUse[folds.Count, rows];
        for (var f = 0; f < folds.Count; f++)
        {
            foreach (var r in folds[f].Train) uses[f, r] |= RowUse.Train;
            foreach (var r in folds[f].Valid) uses[f, r] |= RowUse.Valid;
            foreach (var r in folds[f].Test) uses[f, r] |= RowUse.Test;
        }

        string Word(int fold, int row) => uses[fold, row].ToString().ToLowerInvariant();
        return [.. Enumerable.Range(0, rows)
            .Select(r => string.Join(' ', Enumerable.Range(0, folds.Count).Select(f => Word(f, r))))];
    }
}
