using Engine.Classifiers.Evaluation;
using Engine.Nn.Training;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Fitting.Calibrating;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Pipeline.Runs;

/// <summary>Makes the fits of a split's rounds, the same for whoever asks: a training, a test that repeats it, a comparison.</summary>
/// <param name="Recipe">The system.</param>
/// <param name="FrontEnd">What made the rows.</param>
/// <param name="Data">The rows.</param>
/// <param name="Rounds">Their labels as numbers.</param>
/// <param name="Split">The split's name; validation rows are held out where it is not <c>overfit</c>.</param>
/// <param name="Seed">The seed of the whole.</param>
/// <param name="Device">Where networks learn.</param>
/// <param name="Extraction">Threads, warnings and cancellation.</param>
internal sealed record RoundJobs(Recipe Recipe, FrontEnd FrontEnd, LabelledRows Data, Rounds Rounds, SplitSpec Split, ulong Seed, Device Device, ExtractionOptions Extraction)
{
    /// <summary>The name under which <see cref="Identity"/> has the round.</summary>
    public const string RoundKey = "round";

    /// <summary>A round, counted from 0, as <see cref="Identity"/> has it.</summary>
    public static string RoundValue(int round) => $"{round + 1}";

    /// <summary>The fit of one round, counted from 0.</summary>
    public FitJob Create(Fold fold, int round)
    {
        var (seed, samples) = (SeedOf(Seed, round), Data.Samples);
        var drawn = false;
        if (Recipe.Classifier is NetworkSpec { Training.Validation: > 0 and var share } && fold.Valid.Length == 0 && Split.Kind != SplitKind.Overfit)
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
            Groups = Split.Kind == SplitKind.Groups && Recipe.Calibration != CalibrationKind.None ? GroupSplit.Groups(Split, samples) : null,
            NeighborsTogether = Split.Kind == SplitKind.Files && NameRuns.AreKept(samples, fold),
            Seed = seed,
            Device = Device,
            Threads = Extraction.Threads,
            MemoryLimit = Extraction.MemoryLimit,
            Warn = Extraction.Warn,
            Cancellation = Extraction.Cancellation,
        };
    }

    /// <summary>The same, its training kept in a file to go on from.</summary>
    public FitJob Create(Fold fold, int round, string checkpoint, TimeSpan interval, IProgress<EpochRecord>? epochs) => Create(fold, round) with
    {
        Checkpoint = checkpoint,
        CheckpointInterval = interval,
        Identity = Identity(round),
        Epochs = epochs,
    };

    /// <summary>All that a round's result follows from, but for how a device rounds: a training may move to another.</summary>
    public IReadOnlyDictionary<string, string> Identity(int round) => new Dictionary<string, string>
    {
        ["recipe"] = Recipe.ToJson(),
        ["data"] = Data.Digest,
        ["split"] = Split.ToString(),
        ["seed"] = $"{Seed}",
        [RoundKey] = RoundValue(round),
    };

    // Every round has streams of its own; a single round's are those of the seed itself.
    private static ulong SeedOf(ulong seed, int round)
    {
        if (round == 0) return seed;
        var random = new RandomStream(seed, $"round/{round}");
        return ((ulong)random.NextUInt32() << 32) | random.NextUInt32();
    }
}
