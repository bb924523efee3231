using Engine.Classifiers;
using Engine.Pipeline.Data;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Pretrained;

/// <summary>Finds and reads the weights that <c>engine import</c> has written.</summary>
internal static class PretrainedWeights
{
    /// <summary>The metadata key that holds the network's description.</summary>
    public const string DescriptionKey = "network";

    /// <summary>Reads weights by the path of their file, or by their name in the user's folder.</summary>
    /// <exception cref="EngineException">
    /// There are none; the message says where those of a known network come from. Or the file cannot be used.
    /// </exception>
    public static PretrainedNetwork Find(string weights)
    {
        if (Path.Exists(weights)) return Read(weights);
        var named = weights == Path.GetFileName(weights) ? UserWeights.PathOf(weights) : null;
        return named is not null && Path.Exists(named) ? Read(named) : throw Missing(weights, named);
    }

    /// <summary>The file in the user's folder, which is made, that will hold the weights of a network.</summary>
    /// <exception cref="EngineException">The name is no name of a file, or the folder cannot be made.</exception>
    public static string PlaceFor(string name)
    {
        if (name != Path.GetFileName(name) || name.StartsWith('.'))
            throw new EngineException($"network '{name}': its name is no name of a file; say where to write it: --out FILE.");
        try
        {
            Directory.CreateDirectory(UserWeights.Folder);
            return UserWeights.PathOf(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{UserWeights.Folder}: cannot be made: {e.Message}", e);
        }
    }

    private static PretrainedNetwork Read(string path)
    {
        if (Directory.Exists(path))
            throw new EngineException($"{path}: is a folder; name a file that engine import has written.");
        SafetensorsFile file;
        try
        {
            file = SafetensorsFile.Read(path);
        }
        catch (InvalidDataException e)
        {
            throw new EngineException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot read the weights: {e.Message}", e);
        }

        return file.Metadata.TryGetValue(DescriptionKey, out var json)
            ? new(NetworkDescription.Parse(json, $"{path}: {DescriptionKey}"), file, path)
            : throw new EngineException(
                $"{path}: holds no description of a network; make it with engine import FILE --as NAME, or --map FILE.");
    }

    /// <summary>Whether Engine describes a network of this name.</summary>
    public static bool IsKnown(string weights) => DescriptionCatalog.Names.Contains(weights);

    /// <summary>The error that says where weights come from.</summary>
    /// <param name="weights">Their name or path.</param>
    /// <param name="named">The file that was looked for in the user's folder; null: it is a path.</param>
    public static EngineException Missing(string weights, string? named)
    {
        if (named is null) return new($"{weights}: there is no such file of weights; make it with engine import.");
        if (!IsKnown(weights))
        {
            return new($"weights '{weights}': there is no such file, nor {named}; make it with engine import FILE --as "
                + $"NAME, where NAME is {string.Join(", ", DescriptionCatalog.Names)}, or --map FILE.");
        }

        var known = DescriptionCatalog.Get(weights);
        var file = Path.GetFileName(new Uri(known.Download!).LocalPath);
        return new($"weights '{weights}': there is no {named}. They are of {known.Source}; licence {known.Licence}. Get "
            + $"them with: curl -LO {known.Download} && engine import {file} --as {weights}");
    }
}
