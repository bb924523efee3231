using System.Globalization;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Importing.Pickle;

/// <summary>
/// Finds the tensors in what a pickle holds: a state dictionary, or a checkpoint with one in it, whose names are then joined by
/// dots as <c>state_dict.conv.weight</c>. Values that are no tensors are passed over.
/// </summary>
internal sealed class StateDictionary
{
    private const int Deepest = 32;

    private readonly string _name;
    private readonly Dictionary<string, PickleTensor> _tensors = new(StringComparer.Ordinal);
    private long _left;

    /// <summary>Finds them.</summary>
    /// <param name="root">The value of the pickle.</param>
    /// <param name="size">The pickle's bytes: it has no more values, but may say of one that it stands in many places.</param>
    /// <param name="name">Names the file in messages.</param>
    /// <exception cref="InvalidDataException">Two tensors have one name, none has any, or values hold themselves.</exception>
    public StateDictionary(object? root, int size, string name)
    {
        (_name, _left) = (name, size);
        Visit("", root, 0);
        if (_tensors.Count == 0)
            throw new InvalidDataException($"{name}: holds no tensors; save a state dictionary: " +
                "torch.save(model.state_dict(), \"weights.pt\").");
    }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, PickleTensor> Tensors => _tensors;

    private void Visit(string path, object? value, int depth)
    {
        if (--_left < 0 || depth > Deepest)
            throw new InvalidDataException($"{_name}: values stand in each other more than {Deepest} deep, or more often than "
                + $"the file has bytes, at '{Excerpt.Of(path)}'.");
        switch (value)
        {
            case PickleTensor tensor:
                Add(path, tensor);
                break;
            case PickleDictionary dictionary:
                foreach (var (key, item) in dictionary.Entries)
                {
                    if (key is string or long)
                        Visit(Join(path, Convert.ToString(key, CultureInfo.InvariantCulture)!), item, depth + 1);
                }

                break;
            case List<object?> list:
                VisitAll(path, list, depth);
                break;
            case PickleTuple tuple:
                VisitAll(path, tuple.Items, depth);
                break;
        }
    }

    private void VisitAll(string path, IReadOnlyList<object?> items, int depth)
    {
        for (var i = 0; i < items.Count; i++) Visit(Join(path, i.ToString(CultureInfo.InvariantCulture)), items[i], depth + 1);
    }

    private string Join(string path, string key) =>
        path.Length + key.Length >= SourceTensor.LongestName
            ? throw new InvalidDataException($"{_name}: '{Excerpt.Of(path + key)}' is longer than any tensor's name.")
            : path.Length == 0 ? key : $"{path}.{key}";

    private void Add(string path, PickleTensor tensor)
    {
        if (SourceTensor.CountOf(tensor.Sizes) is not { } count)
            throw new InvalidDataException(
                $"{_name}: '{path}' has the impossible sizes {SourceTensor.Sizes(tensor.Sizes)}.");
        if (count > tensor.Storage.Count || !Fits(tensor, count))
            throw new InvalidDataException($"{_name}: '{path}' of sizes {SourceTensor.Sizes(tensor.Sizes)} reaches beyond the "
                + $"{tensor.Storage.Count} numbers behind it; the file is damaged, or the tensor is expanded: save its "
                + ".contiguous().");
        if (!_tensors.TryAdd(path, tensor)) throw new InvalidDataException($"{_name}: two tensors are named '{path}'.");
    }

    // Whether the last value lies within the storage; there may be so many axes that sums leave 64 bits.
    private static bool Fits(PickleTensor tensor, int count)
    {
        Int128 last = tensor.Offset;
        for (var d = 0; d < tensor.Sizes.Count; d++)
        {
            if (tensor.Strides[d] < 0) return false;
            last += (Int128)Math.Max(0, tensor.Sizes[d] - 1) * tensor.Strides[d];
        }

        return tensor.Offset >= 0 && (count == 0 || last < tensor.Storage.Count);
    }
}
