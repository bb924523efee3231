using Engine.Nn.Optimizers;
using Engine.Nn.Training;
using Engine.Tensors;
using Engine.Tensors.Serialization;

namespace Engine.Nn;

/// <summary>
/// Everything that training needs to continue as if it had never stopped, in one safetensors file: weights (<c>model.…</c>),
/// optimiser states (<c>optimizer.…</c>), the average (<c>average.…</c>), the best weights so far (<c>best.…</c>), positions of
/// random streams (<c>random.…</c>), counters (<c>counter.…</c>) and the completed epochs (<c>history</c>). Set the
/// properties that a run uses; saving and loading cover exactly those.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="optimizer">Its optimiser.</param>
public sealed class Checkpoint(Module network, Optimizer optimizer)
{
    private const string Model = "model.", States = "optimizer.", Averages = "average.", Bests = "best.", Random = "random.",
        Counter = "counter.";
    private const string StepCount = "optimizer_steps", Epochs = "history";

    /// <summary>The average of the weights, if the run keeps one.</summary>
    public ExponentialMovingAverage? Average { get; init; }

    /// <summary>The best weights so far, if the run keeps them.</summary>
    public WeightSnapshot? Best { get; init; }

    /// <summary>The completed epochs, if the run keeps a history; loading replaces them all.</summary>
    public IList<EpochRecord>? History { get; init; }

    /// <summary>The random streams by name; loading restores their positions.</summary>
    public IReadOnlyDictionary<string, RandomStream> Streams { get; init; } = new Dictionary<string, RandomStream>();

    /// <summary>Numbers by name (epoch, batch, best loss); loading replaces the values of these names only.</summary>
    public Dictionary<string, double> Counters { get; } = new(StringComparer.Ordinal);

    /// <summary>Texts by name (recipe, seed); loading replaces them all.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Checks the counters and the history of a file before anything is changed; returns what is wrong with them, or null.
    /// </summary>
    internal Func<IReadOnlyDictionary<string, double>, IReadOnlyList<EpochRecord>, string?>? Judge { get; init; }

    /// <summary>Writes the file; a previous file stays intact until the new one is complete.</summary>
    /// <exception cref="IOException">The file cannot be written; the message names it, and the previous file is
    /// intact.</exception>
    /// <exception cref="InvalidOperationException">The network has no values yet.</exception>
    public void Save(string path)
    {
        var file = new SafetensorsFile();
        StateFile.Store(file, network, Model);
        foreach (var (name, tensor) in Tensors()) file.Tensors.Add(name, StateFile.Store(tensor));
        foreach (var (name, stream) in Streams) file.Tensors.Add(Random + name,
            new StoredTensor(new[] { unchecked((long)stream.Position) }, 1));
        foreach (var (name, value) in Counters) file.Tensors.Add(Counter + name, new StoredTensor(new[] { value }, 1));
        if (History is not null) file.Tensors.Add(Epochs, HistoryTable.Store(History));
        file.Tensors.Add(StepCount, new StoredTensor(new[] { optimizer.Steps }, 1));
        foreach (var (key, value) in Metadata) file.Metadata.Add(key, value);
        try
        {
            file.Write(path, checksum: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: the checkpoint cannot be written ({error.Message}); the previous checkpoint, if "
                + "any, is intact.", error);
        }
    }

    /// <summary>
    /// Reads the file and restores network, optimiser, average, best weights, streams, counters and history.
    /// Every name, shape and type is checked before anything is changed.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="metadata">The exact texts that the file must have; null: any.</param>
    /// <exception cref="InvalidDataException">
    /// The file is damaged or not a checkpoint of this run; the message names each mismatch.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Load(string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var file = SafetensorsFile.Read(path);
        Check(file, path, metadata);
        StateFile.Fill(file, network, network.State().First().Value.Device, Model);
        foreach (var (name, tensor) in Tensors()) tensor.Write((float[])file.Tensors[name].Data);
        foreach (var (name, stream) in Streams) stream.Position = unchecked((ulong)((long[])file.Tensors[Random + name].Data)[0]);
        foreach (var (name, value) in StoredCounters(file)) Counters[name] = value;
        optimizer.Steps = ((long[])file.Tensors[StepCount].Data)[0];
        if (History is not null)
        {
            History.Clear();
            foreach (var epoch in HistoryTable.Read(file.Tensors[Epochs])) History.Add(epoch);
        }

        Metadata.Clear();
        foreach (var (key, value) in file.Metadata) Metadata.Add(key, value);
    }

    /// <summary>A number of a checkpoint that is not loaded yet; null if it has none of that name.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal static double? CounterOf(string path, string name) =>
        SafetensorsFile.Read(path).Tensors.GetValueOrDefault(Counter + name)?.Data is double[] and [var value] ? value : null;

    private Dictionary<string, double> StoredCounters(SafetensorsFile file) =>
        Counters.Keys.ToDictionary(n => n, n => ((double[])file.Tensors[Counter + n].Data)[0]);

    private void Check(SafetensorsFile file, string path, IReadOnlyDictionary<string, string>? metadata)
    {
        var fit = new StateFit(file, path);
        if (metadata is not null) fit.CheckMetadata(metadata);
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
        if (History is not null)
        {
            known.Add(Epochs);
            fit.CheckTable(Epochs, HistoryTable.Columns);
        }

        foreach (var name in file.Tensors.Keys.Order(StringComparer.Ordinal))
        {
            if (!known.Contains(name) && !name.StartsWith(Model, StringComparison.Ordinal)) fit.Unknown(name);
        }

        fit.ThrowIfAny();
        if (Judge?.Invoke(StoredCounters(file), History is null ? [] : HistoryTable.Read(file.Tensors[Epochs])) is { } problem)
            fit.Problem(problem);
        fit.ThrowIfAny();
    }

    private IEnumerable<(string Name, Tensor Tensor)> Tensors()
    {
        foreach (var (name, tensor) in optimizer.State()) yield return (States + name, tensor);
        foreach (var (name, tensor) in Average?.State() ?? []) yield return (Averages + name, tensor);
        foreach (var (name, tensor) in Best?.State() ?? []) yield return (Bests + name, tensor);
    }
}
