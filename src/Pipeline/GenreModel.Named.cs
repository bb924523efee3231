using Engine.Classifiers;
using Engine.Pipeline.Pretrained;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline;

// Models with names, and what was measured of a model.
public sealed partial class GenreModel
{
    /// <summary>How good it is, as measured when it was trained; null for models of versions that did not write it.</summary>
    public ModelTest? Tested => _test;

    /// <summary>
    /// The pre-trained networks that compute its features and are part of it: name, source and licence of each.
    /// </summary>
    public IReadOnlyList<string> Networks => Members.Count > 0 ? [.. Members.SelectMany(m => m.Networks).Distinct()]
        : [.. StoredNetworks.Of(_frontEnd.Spec).Select(n => n.ToString())];

    /// <summary>Loads a model that is built in: <c>gtzan57</c> knows the ten genres of GTZAN.</summary>
    /// <param name="name">One of <see cref="ModelCatalog.BuiltIn"/>.</param>
    /// <exception cref="EngineException">None of that name is built in; the message lists those that are.</exception>
    public static GenreModel BuiltIn(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return BuiltIn(name, device: null, memoryLimit: null);
    }

    // A path, where there is one; otherwise a name of the catalogue.
    private static GenreModel? TryNamed(ref string path, string? device, long? memoryLimit)
    {
        if (Path.Exists(path)) return null;
        if (ModelCatalog.BuiltIn.Contains(path)) return BuiltIn(path, device, memoryLimit);
        path = ModelCatalog.PathOf(path) ?? path;
        return null;
    }

    private static GenreModel BuiltIn(string name, string? device, long? memoryLimit)
    {
        var bytes = BuiltInModels.Read(name);
        return LoadFrom(name, () => SafetensorsFile.Parse(bytes, name), device, memoryLimit, () => bytes.Length);
    }
}
