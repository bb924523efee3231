using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Classifiers.Decomposition;
using Engine.Classifiers.Selection;
using Engine.Classifiers.Tuning;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Json;

namespace Engine.Pipeline.Recipes;

/// <summary>What a paper or report says about a system.</summary>
/// <param name="Source">Where it was published.</param>
/// <param name="Accuracy">The test accuracy given there, in [0, 1]; null if none is given.</param>
/// <param name="Protocol">How that accuracy was measured.</param>
public sealed record PublishedResult(string Source, double? Accuracy = null, string Protocol = "");

/// <summary>
/// A whole system as data: front end, scaler, classifier and the split it is measured with. Immutable; read from JSON that may
/// hold nothing the recipe does not know.
/// </summary>
/// <param name="Name">Its name, unique among the recipes shipped.</param>
/// <param name="Description">One sentence.</param>
/// <param name="FrontEnd">How a recording becomes feature rows.</param>
/// <param name="Scaler">How feature columns are brought to a common scale.</param>
/// <param name="Classifier">What learns from the scaled rows.</param>
/// <param name="Split">
/// The split used when the user asks for none: <c>stratified</c>, <c>stratified:SHARE</c>, <c>holdout:K</c>, <c>kfold:K</c>,
/// <c>files:TRAIN,[VALID,]TEST</c>, <c>groups:FILE</c>, <c>groups-kfold:K:FILE</c>, <c>artists</c>, <c>column</c>,
/// <c>column:NAME</c>, <c>leaky-windows</c> or <c>overfit:N</c>.
/// </param>
/// <param name="Published">The published result that the recipe reproduces, if any.</param>
/// <param name="WindowScaler">
/// How the values of windows are brought to a common scale; needs a feature set that gives windows.
/// </param>
/// <param name="Selection">Which of the scaled columns are kept; null: all.</param>
/// <param name="Projection">What the columns kept are projected onto; null: nothing.</param>
/// <param name="Search">The values that <c>engine tune</c> may change, and within what; null: none.</param>
/// <param name="Calibration">How the classifier's scores become probabilities; by default they do not: they stay scores.</param>
public sealed record Recipe(
    string Name,
    string Description,
    FrontEndSpec FrontEnd,
    ScalerKind Scaler,
    ClassifierOptions Classifier,
    string Split = "stratified",
    PublishedResult? Published = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] WindowScalerKind WindowScaler =
        WindowScalerKind.None,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SelectionOptions? Selection = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ProjectionOptions? Projection = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<SearchParameter>? Search = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] CalibrationKind Calibration = CalibrationKind.None)
{
    /// <summary>Reads and checks a recipe; <paramref name="source"/> names it in errors.</summary>
    /// <exception cref="EngineException">
    /// The text is not JSON, has unknown, missing or repeated keys, or a value that cannot work.
    /// </exception>
    public static Recipe Parse(string json, string source)
    {
        var recipe = StrictJson.Read(json, RecipeJson.Indented.Of<Recipe>(), source);
        recipe.Validate(new RangeCheck(source));
        return recipe;
    }

    /// <summary>Reads a recipe from a file.</summary>
    /// <exception cref="EngineException">The file cannot be read, is longer than any recipe, or is not a recipe.</exception>
    public static Recipe Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Parse(RecipeFile.Read(path), path);
    }

    /// <summary>The recipe as indented JSON with every parameter: what <see cref="Parse"/> reads.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RecipeJson.Written.Of<Recipe>());

    /// <summary>The same with the weights of its embeddings, whose hashes it then names.</summary>
    /// <exception cref="EngineException">Weights are missing or cannot be used.</exception>
    internal Recipe Bound() => this with { FrontEnd = FrontEnd.Bound() };

    /// <summary>Name and description.</summary>
    public override string ToString() => $"{Name}: {Description}";

    /// <summary>
    /// A copy with one value changed: <c>With("classifier.k", "7")</c>, <c>With("classifier.layers[0].filters", "8")</c>. The
    /// path is that of the JSON, without <c>$.</c>; the value is JSON, or a string.
    /// </summary>
    /// <exception cref="EngineException">The recipe has no such value, or it does not fit there.</exception>
    public Recipe With(string path, string value)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(value);
        var (root, source) = ((JsonObject)JsonNode.Parse(ToJson())!, $"recipe {Name} with {path}={value}");
        try
        {
            JsonPath.Set(root, path, value);
            return Parse(root.ToJsonString(), source);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw new EngineException($"{source}: a key appears twice, or a string holds half of a surrogate pair, which is " +
                "not a character.", e);
        }
    }

    /// <summary>Whether two recipes say the same, value by value.</summary>
    public bool Equals(Recipe? other) => other is not null && ToJson() == other.ToJson();

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToJson());

    // What is of a member's own stands with the member.
    private void ValidateMembers(EnsembleSpec ensemble, RangeCheck check)
    {
        if (Scaler != ScalerKind.None)
            check.Fail("$.scaler", Scaler.ToString().ToLowerInvariant(),
                "it must be none, as each member of an ensemble has its own");
        if (WindowScaler != WindowScalerKind.None)
            check.Fail("$.window_scaler", WindowScaler.ToString().ToLowerInvariant(),
                "it must be none, as each member of an ensemble has its own");
        if (Selection is not null)
            check.Fail("$.selection", "an object", "it must be null, as each member of an ensemble has its own");
        if (Projection is not null)
            check.Fail("$.projection", "an object", "it must be null, as each member of an ensemble has its own");
        for (var m = 0; m < ensemble.Members.Count; m++)
            ensemble.RecipeOf(m, this).Validate(check.Of($"$.classifier.members[{m}] as a recipe"));
    }

    internal void Validate(RangeCheck check)
    {
        if (string.IsNullOrWhiteSpace(Name)) check.Fail("$.name", "\"\"", "it must not be empty");
        FrontEnd.Validate(check);
        ValidateSearch(check);
        if (Classifier is RunsSpec runs)
        {
            runs.Validate("$.classifier", this, check);
            return;
        }

        if (Classifier is EnsembleSpec ensemble)
        {
            ensemble.Validate("$.classifier", check);
            ValidateMembers(ensemble, check);
            return;
        }

        CheckRanges(Classifier, "$.classifier", check);
        (Classifier as NetworkSpec)?.Validate("$.classifier", check);
        CheckRanges(Selection, "$.selection", check);
        if (Selection is not null) RequirePlainColumns("$.selection", check);
        CheckRanges(Projection, "$.projection", check);
        if (Projection is not null) RequirePlainColumns("$.projection", check);
        WindowCheck.Validate(this, check);
        if (Classifier.NeedsGaussianRows != FrontEnd.Features is PsfGaussianFeatures
            || (Classifier.NeedsGaussianRows && Scaler != ScalerKind.None))
        {
            check.Fail("$.classifier.metric", "gaussian-divergence",
                "it goes with features.set psf-mfcc-gaussian and scaler none, and they with it");
        }
    }

    private static void CheckRanges<T>(T? options, string at, RangeCheck check) =>
        JsonRanges.Check(options, RecipeJson.Indented.Of<T>(), at, check);

    private void ValidateSearch(RangeCheck check)
    {
        if (Search is { Count: 0 }) check.Fail("$.search", "[]", "it must hold at least one value to search, or be null");
        var paths = new HashSet<string>(StringComparer.Ordinal);
        for (var p = 0; p < Search?.Count; p++)
        {
            Search[p].Validate($"$.search[{p}]", check);
            if (!paths.Add(Search[p].Path)) check.Fail($"$.search[{p}].path", Search[p].Path, "it is already searched");
        }
    }

    private void RequirePlainColumns(string at, RangeCheck check)
    {
        if (Classifier.NeedsGaussianRows)
            check.Fail(at, "an object", "it must be null with the metric gaussian-divergence, whose rows are no plain columns");
        if (Classifier is NetworkSpec && FrontEnd.Features.Parts.All(p => p is WindowSpec))
            check.Fail(at, "an object", "it must be null, as the feature set gives windows and no plain columns");
    }
}
