namespace Engine.Pipeline.Importing.Pickle;

/// <summary>A name that a pickle refers to, such as <c>collections.OrderedDict</c>.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>A tuple.</summary>
internal sealed record PickleTuple(object?[] Items);

/// <summary>A dictionary, its entries in order.</summary>
internal sealed class PickleDictionary
{
    public List<(object? Key, object? Value)> Entries { get; } = [];
}

/// <summary>A whole number of more than 64 bits; nothing that is read needs one.</summary>
internal sealed record PickleBigInteger;

/// <summary>The numbers behind one or more tensors.</summary>
/// <param name="Key">What the file calls them.</param>
/// <param name="Type">Their type.</param>
/// <param name="Count">How many there are.</param>
internal sealed record PickleStorage(string Key, NumberType Type, long Count);

/// <summary>A view of a storage.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Offset">The place of the first value.</param>
/// <param name="Sizes">Its sizes.</param>
/// <param name="Strides">How far apart neighbours along each axis are.</param>
internal sealed record PickleTensor(
    PickleStorage Storage, long Offset, IReadOnlyList<long> Sizes, IReadOnlyList<long> Strides);
