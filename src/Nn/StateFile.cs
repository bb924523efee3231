using Engine.Tensors;
using Engine.Tensors.Serialization;

namespace Engine.Nn;

/// <summary>Stores a network's parameters and buffers by name in a safetensors file, and restores them.</summary>
public static class StateFile
{
    private const string Variance = "running_var";

    // PyTorch's batch normalisation counts its steps; nothing here depends on that count.
    private const string StepCount = "num_batches_tracked";

    /// <summary>
    /// Adds every parameter and buffer to a file, so that <c>torch</c>'s <c>load_state_dict</c> accepts it without a prefix.
    /// </summary>
    /// <exception cref="InvalidOperationException">The network has no values yet.</exception>
    /// <exception cref="ArgumentException">The file already holds a tensor of the same name.</exception>
    public static void Store(SafetensorsFile file, Module network, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(network);
        foreach (var parameter in network.State()) file.Tensors.Add(prefix + parameter.Name, Store(parameter.Value));
    }

    /// <summary>
    /// Fills every parameter and buffer from the tensors of a file whose names begin with <paramref name="prefix"/>. All
    /// names, shapes and values are checked before anything is changed.
    /// </summary>
    /// <param name="file">The file's contents.</param>
    /// <param name="network">The network to fill.</param>
    /// <param name="device">The device that the network will run on; the default device if null.</param>
    /// <param name="prefix">The prefix of the names.</param>
    /// <param name="name">The file's name in messages.</param>
    /// <exception cref="InvalidDataException">
    /// A tensor is missing, unexpected, of another shape or type, or holds a value that is not finite or a negative variance; the
    /// message names it.
    /// </exception>
    public static void Restore(
        SafetensorsFile file, Module network, Device? device = null, string prefix = "", string name = "weights")
    {
        Check(file, network, name, prefix);
        Fill(file, network, device ?? Device.Default, prefix);
    }

    /// <summary>
    /// The same of all tensors of a file, which are taken out of it: on the processor, the large ones become the network's
    /// memory, so that they are not in memory twice. Their arrays must not be used afterwards.
    /// </summary>
    /// <param name="file">The file's contents.</param>
    /// <param name="network">The network to fill.</param>
    /// <param name="device">The device that the network will run on; the default device if null.</param>
    /// <param name="name">The file's name in messages.</param>
    /// <exception cref="InvalidDataException">As <see cref="Restore"/>.</exception>
    public static void Take(SafetensorsFile file, Module network, Device? device = null, string name = "weights")
    {
        Check(file, network, name);
        foreach (var parameter in network.State())
        {
            file.Tensors.Remove(parameter.Name, out var tensor);
            parameter.Take((float[])tensor!.Data, device ?? Device.Default);
        }
    }

    /// <summary>The values of some of a network's parameters and buffers by name, from the tensors of a file.</summary>
    /// <param name="file">The file's contents.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="name">The file's name in messages.</param>
    /// <exception cref="InvalidDataException">
    /// A tensor is missing, of another shape or type, or holds a value that is not finite or a negative variance; the message
    /// names it.
    /// </exception>
    public static IReadOnlyDictionary<string, float[]> Values(
        SafetensorsFile file, IEnumerable<Parameter> parameters, string name = "weights")
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(parameters);
        Parameter[] wanted = [.. parameters];
        var fit = new StateFit(file, name);
        foreach (var parameter in wanted)
            if (fit.Check(parameter.Name, parameter.Shape)) fit.CheckValues(parameter.Name, Least(parameter.Name));
        fit.ThrowIfAny();
        return wanted.ToDictionary(p => p.Name, p => (float[])file.Tensors[p.Name].Data);
    }

    /// <summary>Throws unless the tensors of a file are those of a network, which is not filled.</summary>
    /// <param name="file">The file's contents.</param>
    /// <param name="network">The network.</param>
    /// <param name="name">The file's name in messages.</param>
    /// <exception cref="InvalidDataException">As <see cref="Restore"/>.</exception>
    public static void Check(SafetensorsFile file, Module network, string name = "weights") => Check(file, network, name, "");

    private static void Check(SafetensorsFile file, Module network, string name, string prefix)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(network);
        var fit = new StateFit(file, name);
        CheckNetwork(fit, file, network, prefix);
        fit.ThrowIfAny();
    }

    internal static StoredTensor Store(Tensor tensor) => new(tensor.ToArray(), [.. tensor.Shape.Sizes]);

    // The least value that a tensor of this name may hold.
    private static float Least(string name) => name.EndsWith(Variance, StringComparison.Ordinal) ? 0 : float.MinValue;

    internal static void CheckNetwork(StateFit fit, SafetensorsFile file, Module network, string prefix)
    {
        var wanted = network.State().ToDictionary(p => prefix + p.Name, p => p.Shape);
        foreach (var (tensor, shape) in wanted)
        {
            if (fit.Check(tensor, shape)) fit.CheckValues(tensor, Least(tensor));
        }

        foreach (var tensor in file.Tensors.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal))
        {
            if (!wanted.ContainsKey(tensor) && !tensor.EndsWith(StepCount, StringComparison.Ordinal)) fit.Unknown(tensor);
        }
    }

    internal static void Fill(SafetensorsFile file, Module network, Device device, string prefix)
    {
        foreach (var parameter in network.State()) parameter.Assign((float[])file.Tensors[prefix + parameter.Name].Data, device);
    }
}

/// <summary>Collects the mismatches between a file and what is to be filled from it.</summary>
internal sealed class StateFit(SafetensorsFile file, string name)
{
    private const int Shown = 5;

    private readonly List<string> _problems = [];

    /// <summary>Checks that the file has the tensor, with this type and shape.</summary>
    public bool Check(string tensor, Shape shape)
    {
        var before = _problems.Count;
        if (!file.Tensors.TryGetValue(tensor, out var stored)) _problems.Add($"'{tensor}' {shape} is missing");
        else if (stored.Data is not float[]) _problems.Add($"'{tensor}' is {stored}; it must be F32 {shape}");
        else if (!stored.Shape.SequenceEqual(shape.Sizes.ToArray()))
            _problems.Add($"'{tensor}' is {stored}; the network has {shape}");
        return _problems.Count == before;
    }

    /// <summary>Checks that all values are finite and at least <paramref name="least"/>.</summary>
    public void CheckValues(string tensor, float least)
    {
        var values = (float[])file.Tensors[tensor].Data;
        for (var i = 0; i < values.Length; i++)
        {
            if (float.IsFinite(values[i]) && values[i] >= least) continue;
            var rule = least < 0 ? "every value must be finite" : "a variance must be finite and at least 0";
            _problems.Add($"'{tensor}' holds {values[i]} at index {i}; {rule}");
            return;
        }
    }

    public void CheckNumber<T>(string tensor)
    {
        if (!file.Tensors.TryGetValue(tensor, out var stored)) _problems.Add($"'{tensor}' is missing");
        else if (stored.Data is not T[] { Length: 1 })
            _problems.Add($"'{tensor}' is {stored}; it must be one {StoredTensor.TypeName(typeof(T))} number");
    }

    public void CheckTable(string tensor, int columns)
    {
        if (!file.Tensors.TryGetValue(tensor, out var stored)) _problems.Add($"'{tensor}' is missing");
        else if (stored.Data is not double[] || stored.Shape.Count != 2 || stored.Shape[1] != columns)
            _problems.Add($"'{tensor}' is {stored}; it must be F64 [rows, {columns}]");
    }

    /// <summary>Checks that the file has exactly these texts.</summary>
    public void CheckMetadata(IReadOnlyDictionary<string, string> wanted)
    {
        foreach (var (key, value) in wanted.OrderBy(w => w.Key, StringComparer.Ordinal))
        {
            if (!file.Metadata.TryGetValue(key, out var stored)) _problems.Add($"'{key}' is missing; this run has '{value}'");
            else if (stored != value) _problems.Add($"'{key}' is '{Excerpt.Of(stored)}' in the file but '{value}' in this run");
        }

        foreach (var (key, value) in file.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            if (!wanted.ContainsKey(key))
                _problems.Add($"'{key}' is '{Excerpt.Of(value)}' in the file but is unknown to this run");
        }
    }

    public void Problem(string problem) => _problems.Add(problem);

    public void Unknown(string tensor) => _problems.Add($"'{tensor}' {file.Tensors[tensor]} has no place in the network");

    public void ThrowIfAny()
    {
        if (_problems.Count == 0) return;
        var rest = _problems.Count > Shown ? $"; and {_problems.Count - Shown} more" : "";
        throw new InvalidDataException($"{name}: {string.Join("; ", _problems.Take(Shown))}{rest}.");
    }
}
