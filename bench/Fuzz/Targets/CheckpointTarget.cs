using Engine.Fuzzing.Mutation;
using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Nn.Optimizers;
using Engine.Nn.Training;
using Engine.Tensors;

namespace Engine.Fuzzing.Targets;

/// <summary>A checkpoint of a small network: what loads is saved to a file that loads to the same.</summary>
internal sealed class CheckpointTarget : Target
{
    private readonly Sequential _network = new(new Dense(3, 4), new Dense(4, 2));
    private readonly Optimizer _optimizer;
    private readonly ExponentialMovingAverage _average;
    private readonly Checkpoint _checkpoint;
    private readonly string _path, _copy;

    public CheckpointTarget(string name, string folder) : base(name)
    {
        (_path, _copy) = (Path.Combine(folder, "fuzz.checkpoint"), Path.Combine(folder, "copy.checkpoint"));
        _network.Initialize(1);
        _optimizer = new(_network.Parameters(), new Adam());
        _average = new(_network, 0.9);
        _checkpoint = new(_network, _optimizer)
        {
            Average = _average,
            History = new List<EpochRecord> { new(1, 2, 0.5, null, null, 0.001, 1, 10), new(2, 1, 0.75, 1, 0.5, 0.001, 1, 10) },
            Streams = new Dictionary<string, RandomStream> { ["dropout"] = new(1, "dropout") },
        };
        _checkpoint.Counters["epoch"] = 2;
        _checkpoint.Metadata["recipe"] = "{\"name\":\"x\"}";
        _checkpoint.Save(_path);
        Seeds = SafetensorsTarget.Unsealed(File.ReadAllBytes(_path));
    }

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override IMutation Mutation { get; } = SafetensorsTarget.Header(
        "\"F32\"", "\"F64\"", "\"I64\"", "[1]", "[4,3]", "\"counter.epoch\"", "\"random.dropout\"", "\"history\"",
            "\"optimizer_steps\"", "\"model.0.weight\"");

    public override string InputName => _path;

    public override double AllocationPerByte => 64;

    public override bool IsDocumented(Exception e) => e is InvalidDataException;

    public override object Parse(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        _checkpoint.Load(_path);
        return _checkpoint;
    }

    public override void Check(object parsed)
    {
        _checkpoint.Save(_copy);
        var saved = File.ReadAllBytes(_copy);
        _checkpoint.Load(_copy);
        _checkpoint.Save(_copy);
        Require(File.ReadAllBytes(_copy).AsSpan().SequenceEqual(saved), "what was written reads back as something else");
    }

    protected override void Release()
    {
        _average.Dispose();
        _optimizer.Dispose();
        _network.Dispose();
    }
}
