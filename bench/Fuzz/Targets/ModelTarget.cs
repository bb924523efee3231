using Engine.Classifiers;
using Engine.Fuzzing.Mutation;
using Engine.Pipeline;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;

namespace Engine.Fuzzing.Targets;

/// <summary>A model with the recipe in its metadata: what loads gives probabilities and is saved to a file that loads to the
/// same.</summary>
internal sealed class ModelTarget : Target
{
    // A picture of a stranger's recipe may be large and right; the check is not for its arithmetic.
    private const long LargestWindows = 1 << 16;

    private readonly string _path, _copy;

    public ModelTarget(string name, string folder) : base(name)
    {
        (_path, _copy) = (Path.Combine(folder, "fuzz.safetensors"), Path.Combine(folder, "copy.safetensors"));
        Seeds = SafetensorsTarget.Unsealed(TinyRuns.Tabular.Append(TinyRuns.Picture)
            .Select((recipe, i) => File.ReadAllBytes(Path.Combine(TinyRuns.Train(recipe, folder, $"run{i}"),
                GenreModel.FileName))));
    }

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override IMutation Mutation { get; } = SafetensorsTarget.Header(Recipes.Words);

    public override string InputName => _path;

    // The recipe is parsed and checked, key by key, and its filters are made.
    public override double AllocationPerByte => 128;

    public override long AllocationBase => 16 << 20;

    public override bool IsDocumented(Exception e) => e is EngineException;

    public override object Parse(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return GenreModel.Load(_path, "cpu");
    }

    public override void Check(object parsed)
    {
        using var model = (GenreModel)parsed;
        CheckProbabilities(model);
        model.Save(_copy);
        var saved = File.ReadAllBytes(_copy);
        using var again = GenreModel.Load(_copy, "cpu");
        again.Save(_copy);
        Require(File.ReadAllBytes(_copy).AsSpan().SequenceEqual(saved), "what was written reads back as something else");
    }

    private static void CheckProbabilities(GenreModel model)
    {
        var sizes = model.FrontEnd.WindowSizes;
        if (sizes.Sum(s => s.Aggregate(1L, (a, b) => a * b)) > LargestWindows) return;
        var columns = new FeatureMatrix(1, model.FrontEnd.Columns.Count);
        columns.Data.AsSpan().Fill(0.5);
        var windows = sizes.Select(s => new WindowArray(s, new float[s.Aggregate(1, (a, b) => a * b)])).ToArray();
        double[] probabilities;
        try
        {
            probabilities = model.Fitted().PredictProbabilities(RowSet.Of(new FeatureRows(1000, columns, windows))).Data;
        }
        catch (EngineException)
        {
            return; // this row is too far from what was learned, which is said instead of a number
        }

        Require(probabilities.All(p => p is >= 0 and <= 1.000001),
            $"a model was accepted that gives the probability {probabilities.FirstOrDefault(p => p is not (>= 0 and <= 1))}");
        Require(Math.Abs(probabilities.Sum() - 1) < 1e-3,
            $"a model was accepted whose probabilities sum to {probabilities.Sum()}");
    }
}
