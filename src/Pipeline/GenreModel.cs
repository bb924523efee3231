using System.Globalization;
using System.Text.Json;
using Engine.Classifiers;
using Engine.Pipeline.Data;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Fitting.Calibrating;
using Engine.Pipeline.Fitting.Needs;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Pipeline.Json;
using Engine.Pipeline.Pretrained;
using Engine.Pipeline.Recipes;
using Engine.Tensors;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline;

/// <summary>A genre and its probability.</summary>
/// <param name="Label">The genre.</param>
/// <param name="Probability">
/// From 0 to 1; those of all genres sum to 1. How often the genre is right if <see cref="GenrePrediction.IsCalibrated"/> is
/// true; otherwise a score that only ranks.
/// </param>
public readonly record struct RankedGenre(string Label, double Probability)
{
    /// <summary>Such as <c>blues 0.83</c>.</summary>
    public override string ToString() => $"{Label} {Readable.Share(Probability)}";
}

/// <summary>A model's prediction for one recording.</summary>
/// <param name="Ranked">Every genre the model knows, most probable first; ties are in order of name.</param>
public sealed record GenrePrediction(IReadOnlyList<RankedGenre> Ranked)
{
    /// <summary>
    /// Whether the numbers are probabilities, calibrated on tracks that the classifier was not trained on. If not, they are
    /// scores (shares of votes, say), and Engine prints them as such.
    /// </summary>
    public bool IsCalibrated { get; init; }

    /// <summary>The most probable genre.</summary>
    public string Label => Ranked[0].Label;

    /// <summary>Its probability; a score if <see cref="IsCalibrated"/> is false.</summary>
    public double Probability => Ranked[0].Probability;

    /// <summary>
    /// The first three genres: <c>blues 0.83, rock 0.10, jazz 0.04, … (p)</c>; <c>(score)</c> if they are scores.
    /// </summary>
    public override string ToString() => $"{Readable.Some(Ranked, 3)} {Readable.Kind(IsCalibrated)}";
}

/// <summary>
/// A trained system in one file: front end, scaler, classifier and labels. Load it once and call <c>Predict</c> from any number
/// of threads.
/// </summary>
public sealed partial class GenreModel : IDisposable
{
    /// <summary>The name of the model's file in a run folder.</summary>
    public const string FileName = "model.safetensors";

    private const string Format = "engine-model-1";

    private readonly FrontEnd _frontEnd;
    private readonly Calibration? _calibration;
    private readonly int? _recordingSamples;
    private readonly string? _idColumn;
    private readonly Shared<FittedPipeline> _pipeline;

    // Of the values in the file that it was loaded from; null in files of earlier versions.
    private string? _recordedHash;

    // What training and testing said of it; null in models of earlier versions and of rounds that are not tested yet.
    private readonly ModelTest? _test;

    internal GenreModel(
        Recipe recipe, FrontEnd frontEnd, FittedPipeline pipeline, IReadOnlyList<string> labels, string split, ulong seed,
        string? engineVersion = null, int? recordingSamples = null, string? idColumn = null, ModelTest? test = null)
    {
        (_idColumn, _test) = (idColumn, test);
        (_frontEnd, _calibration) = (frontEnd, pipeline.Calibration);
        IsCalibrated = _calibration is not null || pipeline is ModelEnsemble { IsCalibrated: true };
        _recordingSamples = frontEnd.Spec.Segment is null ? recordingSamples : null;
        var device = pipeline.Device;
        _pipeline = new(pipeline, typeof(GenreModel), () => Trim(device));
        (Labels, Split, Seed, EngineVersion) = (labels, split, seed, engineVersion ?? CurrentVersion);
        Recipe = recipe with { FrontEnd = frontEnd.Spec };
    }

    /// <summary>The version of this library, as recorded in models and runs.</summary>
    public static string CurrentVersion { get; } = typeof(GenreModel).Assembly.GetName().Version!.ToString(3);

    /// <summary>The recipe it was trained with.</summary>
    public Recipe Recipe { get; }

    /// <summary>The genres it knows, in the order of its probabilities.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The split it was trained and tested with.</summary>
    public string Split { get; }

    /// <summary>The seed it was trained with.</summary>
    public ulong Seed { get; }

    /// <summary>Whether its predictions are probabilities; see <see cref="GenrePrediction.IsCalibrated"/>.</summary>
    public bool IsCalibrated { get; }

    /// <summary>The version of Engine that trained it.</summary>
    public string EngineVersion { get; }

    /// <summary>The device that its network runs on; the processor if it has none.</summary>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public Device Device
    {
        get
        {
            using var use = _pipeline.Use();
            return use.Value.Device;
        }
    }

    /// <summary>
    /// Loads a model file, the one in a run folder, or a model by its name (<see cref="ModelCatalog"/>), and checks
    /// that its parts fit together.
    /// </summary>
    /// <param name="path">The file, the run folder or, where neither exists, the name.</param>
    /// <param name="device">
    /// The device to run its networks on, by name, whichever they were trained on: <c>cpu</c>, <c>opencl</c>, <c>opencl:1</c>,
    /// <c>cuda</c>, or <c>auto</c> for the best available; null: <see cref="Device.Default"/>. Classifiers run on the processor.
    /// </param>
    /// <param name="memoryLimit">
    /// The most bytes that the model may need; one that needs more is rejected before it allocates them. Null: 2 GiB plus
    /// four times the file's size, but at most half of the memory available to the runtime.
    /// </param>
    /// <exception cref="EngineException">
    /// The file is missing, truncated, damaged or of another format, its parts do not fit together, the device does not exist,
    /// or the model has no network to run on it; the message says which.
    /// </exception>
    public static GenreModel Load(string path, string? device = null, long? memoryLimit = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (TryNamed(ref path, device, memoryLimit) is { } named) return named;
        path = ModelFile.Find(path);
        return LoadFrom(path, () => SafetensorsFile.Read(path), device, memoryLimit, () => new FileInfo(path).Length);
    }

    /// <summary>Writes the model atomically: the file holds either the old or the complete new content.</summary>
    /// <exception cref="EngineException">The file cannot be written.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public void Save(string path)
    {
        try
        {
            ToFile().Write(path, checksum: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot write the model: {e.Message}", e);
        }
    }

    /// <summary>What <see cref="Save"/> writes.</summary>
    internal SafetensorsFile ToFile()
    {
        using var use = _pipeline.Use();
        var file = new SafetensorsFile();
        foreach (var (name, tensor) in use.Value.SaveState()) file.Tensors.Add(name, tensor);
        if (_calibration is not null) file.Tensors.Add(Calibration.Tensor, _calibration.ToTensor());
        // Those of an ensemble are its members'.
        if (use.Value is ModelEnsemble ensemble)
        {
            ensemble.AddMetadata(file);
        }
        else
        {
            Trained.Store(file);
            StoredNetworks.Store(file, _frontEnd.Spec);
        }

        file.Metadata["engine_version"] = EngineVersion;
        if (Recipe.Classifier is CustomSpec) SaveCustom(file);
        else
        {
            file.Metadata["format"] = Format;
            file.Metadata["recipe"] = JsonSerializer.Serialize(Recipe, RecipeJson.Compact.Of<Recipe>());
        }

        file.Metadata["columns"] = Names(_frontEnd.Columns);
        file.Metadata["labels"] = Names(Labels);
        file.Metadata["split"] = Split;
        file.Metadata["seed"] = Seed.ToString(CultureInfo.InvariantCulture);
        if (_recordingSamples is { } samples)
            file.Metadata["recording_samples"] = samples.ToString(CultureInfo.InvariantCulture);
        if (_idColumn is not null) file.Metadata["id_column"] = _idColumn;
        if (_test is not null) file.Metadata[ModelTest.Key] = _test.ToJson();
        return file;
    }

    /// <summary>
    /// Labels mono samples of any rate. If the recipe cuts audio into windows, their scores are averaged.
    /// </summary>
    /// <param name="samples">Mono samples in [-1, 1].</param>
    /// <param name="sampleRate">Their rate in Hz; they are resampled to the recipe's.</param>
    /// <exception cref="EngineException">
    /// The rate is out of range, a sample is not finite, or the audio is too short or silent.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public GenrePrediction Predict(ReadOnlySpan<float> samples, int sampleRate)
    {
        using var use = _pipeline.Use();
        if (use.Value is ModelEnsemble ensemble)
        {
            var given = new List<double[]>();
            foreach (var member in ensemble.Members) given.Add(member.Probabilities(samples, sampleRate));
            return Ranked(ensemble.Combine(given));
        }

        return Ranked(Probabilities(samples, sampleRate));
    }

    /// <summary>Labels a recording.</summary>
    /// <param name="path">
    /// An audio file: WAV, AU, AIFF, CAF, FLAC, MP3, Ogg Vorbis, or any format that <c>ffmpeg</c> on the PATH can read.
    /// </param>
    /// <param name="cache">Keeps features between calls; null: none are kept.</param>
    /// <exception cref="EngineException">The file cannot be read as audio, or its audio cannot be used.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public GenrePrediction Predict(string path, FeatureCache? cache = null) => Predict(path, cache, CancellationToken.None);

    /// <summary>Labels many recordings in parallel; the predictions are in the order of the paths.</summary>
    /// <returns>One prediction per path, null where the recording was skipped; and the skipped ones.</returns>
    /// <exception cref="EngineException">A recording cannot be used and the policy is to fail.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public (IReadOnlyList<GenrePrediction?> Predictions, IReadOnlyList<SkippedFile> Skipped) Predict(
        IReadOnlyList<string> paths, WorkOptions options)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var songs = Labelled(paths, options, timeline: null);
        return ([.. songs.Select(s => s.Prediction)], Skipped(songs));
    }

    /// <summary>Reads a feature table to label, with the columns of this model; its own labels may be missing.</summary>
    /// <exception cref="EngineException">
    /// The model reads windows of audio, the table cannot be read, or it lacks a column.
    /// </exception>
    public FeatureTable ReadTable(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (_frontEnd.WindowSizes.Count > 0)
        {
            throw new EngineException($"{path}: a feature table holds plain columns, but recipe {Recipe.Name} reads windows " +
                "of audio; name recordings.");
        }

        RequireOneFrontEnd(path);

        // Tables whose rows have other names than those of the training are read, too.
        var reading = new DataOptions { IdColumn = _idColumn is { } id && FeatureTable.HasColumn(path, [id]) ? id : null };
        return FeatureTable.Read(path, reading, _frontEnd.Columns, needsLabels: false);
    }

    /// <summary>Labels the rows of a feature table independently; their own labels and tracks are ignored.</summary>
    /// <param name="table">A table from <see cref="ReadTable"/>, or one with the same columns in the same order.</param>
    /// <returns>One prediction per row.</returns>
    /// <exception cref="EngineException">The columns are not those of the model.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public IReadOnlyList<GenrePrediction> Predict(FeatureTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        using var use = _pipeline.Use();
        if (!table.Columns.SequenceEqual(_frontEnd.Columns))
        {
            throw new EngineException($"recipe {Recipe.Name}: the feature table's {table.Columns.Count} columns are not the " +
                $"model's {_frontEnd.Columns.Count}.");
        }

        var probabilities = use.Value.PredictProbabilities(RowSet.Of(new FeatureRows(0, table.Values)));
        return [.. Enumerable.Range(0, table.Rows.Count).Select(r => Rank(probabilities.Row(r).ToArray()))];
    }

    /// <summary>
    /// Releases the fitted pipeline; later predictions fail. Predictions in progress on other threads finish normally; after
    /// the last one, the memory is returned, to the system too.
    /// </summary>
    public void Dispose() => _pipeline.Close();

    /// <summary>Such as <c>gtzan57-svm: 10 genres (blues, classical, country, …)</c>.</summary>
    public override string ToString() => $"{Recipe.Name}: {Labels.Count} genres ({Readable.Some(Labels, 3)})";

    /// <summary>The front end.</summary>
    internal FrontEnd FrontEnd => _frontEnd;

    /// <summary>The fitted pipeline.</summary>
    internal FittedPipeline Fitted() => _pipeline.Peek();

    // Classifiers run on the processor even if the network does not.
    private static void Trim(Device device)
    {
        Device.Cpu.Trim();
        if (device != Device.Cpu) device.Trim();
    }

    // Adds the windows' probabilities, as they are extracted, to their mean.
    private ExtractedFile ExtractFile(
        FittedPipeline pipeline, string path, FeatureCache? cache, double maxHours, double[] mean,
        CancellationToken cancellation) =>
        pipeline is ModelEnsemble ensemble
            ? ensemble.OfFile(member =>
            {
                var own = new double[mean.Length];
                return (member.ExtractFile(member.Fitted(), path, cache, maxHours, own, cancellation), own);
            }, mean)
            : _frontEnd.ExtractFile(path, cache, maxHours, Adder(pipeline, mean), cancellation);

    private static RowSink Adder(FittedPipeline pipeline, double[] mean) =>
        new((rows, count) => TrackAverage.Add(pipeline.PredictProbabilities(RowSet.Of(rows)), count, mean), pipeline.Batch);

    private GenrePrediction Rank(double[] scores) => Ranked(OfTrack(scores));

    private GenrePrediction Ranked(IReadOnlyList<double> values) =>
        new([.. Enumerable.Range(0, Labels.Count)
            .OrderByDescending(i => values[i]).ThenBy(i => i)
            .Select(i => new RankedGenre(Labels[i], values[i]))])
        {
            IsCalibrated = IsCalibrated,
        };

    private static T OfFile<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (InvalidDataException e)
        {
            // Errors from reading the file already name it; errors from reading its tensors do not.
            throw new EngineException(e.Message.StartsWith(path, StringComparison.Ordinal) ? e.Message : $"{path}: {e.Message}",
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot read the model: {e.Message}", e);
        }
        catch (EngineException e)
        {
            throw new EngineException($"{path}: {e.Message}", e);
        }
    }

    private static GenreModel LoadFrom(
        string name, Func<SafetensorsFile> read, string? device, long? memoryLimit, Func<long> length)
    {
        var (file, recipe) = OfFile(name, () => Parse(read()));
        var place = RecipeDevice.Find(device, recipe);
        var model = OfFile(name, () => FromFile(file, recipe, place, MemoryLimit.ForModels(memoryLimit, length())));
        model._recordedHash = file.RecordedHash;
        return model;
    }

    private static (SafetensorsFile File, Recipe Recipe) Parse(SafetensorsFile file)
    {
        var format = Value(file, "format");
        if (format == CustomFormat) throw NeedsProgram(file);
        var version = Value(file, "engine_version");
        if (format != Format)
            throw new EngineException(
                $"the model's format is '{Excerpt.Of(format)}' (written by Engine {Excerpt.Of(version)}); this Engine, "
                    + $"{CurrentVersion}, reads "
                    + $"'{Format}'.");
        return (file, Recipe.Parse(Value(file, "recipe"), "recipe"));
    }

    private static GenreModel FromFile(SafetensorsFile file, Recipe recipe, Device device, MemoryLimit limit)
    {
        if (recipe.Classifier is RunsSpec runs) return EnsembleOf(file, recipe, runs, device, limit);
        var columns = Names(file, "columns");
        recipe = recipe with { FrontEnd = StoredNetworks.Take(file, recipe.FrontEnd) };
        if (recipe.FrontEnd.Features.ColumnCount is var given && given != columns.Length)
        {
            throw new EngineException($"the model was trained on {columns.Length} feature columns that differ from the " +
                $"{given:0} its front end computes; it comes from another version.");
        }

        FrontEndNeeds.Of(recipe.FrontEnd).Require(limit, RecipeNeeds.Source(recipe));
        var frontEnd = new FrontEnd(recipe.FrontEnd, memoryLimit: limit.Bytes);
        var labels = Names(file, "labels");
        RequireFit(columns, labels, frontEnd);
        var seed = SeedOf(file);
        RecipeNeeds.OfModel(recipe, frontEnd, labels.Length, device).Require(limit, RecipeNeeds.Source(recipe));
        var trained = TrainedSounds.Take(file);
        return new(recipe, frontEnd, FittedPipeline.Load(recipe, frontEnd, file.Tensors, labels.Length, device), labels,
            Value(file, "split"), seed, Value(file, "engine_version"), RecordingSamples(file),
            file.Metadata.GetValueOrDefault("id_column"), ModelTest.Of(file.Metadata))
        {
            Trained = trained,
        };
    }

    private static ulong SeedOf(SafetensorsFile file) =>
        ulong.TryParse(Value(file, "seed"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed
            : throw new EngineException($"the model's seed is '{Excerpt.Of(Value(file, "seed"))}'; expected a whole number.");

    private static void RequireFit(string[] columns, string[] labels, FrontEnd frontEnd)
    {
        if (!columns.SequenceEqual(frontEnd.Columns))
        {
            throw new EngineException($"the model was trained on {columns.Length} feature columns that differ from the " +
                $"{frontEnd.Columns.Count} its front end computes; it comes from another version.");
        }

        if (labels.Length == 0 || labels.Distinct().Count() != labels.Length)
        {
            throw new EngineException("the model has no labels, or they are not distinct.");
        }
    }

    // Earlier versions did not write it.
    private static int? RecordingSamples(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue("recording_samples", out var text)) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var samples) && samples > 0
            ? samples
            : throw new EngineException($"the model's recording_samples is '{Excerpt.Of(text)}'; expected a whole number above " +
                "0.");
    }

    private static string Value(SafetensorsFile file, string key) =>
        file.Metadata.TryGetValue(key, out var value)
            ? value
            : throw new EngineException($"no '{key}' in the metadata; this is not an Engine model.");

    private static string Names(IEnumerable<string> names) =>
        JsonSerializer.Serialize([.. names], RecipeJson.Compact.Of<string[]>());

    private static string[] Names(SafetensorsFile file, string key) =>
        StrictJson.Read(Value(file, key), RecipeJson.Indented.Of<string[]>(), key);
}
