using Engine.Classifiers;
using Engine.Nn;
using Engine.Pipeline.Pretrained;
using Engine.Tensors;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Importing;

/// <summary>How far one output of a network is from the one that is stored.</summary>
/// <param name="Output">The layer's name.</param>
/// <param name="Error">The largest difference, divided by the largest stored value.</param>
internal sealed record ReferenceError(string Output, double Error);

/// <summary>
/// Runs a network on a stored input and compares what it gives with stored outputs, which another program computed. The file is
/// safetensors: <c>spectrogram</c>, and tensors named as the description's outputs.
/// </summary>
internal static class ReferenceCheck
{
    /// <summary>The largest error of a network in single precision that is the same network.</summary>
    public const double MostError = 1e-4;

    private const string InputName = "spectrogram";

    /// <summary>Compares.</summary>
    /// <param name="path">The file.</param>
    /// <param name="description">The network's description.</param>
    /// <param name="network">The network, which the weights fill.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="device">Where it runs.</param>
    /// <exception cref="EngineException">The file cannot be read, or has no input or no output of this network.</exception>
    public static IReadOnlyList<ReferenceError> Run(
        string path, NetworkDescription description, Graph network, SafetensorsFile weights, Device device)
    {
        var reference = Read(path);
        if (!reference.Tensors.TryGetValue(InputName, out var stored) || stored.Data is not float[] input)
            throw new EngineException($"{path}: has no float32 tensor named {InputName}, the network's input.");
        string[] outputs = [.. description.Outputs.Where(reference.Tensors.ContainsKey)];
        if (outputs.Length == 0)
            throw new EngineException($"{path}: has no tensor named {string.Join(" or ", description.Outputs)}, an output of the "
                + $"network {description.Name}.");
        StateFile.Restore(weights, network, device);
        IReadOnlyList<Tensor> results;
        using var scope = new TensorScope();
        try
        {
            // Samples and channels come first in a network's input.
            var sizes = stored.Shape.SkipWhile(s => s == 1).ToArray();
            var shape = new Shape([.. Enumerable.Repeat(1, Math.Max(0, 4 - sizes.Length)), .. sizes]);
            using var x = Tensor.From(input, shape, device);
            results = network.Outputs(x, ForwardContext.Evaluate(), outputs);
        }
        catch (ArgumentException e)
        {
            throw new EngineException(
                $"{path}: {InputName} is {stored}, which the network {description.Name} cannot take: {e.Message}", e);
        }

        return [.. outputs.Select((name, i) => new ReferenceError(name, Error(path, name, results[i], reference.Tensors[name])))];
    }

    private static double Error(string path, string name, Tensor found, StoredTensor stored)
    {
        if (stored.Data is not float[] wanted || wanted.Length != found.Shape.Count || wanted.Length == 0)
            throw new EngineException($"{path}: '{name}' is {stored}; the network gives float32 {found.Shape}.");
        var values = found.ToArray();
        var (difference, largest) = (0.0, 0.0);
        for (var i = 0; i < wanted.Length; i++)
        {
            // NaN is larger than any difference.
            if (!(Math.Abs((double)values[i] - wanted[i]) <= difference)) difference = Math.Abs((double)values[i] - wanted[i]);
            largest = Math.Max(largest, Math.Abs(wanted[i]));
            if (double.IsNaN(difference)) return difference;
        }

        return difference / largest;
    }

    private static SafetensorsFile Read(string path)
    {
        try
        {
            return SafetensorsFile.Read(path);
        }
        catch (InvalidDataException e)
        {
            throw new EngineException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot read the reference: {e.Message}", e);
        }
    }
}
