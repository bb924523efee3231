using Engine.Nn.Optimizers;
using Engine.Tensors;
using Engine.Tensors.Serialization;

namespace Engine.Nn;

/// <summary>
/// Everything that training needs to go on as if it had never stopped, in one safetensors file: weights (<c>model.…</c>),
/// optimiser states (<c>optimizer.…</c>), the average (<c>average.…</c>), positions of random streams (<c>random.…</c>) and
/// counters (<c>counter.…</c>). Set what a run has; saving and loading cover exactly that.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="optimizer">Its optimiser.</param>
public sealed class Checkpoint(Module network, Optimizer optimizer)
{
    private const string Model = "model.", States = "optimizer.", Averages = "average.", Random = "random.", Counter = "counter.";
    private const string StepCount = "optimizer_steps";

    /// <summary>The average of the weights, if the run keeps one.</summary>
    public ExponentialMovingAverage? Average { get; init; }

    /// <summary>The random streams by name; loading moves them to where they were.</summary>
    public IReadOnlyDictionary<string, RandomStream> Streams { get; init; } = new Dictionary<string, RandomStream>();

    /// <summary>Numbers by name (epoch, batch, best loss); loading replaces the values of exactly these names.</summary>
    public Dictionary<string, double> Counters { get; } = new(StringComparer.Ordinal);

    /// <summary>Texts by name (recipe, seed); loading replaces them all.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Writes the file; until the last moment what was there before stays whole.</summary>
    /// <exception cref="IOException">The file cannot be written; nothing of it is left behind.</exception>
    /// <exception cref="InvalidOperationException">The network has no values yet.</exception>
    public void Save(string path)
    {
        var file = new SafetensorsFile();
        StateFile.Store(file, network, Model);
        foreach (var (name, tensor) in Tensors()) file.Tensors.Add(name, StateFile.Store(tensor));
        foreach (var (name, stream) in Streams) file.Tensors.Add(Random + name, new StoredTensor(new[] { unchecked((long)stream.Position) }, 1));
        foreach (var (name, value) in Counters) file.Tensors.Add(Counter + name, new StoredTensor(new[] { value }, 1));
        file.Tensors.Add(StepCount, new StoredTensor(new[] { optimizer.Steps }, 1));
        foreach (var (key, value) in Metadata) file.Metadata.Add(key, value);
        file.Write(path);
    }

    /// <summary>
    /// Reads the file and moves network, optimiser, average, streams and counters to where they were. Every name, shape and
    /// type is checked before anything is changed.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is no checkpoint of this run; the message names what does not fit.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Load(string path)
    {
        var file = SafetensorsFile.Read(path);
        Check(file, path);
        StateFile.Fill(file, network, network.State().First().Value.Device, Model);
        foreach (var (name, tensor) in Tensors()) tensor.Write((float[])file.Tensors[name].Data);
        foreach (var (name, stream) in Streams) stream.Position = unchecked((ulong)((long[])file.Tensors[Random + name].Data)[0]);
        foreach (var name in Counters.Keys.ToArray()) Counters[name] = ((double[])file.Tensors[Counter + name].Data)[0];
        optimizer.Steps = ((long[])file.Tensors[StepCount].Data)[0];
        Metadata.Clear();
        foreach (var (key, value) in file.Metadata) Metadata.Add(key, value);
    }

    private void Check(SafetensorsFile file, string path)
    {
        var fit = new StateFit(file, path);
        StateFile.CheckNetwork(fit, file, network, Model);
        var known = new HashSet<string>(StringComparer.Ordinal) { StepCount };
        foreach (var (name, tensor) in Tensors())
        {
            known.Add(name);
            fit.Check(name, tensor.Shape);
        }

        foreach (var name in Streams.Keys.Select(n => Random + n))
        {
            known.Add(name);
            fit.CheckNumber<long>(name);
        }

        foreach (var name in Counters.Keys.Select(n => Counter + n))
        {
            known.Add(name);
            fit.CheckNumber<double>(name);
        }

        fit.CheckNumber<long>(StepCount);
        foreach (var name in file.Tensors.Keys.Order(StringComparer.Ordinal))
        {
            if (!known.Contains(name) && !name.StartsWith(Model, StringComparison.Ordinal)) fit.Unknown(name);
        }

        fit.ThrowIfAny();
    }

    private IEnumerable<(string Name, Tensor Tensor)> Tensors()
    {
        foreach (var (name, tensor) in optimizer.State()) yield return (States + name, tensor);
        if (Average is null) yield break;
        foreach (var (name, tensor) in Average.State()) yield return (Averages + name, tensor);
    }
}
