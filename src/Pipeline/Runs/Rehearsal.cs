using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Dsp.Files;
using Engine.Pipeline.Data;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Networks;
using Engine.Pipeline.Recipes;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.Runs;

/// <summary>The result of a rehearsal.</summary>
/// <param name="Training">The small training's result.</param>
/// <param name="Epoch">Figures of the one epoch, if a network was trained.</param>
/// <param name="ModelBytes">Size of the model's file.</param>
public sealed record RehearsalResult(TrainingResult Training, TrainingEpoch? Epoch, long ModelBytes);

/// <summary>
/// Runs a few tracks of every genre through every step of a training (features, one epoch, checkpoint, model, run folder,
/// loading, testing, labelling) in a temporary folder, so that what would fail after hours fails now. Also prepares a recipe for
/// the other check before a long training: whether its network can learn a handful of tracks by heart.
/// </summary>
public static class Rehearsal
{
    private const int TracksPerGenre = 4;
    private const string Split = "stratified:0.25";

    /// <summary>Runs the rehearsal, which ignores the output and split of the options.</summary>
    /// <exception cref="EngineException">The training itself would fail, or saving and loading changed a result.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static RehearsalResult Run(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = options with
        {
            // Every rank rehearses alone.
            Extraction = options.Extraction with { Ranks = Communicator.Alone },
            Recipe = TableRecipe.Of(options.Recipe, options.Data, options.Reading, options.Extraction.Warn),
            Reading = options.Reading with { Columns = null },
        };
        using var folder = TemporaryFolder();
        var run = Path.Combine(folder.Path, "run");
        TrainingEpoch? epoch = null;
        var training = Training.Run(options with
        {
            Output = run,
            Split = Split,
            // Fitting once more takes the same steps.
            Final = false,
            // A few tracks are too few to calibrate with.
            Recipe = options.Recipe with { Classifier = OneEpoch(options.Recipe.Classifier), Calibration = CalibrationKind.None },
            Tracks = Choose(options),
            CheckpointInterval = TimeSpan.Zero,
            Epochs = new Reporter<TrainingEpoch>(e => epoch = e),
        });
        var test = Testing.Run(new TestingOptions { Run = run, Device = options.Device, Extraction = options.Extraction });
        if (test.Metrics.LogLoss != training.Metrics.LogLoss)
        {
            throw new EngineException(
                $"recipe {options.Recipe.Name}: the model gives log loss {training.Metrics.LogLoss} before it is saved and "
                    + $"{test.Metrics.LogLoss} after it is loaded.");
        }

        return new(training, epoch, new FileInfo(Path.Combine(run, GenreModel.FileName)).Length);
    }

    // A private folder; the next rehearsal removes it if this process is killed.
    private static StagedFolder TemporaryFolder()
    {
        try
        {
            return new StagedFolder(Path.Combine(Path.GetTempPath(), "engine-rehearsal"), ownerOnly: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{Path.GetTempPath()}: cannot be written: {e.Message} Set TMPDIR to a folder that can.",
                e);
        }
    }

    /// <summary>
    /// The recipe for learning a few tracks by heart (split <c>overfit:N</c>): the same layers, without anything else that would
    /// prevent it or end the training early.
    /// </summary>
    /// <exception cref="EngineException">The recipe has no network.</exception>
    public static Recipe ForOverfit(Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        if (recipe.Classifier is not NetworkSpec network)
            throw new EngineException($"recipe {recipe.Name}: it has no network, so there is nothing to overfit.");
        return recipe with
        {
            Classifier = network with
            {
                Augmentation = null,
                Initialize = network.Initialize is { } weights ? weights with { Freeze = null } : null,
                Training = network.Training with
                {
                    MixUp = 0,
                    LabelSmoothing = 0,
                    Validation = 0,
                    EarlyStopping = null,
                    StopAtTrainAccuracy = null,
                    Stages = null,
                },
            },
        };
    }

    private static ClassifierOptions OneEpoch(ClassifierOptions classifier) => classifier switch
    {
        NetworkSpec network => network with { Training = OneEpoch(network.Training) },
        EnsembleSpec ensemble =>
            ensemble with { Members = [.. ensemble.Members.Select(m => m with { Classifier = OneEpoch(m.Classifier) })] },
        _ => classifier,
    };

    // Of each stage.
    private static TrainingSpec OneEpoch(TrainingSpec training) => training with
    {
        Epochs = training.Stages?.Count ?? 1,
        Stages = training.Stages is not { } stages ? null
            : [.. stages.Select(s => s with { Epochs = s.Epochs is null ? null : 1 })],
    };

    private static HashSet<TrackId> Choose(TrainingOptions options)
    {
        var frontEnd = new FrontEnd(options.Recipe.FrontEnd, memoryLimit: options.Extraction.MemoryLimit);
        return Choose(LabelledRows.Tracks(options.Data, frontEnd, options.Reading));
    }

    private static HashSet<TrackId> Choose(IEnumerable<(TrackId Track, string Label)> tracks) =>
        [.. tracks.Distinct().GroupBy(t => t.Label).SelectMany(g => g.OrderBy(t => t.Track).Take(TracksPerGenre))
            .Select(t => t.Track)];
}
