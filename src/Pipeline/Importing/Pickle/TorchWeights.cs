using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Importing.Pickle;

/// <summary>What PyTorch's two formats have in common: a pickle whose tensors are views of storages.</summary>
internal abstract class TorchWeights : WeightsFile
{
    private IReadOnlyDictionary<string, PickleTensor> _tensors = new Dictionary<string, PickleTensor>();

    public sealed override string Format => "PyTorch";

    public sealed override IReadOnlyList<SourceTensor> Tensors =>
        field ??= [.. _tensors.Select(t =>
            new SourceTensor(t.Key, [.. t.Value.Sizes.Select(s => (int)s)], t.Value.Storage.Type))];

    /// <summary>The storages that the tensors are views of.</summary>
    protected IEnumerable<PickleStorage> Storages => _tensors.Values.Select(t => t.Storage).Distinct();

    public sealed override float[] Read(SourceTensor tensor)
    {
        var view = _tensors[tensor.Name];
        var bytes = ReadStorage(view.Storage);
        var size = tensor.Type.Size;
        var values = new float[tensor.Count];
        var index = new long[view.Sizes.Count];
        var at = view.Offset;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = tensor.Type.Read(bytes.AsSpan((int)at * size));
            for (var d = index.Length - 1; d >= 0; d--)
            {
                at += view.Strides[d];
                if (++index[d] < view.Sizes[d]) break;
                at -= view.Sizes[d] * view.Strides[d];
                index[d] = 0;
            }
        }

        return values;
    }

    /// <summary>The bytes of a storage, as many as its type and count say.</summary>
    protected abstract byte[] ReadStorage(PickleStorage storage);

    /// <summary>Finds the tensors of the pickle's value.</summary>
    protected void Find(object? root, int size, string name) => _tensors = new StateDictionary(root, size, name).Tensors;

    /// <summary>Throws unless a storage has the bytes that its type and count say.</summary>
    protected static int CheckSize(PickleStorage storage, Int128 found, string name)
    {
        var wanted = (Int128)storage.Count * storage.Type.Size;
        if (wanted != found || found > Array.MaxLength)
            Throw($"{name}: the {storage.Count} {storage.Type.Name} numbers '{Excerpt.Of(storage.Key)}' take {wanted} bytes, but "
                + $"the file has {found}; it is cut short or damaged.");
        return (int)found;
    }
}
