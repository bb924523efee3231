using System.Security.Cryptography;
using Engine.Classifiers;
using Engine.Dsp;
using Engine.Nn;
using Engine.Pipeline.Pretrained;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Importing;

/// <summary>Makes a network's file of weights from a public one.</summary>
internal sealed class WeightsImport
{
    private const int Shown = 5;

    private WeightsImport(
        NetworkDescription description, string format, string sourceHash, ImportPlan plan, SafetensorsFile? weights) =>
        (Description, Format, SourceHash, Plan, Weights) = (description, format, sourceHash, plan, weights);

    /// <summary>The network.</summary>
    public NetworkDescription Description { get; }

    /// <summary>What kind of file the weights came from.</summary>
    public string Format { get; }

    /// <summary>The SHA-256 of that file.</summary>
    public string SourceHash { get; }

    /// <summary>What became of each of its tensors.</summary>
    public ImportPlan Plan { get; }

    /// <summary>
    /// The network's tensors, with its description, source and licence; null if some are missing or do not fit.
    /// </summary>
    public SafetensorsFile? Weights { get; }

    /// <summary>Reads a file of weights for a network.</summary>
    /// <param name="path">The file.</param>
    /// <param name="description">The network.</param>
    /// <param name="network">Its layers, not initialised.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="EngineException">
    /// The file cannot be read, is damaged, or a value that the network needs is not finite.
    /// </exception>
    public static WeightsImport Run(
        string path, NetworkDescription description, Module network, CancellationToken cancel)
    {
        using var file = Open(path);
        var plan = ImportPlan.Of(
            file.Tensors, description.Tensors, [.. network.State().Select(p => (p.Name, p.Shape))]);
        var hash = Hash(path);
        if (!plan.IsComplete) return new(description, file.Format, hash, plan, null);
        var weights = new SafetensorsFile();
        weights.Metadata[PretrainedWeights.DescriptionKey] = description.ToJson();
        weights.Metadata["source"] = description.Source;
        weights.Metadata["licence"] = description.Licence;
        weights.Metadata["source_sha256"] = hash;
        foreach (var (source, target, layout) in plan.Matched)
        {
            cancel.ThrowIfCancellationRequested();
            weights.Tensors[target] = new(layout.Apply(Read(file, path, source), source.Shape), layout.Shape(source.Shape));
        }

        return new(description, file.Format, hash, plan, weights);
    }

    /// <summary>Opens a file of weights, whose errors become those of a user's input.</summary>
    /// <exception cref="EngineException">It cannot be read, or is no file of weights.</exception>
    public static WeightsFile Open(string path)
    {
        if (RegularFile.KindOf(path) is FileKind.Missing) throw new EngineException($"{path}: there is no such file.");
        if (RegularFile.KindOf(path) is FileKind.Folder)
            throw new EngineException($"{path}: is a folder; name a file of weights.");
        try
        {
            return WeightsFile.Open(path);
        }
        catch (FileKindException e)
        {
            throw new EngineException(e.Message);
        }
        catch (InvalidDataException e)
        {
            throw new EngineException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot read the weights: {e.Message}", e);
        }
    }

    /// <summary>Why the weights cannot be used, in one line; null if they can.</summary>
    public string? Problem(string path)
    {
        if (Plan.IsComplete) return null;
        var problems = Plan.Wrong.Concat(Plan.Missing.Select(m => $"{m} has no tensor")).ToList();
        var rest = problems.Count > Shown ? $"; and {problems.Count - Shown} more" : "";
        return $"{path}: does not fit the network {Description.Name}: {string.Join("; ", problems.Take(Shown))}{rest}. "
            + "Nothing was written.";
    }

    /// <summary>Writes the network, with the hash of its values.</summary>
    /// <exception cref="EngineException">It cannot be written.</exception>
    public void Write(string path)
    {
        try
        {
            Weights!.Write(path, checksum: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot be written: {e.Message}", e);
        }
    }

    private static float[] Read(WeightsFile file, string path, SourceTensor tensor)
    {
        float[] values;
        try
        {
            values = file.Read(tensor);
        }
        catch (InvalidDataException e)
        {
            throw new EngineException(e.Message, e);
        }
        catch (IOException e)
        {
            throw new EngineException($"{path}: cannot read the weights: {e.Message}", e);
        }

        var bad = Array.FindIndex(values, v => !float.IsFinite(v));
        return bad < 0 ? values
            : throw new EngineException($"{path}: '{tensor.Name}' holds {values[bad]} at index {bad} in single precision; every "
                + "weight must be finite.");
    }

    private static string Hash(string path)
    {
        try
        {
            using var stream = RegularFile.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (IOException e)
        {
            throw new EngineException($"{path}: cannot read the weights: {e.Message}", e);
        }
    }
}
