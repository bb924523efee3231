using Engine.Peers.Networks;
using Microsoft.ML.OnnxRuntime;

namespace Engine.Peers.OnnxRuntime;

/// <summary>The scores of a recipe's network on a batch of random numbers.</summary>
internal sealed class NetworkCase : IPeerCase
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly OrtValue[] _inputs;
    private readonly string[] _names;
    private readonly string[] _outputs;

    public NetworkCase(string recipe, int batch, int threads)
    {
        using var same = new SameNetwork(recipe, batch);
        var network = new OnnxNetwork();
        var model = network.Model(same.Build(network), batch, same.Summary.Labels);
        same.CheckParameters(network.Parameters);
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
        };
        _session = new(model, options);
        _inputs = [.. same.Values.Select((values, i) => OrtValue.CreateTensorValueFromMemory(
            values, [.. same.Inputs[i].Sizes.ToArray().Select(s => (long)s)]))];
        _names = [.. network.Inputs];
        _outputs = [.. _session.OutputNames];
        using var results = _session.Run(_options, _names, _inputs, _outputs);
        same.CheckScores(results[0].GetTensorDataAsSpan<float>());
    }

    public void Call()
    {
        using var results = _session.Run(_options, _names, _inputs, _outputs);
        _ = results[0].GetTensorDataAsSpan<float>()[0];
    }

    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
        foreach (var input in _inputs) input.Dispose();
    }
}
