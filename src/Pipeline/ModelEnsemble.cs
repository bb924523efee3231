using Engine.Classifiers;
using Engine.Classifiers.Linear;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Tensors;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline;

/// <summary>
/// The models of an ensemble of runs, and how their probabilities become one. Each member computes its own features, averages its
/// own windows and calibrates; what is combined are probabilities of whole recordings or, where all members read the same
/// features, of rows.
/// </summary>
internal sealed class ModelEnsemble : FittedPipeline
{
    /// <summary>The prefix of the tensors of the classifier that combines.</summary>
    public const string StackerPrefix = "stacking.";

    private readonly RunsSpec _spec;
    private readonly LogisticRegression? _stacker;

    /// <summary>Takes over the members.</summary>
    public ModelEnsemble(RunsSpec spec, IReadOnlyList<GenreModel> members, LogisticRegression? stacker) =>
        (_spec, Members, _stacker) = (spec, members, stacker);

    /// <summary>The members.</summary>
    public IReadOnlyList<GenreModel> Members { get; }

    /// <summary>Whether the result are probabilities: those of a logistic regression, or the mean of probabilities.</summary>
    public bool IsCalibrated => _stacker is not null || Members.All(m => m.IsCalibrated);

    /// <summary>Whether all members read the same features.</summary>
    public bool SharesFrontEnd => _spec.SharesFrontEnd;

    // Batches are powers of two.
    public override int Batch => Members.Max(m => m.Fitted().Batch);

    public override Device Device => Members.Select(m => m.Device).FirstOrDefault(d => d != Device.Cpu, Device.Cpu);

    /// <summary>The prefix of a member's tensors and metadata.</summary>
    public static string MemberPrefix(int member) => $"members.{member}.";

    /// <summary>One recording, given what each member says of it.</summary>
    public double[] Combine(IReadOnlyList<double[]> given) =>
        Of([.. given.Select(g => new FeatureMatrix(1, g.Length, g))]).Row(0).ToArray();

    /// <summary>The same for a file; what is known of the file is what the first member found.</summary>
    public ExtractedFile OfFile(Func<GenreModel, (ExtractedFile File, double[] Scores)> extract, double[] probabilities)
    {
        ExtractedFile? first = null;
        var given = new List<double[]>();
        foreach (var member in Members)
        {
            var (file, scores) = extract(member);
            first ??= file;
            given.Add(member.OfTrack(scores));
        }

        Combine(given).CopyTo(probabilities, 0);
        return first!;
    }

    /// <summary>The probabilities of many tracks, member by member, as one.</summary>
    public FeatureMatrix Of(FeatureMatrix[] given) => Combination.Of(given, (_spec.Combine as AverageSpec)?.Weights, _stacker);

    public override FeatureMatrix PredictProbabilities(RowSet rows) => Of([.. Members.Select(m => m.OfRows(rows))]);

    public override IEnumerable<KeyValuePair<string, StoredTensor>> SaveState() =>
        Members.SelectMany((member, m) => Prefixed(MemberPrefix(m), member.ToFile().Tensors))
            .Concat(Prefixed(StackerPrefix, _stacker?.SaveState().ToDictionary()));

    /// <summary>Adds the members' metadata to a file.</summary>
    public void AddMetadata(SafetensorsFile file)
    {
        for (var m = 0; m < Members.Count; m++)
        {
            foreach (var (key, value) in Members[m].ToFile().Metadata) file.Metadata[MemberPrefix(m) + key] = value;
        }
    }

    /// <summary>The file of a member in that of an ensemble.</summary>
    public static SafetensorsFile MemberFile(SafetensorsFile file, int member)
    {
        var (own, prefix) = (new SafetensorsFile(), MemberPrefix(member));
        foreach (var (name, tensor) in Part(file.Tensors, prefix)) own.Tensors.Add(name, tensor);
        foreach (var (key, value) in file.Metadata)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal)) own.Metadata.Add(key[prefix.Length..], value);
        }

        return own;
    }

    /// <summary>Restores the classifier that combines; null if there is none.</summary>
    /// <exception cref="EngineException">A tensor is missing, belongs to no part, or does not fit.</exception>
    public static LogisticRegression? StackerOf(SafetensorsFile file, Recipe recipe, RunsSpec spec, int classes)
    {
        var prefixes = Enumerable.Range(0, spec.Members.Count).Select(MemberPrefix);
        if (spec.Combine is not StackingSpec stacking)
        {
            RequireKnown(recipe, file.Tensors, [.. prefixes]);
            return null;
        }

        RequireKnown(recipe, file.Tensors, [.. prefixes, StackerPrefix]);
        var stacker = new LogisticRegression(new LogisticOptions { C = stacking.C });
        stacker.LoadState(Part(file.Tensors, StackerPrefix));
        return stacker.Columns == classes * spec.Members.Count && stacker.Classes == classes ? stacker
            : throw new EngineException($"the stacking maps {stacker.Columns} probabilities to {stacker.Classes} classes, but " +
                $"{spec.Members.Count} members return {classes} each.");
    }

    public override void Dispose()
    {
        foreach (var member in Members) member.Dispose();
    }
}
