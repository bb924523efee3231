using System.Globalization;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Nn;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Pipeline.Json;
using Engine.Pipeline.Pretrained;
using Engine.Pipeline.Recipes;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline;

// Models of a network or classifier that a program made itself.
public sealed partial class GenreModel
{
    private const string CustomFormat = "engine-custom-1";

    /// <summary>Makes a model of a trained network of one's own.</summary>
    /// <param name="frontEnd">How a recording becomes the network's inputs: those that it learned from.</param>
    /// <param name="network">
    /// The trained network: it takes one row's windows, then its plain columns, and ends in one score per label, <c>[N,
    /// labels]</c>; their softmax is the model's numbers, which stay scores (<see cref="IsCalibrated"/> is false). The model owns
    /// it from here on and frees it when it is disposed. In evaluation several threads may run it at once.
    /// </param>
    /// <param name="labels">The genres, in the order of the scores.</param>
    /// <param name="options">Name, description and scaler; null: none.</param>
    /// <returns>
    /// A model that predicts, streams and saves like any other. Only a program that has the network's code can load it again: by
    /// <see cref="LoadNetwork"/>.
    /// </returns>
    /// <exception cref="EngineException">
    /// The front end is invalid, the labels are not distinct, or the network has no values, does not take the front end's rows or
    /// does not give one score per label.
    /// </exception>
    public static GenreModel Create(
        FrontEndSpec frontEnd, Module network, IReadOnlyList<string> labels, CustomModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        options ??= new();
        var made = Custom(frontEnd, labels, options, options.Description ?? network.Description, isNetwork: true);
        var steps = made.FrontEnd.Columns.Count > 0 ? new ColumnSteps(options.Scaler, made.FrontEnd.Columns.Count) : null;
        if (steps is null && options.Scaler is not null)
            throw new EngineException($"{options.Name}: a scaler needs plain columns, but the front end gives only windows.");
        return made.Model(NetworkPipeline.Of(options.Name, network, made.FrontEnd, steps, labels.Count));
    }

    /// <summary>Makes a model of a fitted classifier of one's own.</summary>
    /// <param name="frontEnd">
    /// How a recording becomes the classifier's columns: those that it learned from. A single window set is flattened.
    /// </param>
    /// <param name="classifier">The fitted classifier; see <see cref="IClassifier"/> for what it must keep to.</param>
    /// <param name="labels">The genres, in the order of its classes.</param>
    /// <param name="options">Name, description and scaler; null: none.</param>
    /// <returns>
    /// A model that predicts, streams and saves like any other. Only a program that has the classifier's code can load it again:
    /// by <see cref="LoadClassifier"/>.
    /// </returns>
    /// <exception cref="EngineException">
    /// The front end is invalid, the labels are not distinct, or the classifier was fitted on other columns or classes.
    /// </exception>
    public static GenreModel Create(
        FrontEndSpec frontEnd, IClassifier classifier, IReadOnlyList<string> labels, CustomModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        options ??= new();
        var made = Custom(frontEnd, labels, options, options.Description ?? classifier.GetType().Name, isNetwork: false);
        RequireOneInput(options.Name, made.FrontEnd);
        var columns = RowSet.FlatColumns(made.FrontEnd);
        return made.Model(TabularPipeline.Of(
            options.Name, new ColumnSteps(options.Scaler, columns), classifier, columns, labels.Count));
    }

    /// <summary>
    /// Loads a model that was saved after <see cref="Create(FrontEndSpec, Module, IReadOnlyList{string}, CustomModelOptions?)"/>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="create">
    /// Makes the network again, with its architecture but not its values, which are filled from the file.
    /// </param>
    /// <param name="device">The device to run it on, by name, as in <see cref="Load"/>.</param>
    /// <exception cref="EngineException">
    /// The file is missing, damaged or holds another kind of model, the device does not exist, or the network is not the one
    /// that was saved; the message says which.
    /// </exception>
    public static GenreModel LoadNetwork(string path, Func<CustomModel, Module> create, string? device = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        return LoadCustom(path, isNetwork: true, (saved, state, steps) =>
        {
            var network = create(saved.Described) ?? throw new EngineException("the program made no network.");
            var place = RecipeDevice.Find(device, saved.Recipe);
            return NetworkPipeline.Restore(
                saved.Recipe.Name, network, saved.FrontEnd, saved.FrontEnd.Columns.Count > 0 ? steps : null, state,
                saved.Labels.Length, place);
        });
    }

    /// <summary>
    /// Loads a model that was saved after
    /// <see cref="Create(FrontEndSpec, IClassifier, IReadOnlyList{string}, CustomModelOptions?)"/>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="create">Makes the classifier again, configured as it was but not fitted.</param>
    /// <exception cref="EngineException">
    /// The file is missing, damaged or holds another kind of model, or the classifier is not the one that was saved; the message
    /// says which.
    /// </exception>
    public static GenreModel LoadClassifier(string path, Func<CustomModel, IClassifier> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return LoadCustom(path, isNetwork: false, (saved, state, steps) =>
        {
            RequireOneInput(saved.Recipe.Name, saved.FrontEnd);
            var classifier = create(saved.Described) ?? throw new EngineException("the program made no classifier.");
            return TabularPipeline.Restore(
                saved.Recipe.Name, steps, classifier, state, RowSet.FlatColumns(saved.FrontEnd), saved.Labels.Length);
        });
    }

    private static CustomParts Custom(
        FrontEndSpec frontEnd, IReadOnlyList<string> labels, CustomModelOptions options, string description, bool isNetwork)
    {
        ArgumentNullException.ThrowIfNull(frontEnd);
        ArgumentNullException.ThrowIfNull(labels);
        if (string.IsNullOrWhiteSpace(options.Name)) throw new EngineException("the model's name is empty; give it one.");
        if (labels.Count < 2 || labels.Any(string.IsNullOrWhiteSpace) || labels.Distinct().Count() != labels.Count)
        {
            throw new EngineException(
                $"{options.Name}: the labels are '{string.Join("', '", labels)}'; there must be at least two, all different " +
                "and none empty.");
        }

        var recording = options.RecordingSeconds is { } seconds ? Math.Round(seconds * frontEnd.SampleRate) : (double?)null;
        if (recording is not (null or (>= 1 and <= int.MaxValue)))
        {
            throw new EngineException(string.Create(CultureInfo.InvariantCulture, $"{options.Name}: RecordingSeconds is " +
                $"{options.RecordingSeconds}; it must be above 0 and, at {frontEnd.SampleRate} Hz, from 1 to {int.MaxValue} " +
                $"samples."));
        }

        return new(
            RecipeOf(options.Name, frontEnd, ScalerOf(options), description, isNetwork), new FrontEnd(frontEnd), [.. labels],
            (int?)recording);
    }

    private static Recipe RecipeOf(string name, FrontEndSpec frontEnd, ScalerKind scaler, string description, bool isNetwork) =>
        new(name, description, frontEnd, scaler, new CustomSpec(description) { IsNetwork = isNetwork },
            SplitSpec.None.ToString());

    private static ScalerKind ScalerOf(CustomModelOptions options)
    {
        if (options.Scaler is not { } scaler) return ScalerKind.None;
        return Enum.GetValues<ScalerKind>().FirstOrDefault(k => k.Create()?.GetType() == scaler.GetType()) is var kind and
            not ScalerKind.None
            ? kind : throw new EngineException($"{options.Name}: the scaler is a {scaler.GetType().Name}; it must be one of " +
                "Engine's, which a saved model can restore. Scale in the classifier instead.");
    }

    private static void RequireOneInput(string name, FrontEnd frontEnd)
    {
        var windows = frontEnd.WindowSizes.Count;
        if (windows > 1 || (windows == 1 && frontEnd.Columns.Count > 0))
        {
            throw new EngineException($"{name}: the front end gives {windows} sets of windows and {frontEnd.Columns.Count} " +
                "columns; a classifier takes plain columns, or one set of windows.");
        }
    }

    private void SaveCustom(SafetensorsFile file)
    {
        file.Metadata["format"] = CustomFormat;
        file.Metadata["name"] = Recipe.Name;
        file.Metadata["description"] = Recipe.Description;
        file.Metadata["kind"] = KindOf(((CustomSpec)Recipe.Classifier).IsNetwork);
        file.Metadata["front_end"] = Recipe.FrontEnd.ToCanonicalJson();
        file.Metadata["scaler"] = Recipe.Scaler.ToString();
    }

    private static GenreModel LoadCustom(
        string path, bool isNetwork,
        Func<CustomParts, IReadOnlyDictionary<string, StoredTensor>, ColumnSteps, FittedPipeline> restore)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = ModelFile.Find(path);
        return OfFile(path, () =>
        {
            var file = SafetensorsFile.Read(path);
            if (Value(file, "format") is var format && format != CustomFormat)
            {
                throw new EngineException(
                    $"the model's format is '{Excerpt.Of(format)}', not that of a program's own ('{CustomFormat}'); load it " +
                    "with GenreModel.Load.");
            }

            var kind = Value(file, "kind");
            if (kind != KindOf(isNetwork))
            {
                throw new EngineException($"the model has a {Excerpt.Of(kind)}; load it with " +
                    $"GenreModel.{(isNetwork ? nameof(LoadClassifier) : nameof(LoadNetwork))}.");
            }

            var parts = PartsOf(file, isNetwork, MemoryLimit.ForModels(null, new FileInfo(path).Length));
            var steps = new ColumnSteps(parts.Recipe.Scaler, null, null, new FitSettings());
            return parts.Model(restore(parts, file.Tensors, steps), Value(file, "engine_version"));
        });
    }

    private static CustomParts PartsOf(SafetensorsFile file, bool isNetwork, MemoryLimit limit)
    {
        var spec = StoredNetworks.Take(
            file, StrictJson.Read(Value(file, "front_end"), RecipeJson.Indented.Of<FrontEndSpec>(), "front_end"));
        if (!Enum.TryParse<ScalerKind>(Value(file, "scaler"), out var scaler) || !Enum.IsDefined(scaler))
            throw new EngineException($"the model's scaler is '{Excerpt.Of(Value(file, "scaler"))}', which is unknown.");
        var recipe = RecipeOf(Value(file, "name"), spec, scaler, Value(file, "description"), isNetwork);
        var frontEnd = new FrontEnd(spec, memoryLimit: limit.Bytes);
        var labels = Names(file, "labels");
        RequireFit(Names(file, "columns"), labels, frontEnd);
        return new(recipe, frontEnd, labels, RecordingSamples(file));
    }

    private static EngineException NeedsProgram(SafetensorsFile file)
    {
        var isNetwork = Value(file, "kind") == KindOf(isNetwork: true);
        return new($"the model's {(isNetwork ? "network" : "classifier")} ({Excerpt.Of(Value(file, "description"))}) is a " +
            "program's own, and only that program can make it again: load it there with " +
            $"GenreModel.{(isNetwork ? nameof(LoadNetwork) : nameof(LoadClassifier))}.");
    }

    private static string KindOf(bool isNetwork) => isNetwork ? "network" : "classifier";

    private sealed record CustomParts(Recipe Recipe, FrontEnd FrontEnd, string[] Labels, int? RecordingSamples)
    {
        public CustomModel Described => new(Recipe.Name, Recipe.Description, Recipe.FrontEnd, Labels,
            NetworkExamples.InputShapes(FrontEnd.WindowSizes, FrontEnd.Columns.Count));

        public GenreModel Model(FittedPipeline pipeline, string? engineVersion = null) =>
            new(Recipe, FrontEnd, pipeline, Labels, Recipe.Split, seed: 0, engineVersion, RecordingSamples);
    }
}
