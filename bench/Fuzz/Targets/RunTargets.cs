using System.Text;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Fuzzing.Mutation;
using Engine.Pipeline.Runs;

namespace Engine.Fuzzing.Targets;

/// <summary>The <c>run.json</c> of a run folder.</summary>
internal sealed class RunTarget : Target
{
    private readonly string _folder, _path;

    public RunTarget(string name, string folder) : base(name)
    {
        (_folder, _path) = (folder, Path.Combine(folder, RunFolder.RecordFile));
        // Data is a full path, which differs from process to process.
        Seeds =
        [
            .. TinyRuns.Tabular.Take(1).Append(TinyRuns.Tabular[^2]).Select((recipe, i) =>
                Encoding.UTF8.GetBytes((RunRecord.Load(TinyRuns.Train(recipe, folder,
                    $"run{i}")) with { Data = "/data/table.csv" }).ToJson())),
        ];
    }

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override IMutation Mutation => Recipes.Mutation;

    public override string InputName => _path;

    public override double AllocationPerByte => 128;

    public override long AllocationBase => 1 << 20;

    public override bool IsDocumented(Exception e) => e is EngineException;

    public override object Parse(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return RunRecord.Load(_folder);
    }

    public override void Check(object parsed)
    {
        var text = ((RunRecord)parsed).ToJson();
        File.WriteAllText(_path, text);
        Require(RunRecord.Load(_folder).ToJson() == text, "what was written reads back as something else");
    }
}

/// <summary>The <c>metrics.json</c> of a run folder.</summary>
internal sealed class MetricsTarget(string name) : Target(name)
{
    public override IReadOnlyList<byte[]> Seeds { get; } = [.. Reports().Select(r => Encoding.UTF8.GetBytes(r.ToJson()))];

    public override IMutation Mutation { get; } = new JsonMutation("\"accuracy\"", "\"labels\"", "\"tracks\"", "\"folds\"",
        "[[1,2],[3,4]]");

    // Its reader is given a text and not a file.
    public override string InputName => "Metrics";

    public override double AllocationPerByte => 64;

    public override bool IsDocumented(Exception e) => e is EngineException;

    public override object Parse(byte[] bytes) => MetricsReport.FromJson(Encoding.UTF8.GetString(bytes));

    public override void Check(object parsed)
    {
        var text = ((MetricsReport)parsed).ToJson();
        Require(MetricsReport.FromJson(text).ToJson() == text, "what was written reads back as something else");
    }

    private static IEnumerable<MetricsReport> Reports()
    {
        var probabilities = new FeatureMatrix(4, 3, [0.5, 0.3, 0.2, 0.1, 0.8, 0.1, 0.3, 0.3, 0.4, 0.6, 0.2, 0.2]);
        string[] labels = ["blues", "metal", "Zoë"];
        var one = Metrics.Compute(probabilities, [0, 1, 2, 1], labels).Under("stratified", leaky: false) with
        {
            Seed = 1,
            Recipe = "gtzan57-knn",
            Device = "cpu",
            FitSeconds = 0.5,
            NTrain = 8
        };
        yield return one;
        yield return one with { Tracks = one, Folds = Metrics.Summarize([one, one]) };
    }
}

/// <summary>The <c>predictions.csv</c> of a run folder.</summary>
internal sealed class PredictionsTarget : Target
{
    private static readonly string[] s_labels = ["blues", "metal"];

    private readonly string _path, _copy;

    public PredictionsTarget(string name, string folder) : base(name)
    {
        (_path, _copy) = (Path.Combine(folder, "fuzz.csv"), Path.Combine(folder, "copy.csv"));
        TestedRow[] rows =
        [
            new("blues.00000", "blues/blues.00000.wav", "blues", "metal", [0.25, 0.75], 1),
            new("a, \"b\"\nc.1", "c", "metal", "metal", [1e-300, 1], 2),
        ];
        PredictionsFile.Write(_path, s_labels, rows, calibrated: true, leaky: false);
        Seeds = [File.ReadAllBytes(_path)];
    }

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override IMutation Mutation { get; } = TableTarget.Mutations("track", "path", "label", "predicted", "fold",
        "probability_blues");

    public override string InputName => _path;

    public override double AllocationPerByte => 64;

    public override bool IsDocumented(Exception e) => e is EngineException;

    public override object Parse(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return PredictionsFile.Read(_path, s_labels);
    }

    public override void Check(object parsed)
    {
        var rows = (List<TestedRow>)parsed;
        PredictionsFile.Write(_copy, s_labels, rows, calibrated: true, leaky: false);
        var again = PredictionsFile.Read(_copy, s_labels);
        Require(rows.Count == again.Count && rows.Zip(again).All(r =>
            r.First with { Probabilities = [] } == r.Second with { Probabilities = [] }
            && r.First.Probabilities.SequenceEqual(r.Second.Probabilities)), "what was written reads back as something else");
    }
}

/// <summary>The <c>history.csv</c> of a run folder.</summary>
internal sealed class HistoryTarget(string name, string folder) : Target(name)
{
    private readonly string _path = Path.Combine(folder, "fuzz.csv");

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Encoding.UTF8.GetBytes(
            "round,epoch,loss,accuracy,valid_loss,valid_accuracy,learning_rate,seconds,samples_per_second\n"
            + "1,1,1.5,0.25,,,0.001,0.5,100\n1,2,1.25,0.5,1.5,0.25,0.001,0.5,100\n"),
    ];

    public override IMutation Mutation { get; } = TableTarget.Mutations("2147483648");

    public override string InputName => _path;

    public override double AllocationPerByte => 64;

    public override bool IsDocumented(Exception e) => e is EngineException;

    public override object Parse(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return new HistoryFile(_path);
    }
}

/// <summary>A finished round of an interrupted training.</summary>
internal sealed class RoundTarget : Target
{
    private readonly RoundStore _store;
    private readonly string _path;

    public RoundTarget(string name, string folder) : base(name)
    {
        _store = new(folder);
        _store.Save(0, new(new(2, 3, [0.1, 0.2, 0.7, 0.5, 0.25, 0.25]), new(new(0.5, 1e-3), new(0.25, 1e-3)), new(0.75, 1), 1.5,
            0.5, "cpu"),
            new Dictionary<string, string> { ["seed"] = "1", ["recipe"] = "{}" });
        _path = Directory.EnumerateFiles(folder, "*.safetensors", SearchOption.AllDirectories).Single();
        Seeds = SafetensorsTarget.Unsealed(File.ReadAllBytes(_path));
    }

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override IMutation Mutation { get; } =
        SafetensorsTarget.Header("\"F64\"", "[2,3]", "\"test\"", "\"train_accuracy\"", "\"calibration\"",
        "\"seconds\"");

    public override string InputName => _path;

    public override double AllocationPerByte => 64;

    public override bool IsDocumented(Exception e) => e is EngineException;

    public override object? Parse(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return _store.TryLoad(0);
    }

    public override void Check(object parsed)
    {
        var round = (RoundResult)parsed;
        _store.Save(0, round, new Dictionary<string, string>());
        var again = _store.TryLoad(0)!;
        Require(again.Test.Data.SequenceEqual(round.Test.Data) && again.Train == round.Train
            && again.Calibration == round.Calibration
            && again.Device == round.Device, "what was written reads back as something else");
    }
}
