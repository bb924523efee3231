namespace Engine.Pipeline.Importing.Pickle;

/// <summary>
/// What a pickle may call: the few functions that make tensors and plain containers, as functions of our own. A pickle is a
/// program that may name any function of Python; every other name is refused where it appears, called or not.
/// </summary>
internal static class Constructors
{
    private static readonly Dictionary<string, NumberType> s_storages = new(StringComparer.Ordinal)
    {
        ["FloatStorage"] = NumberType.Float32,
        ["DoubleStorage"] = NumberType.Float64,
        ["HalfStorage"] = NumberType.Float16,
        ["BFloat16Storage"] = NumberType.BFloat16,
        ["LongStorage"] = NumberType.Int64,
        ["IntStorage"] = NumberType.Int32,
        ["ShortStorage"] = NumberType.Int16,
        ["CharStorage"] = NumberType.Int8,
        ["ByteStorage"] = NumberType.UInt8,
        ["BoolStorage"] = NumberType.Boolean,
    };

    /// <summary>Whether a pickle may name it.</summary>
    public static bool Allows(PickleGlobal global) => (global.Module, global.Name) switch
    {
        ("collections", "OrderedDict") => true,
        ("torch._utils", "_rebuild_tensor" or "_rebuild_tensor_v2" or "_rebuild_parameter") => true,
        ("torch", "Size") => true,
        ("torch" or "torch.cuda", var storage) => s_storages.ContainsKey(storage),
        _ => false,
    };

    /// <summary>The type of the numbers of a storage class; null if it is none.</summary>
    public static NumberType? StorageType(object? value) =>
        value is PickleGlobal { Module: "torch" or "torch.cuda" } global
            && s_storages.TryGetValue(global.Name, out var type) ? type : null;

    /// <summary>What an allowed function makes of its arguments; null if it takes no such arguments.</summary>
    public static object? Call(PickleGlobal function, object?[] arguments) => (function.Name, arguments) switch
    {
        ("OrderedDict", []) => new PickleDictionary(),
        ("Size", [PickleTuple sizes]) => sizes,
        ("_rebuild_parameter", [PickleTensor tensor, ..]) => tensor,
        ("_rebuild_tensor" or "_rebuild_tensor_v2",
            [PickleStorage storage, long offset, PickleTuple sizes, PickleTuple strides, ..])
            when Integers(sizes) is { } ofSizes && Integers(strides) is { } ofStrides && ofSizes.Length == ofStrides.Length
            => new PickleTensor(storage, offset, ofSizes, ofStrides),
        _ => null,
    };

    // A tuple that many tensors share is not copied for each: at most as many values as a tensor may have sizes.
    private static long[]? Integers(PickleTuple tuple) =>
        tuple.Items.Length <= SourceTensor.MostSizes && Array.TrueForAll(tuple.Items, i => i is long)
            ? Array.ConvertAll(tuple.Items, i => (long)i!) : null;
}
