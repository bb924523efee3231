using Engine.Classifiers.Evaluation;
using Engine.Nn.Training;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Fitting.Calibrating;
using Engine.Pipeline.Fitting.Starting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Pipeline.Runs;

/// <summary>Creates the fits of a split's rounds, the same for a training, a test that repeats it, and a comparison.</summary>
/// <param name="Recipe">The recipe.</param>
/// <param name="FrontEnd">What made the rows.</param>
/// <param name="Data">The rows.</param>
/// <param name="Rounds">Their labels as numbers.</param>
/// <param name="Split">The split; validation rows are held out unless it is <c>overfit</c>.</param>
/// <param name="Seed">The seed of all rounds.</param>
/// <param name="Device">The device to train networks on.</param>
/// <param name="Extraction">Threads, warnings and cancellation.</param>
internal sealed record RoundJobs(
    Recipe Recipe, FrontEnd FrontEnd, LabelledRows Data, Rounds Rounds, SplitSpec Split, ulong Seed, Device Device,
    WorkOptions Extraction)
{
    /// <summary>The key of the round in <see cref="Identity"/>.</summary>
    public const string RoundKey = "round";

    /// <summary>The value of a round, counted from 0, in <see cref="Identity"/>.</summary>
    public static string RoundValue(int round) => $"{round + 1}";

    /// <summary>The fit of one round, counted from 0.</summary>
    public FitJob Create(Fold fold, int round)
    {
        var (seed, samples) = (SeedOf(Seed, round), Data.Samples);
        var drawn = false;
        if (Recipe.Classifier is NetworkSpec { Training.Validation: > 0 and var share } && fold.Valid.Length == 0
            && Split.Kind != SplitKind.Overfit)
        {
            drawn = true;
            fold = Splits.HoldOutValidation(fold, samples, share, seed);
        }

        return new FitJob
        {
            Recipe = Recipe,
            FrontEnd = FrontEnd,
            Train = RowSet.Of(Data, fold.Train),
            TrainLabels = Rounds.Targets(fold.Train),
            Valid = fold.Valid.Length > 0 ? RowSet.Of(Data, fold.Valid) : null,
            ValidLabels = Rounds.Targets(fold.Valid),
            Classes = Data.Labels.Count,
            DrawnValidation = drawn,
            Groups = Split.Kind is SplitKind.Groups or SplitKind.GroupsKFold or SplitKind.Artists
                && Recipe.Calibration != CalibrationKind.None ? GroupSplit.Groups(Split, samples) : null,
            NeighborsTogether = KeepsNeighbors(fold),
            Seed = seed,
            Device = Device,
            Threads = Extraction.Threads,
            MemoryLimit = Extraction.MemoryLimit,
            FrozenMemory = Extraction.WindowMemory,
            Warn = Extraction.Warn,
            Cancellation = Extraction.Cancellation,
        };
    }

    /// <summary>The same, with a checkpoint file to resume from.</summary>
    public FitJob Create(Fold fold, int round, string checkpoint, TimeSpan interval, IProgress<EpochRecord>? epochs) =>
        Create(fold, round) with
        {
            Checkpoint = checkpoint,
            CheckpointInterval = interval,
            Identity = Identity(round),
            Epochs = epochs,
        };

    /// <summary>
    /// The fit on every row of a split, with a checkpoint file to resume from: a round of its own after the others. What it
    /// holds out for calibration is as unfamiliar as the split's tested rows.
    /// </summary>
    public FitJob CreateFinal(Split split, string checkpoint, TimeSpan interval, IProgress<EpochRecord>? epochs) =>
        Create(new Fold(split.Used(), [], []), split.Folds.Count, checkpoint, interval, epochs) with
        {
            NeighborsTogether = KeepsNeighbors(split.Folds[0]),
        };

    private bool KeepsNeighbors(Fold fold) =>
        Split.Kind is SplitKind.Files or SplitKind.Column && NameRuns.AreKept(Data.Samples, fold);

    /// <summary>Everything that determines a round's result, except the device: a training may move to another.</summary>
    public IReadOnlyDictionary<string, string> Identity(int round)
    {
        var identity = new Dictionary<string, string>
        {
            ["recipe"] = Recipe.ToJson(),
            ["data"] = Data.Digest,
            ["split"] = Split.ToString(),
            ["seed"] = $"{Seed}",
            [RoundKey] = RoundValue(round),
        };
        if (Initialization.Digest(Recipe) is { } weights) identity["weights"] = weights;
        return identity;
    }

    // Every round has its own random streams; the first round uses the seed itself.
    private static ulong SeedOf(ulong seed, int round)
    {
        if (round == 0) return seed;
        var random = new RandomStream(seed, $"round/{round}");
        return ((ulong)random.NextUInt32() << 32) | random.NextUInt32();
    }
}
