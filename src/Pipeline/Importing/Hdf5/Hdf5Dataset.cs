namespace Engine.Pipeline.Importing.Hdf5;

/// <summary>An array: its sizes, the type of its numbers, and where they are.</summary>
/// <param name="Sizes">Its sizes.</param>
/// <param name="Type">The type of its numbers.</param>
/// <param name="Address">Where they begin, unless they are <paramref name="Inline"/>.</param>
/// <param name="Inline">The numbers themselves, if they are part of the header.</param>
internal sealed record Hdf5Dataset(
    IReadOnlyList<int> Sizes, NumberType Type, ulong Address, ReadOnlyMemory<byte>? Inline = null)
{
    private const int Fixed = 0, Float = 1, Compact = 0, Contiguous = 1;

    /// <summary>What an object's messages describe; null if it is no array.</summary>
    /// <exception cref="InvalidDataException">They are damaged, or the numbers are in chunks or compressed.</exception>
    public static Hdf5Dataset? Of(Hdf5Stream file, List<Hdf5Message> messages, string name)
    {
        if (Find(Hdf5Object.Layout) is not { } layout) return null;
        if (Find(Hdf5Object.Dataspace) is not { } space || Find(Hdf5Object.Datatype) is not { } type)
            throw file.Damaged($"'{name}' has no sizes or no type");
        var sizes = SizesOf(file, space.Span, name);
        if (SourceTensor.CountOf(sizes) is not { } count)
            throw file.Damaged($"'{name}' has the impossible sizes {SourceTensor.Sizes(sizes)}");
        int[] shape = [.. sizes.Select(s => (int)s)];
        var number = TypeOf(file, type.Span, name);
        if (number.Size == 0) return new(shape, number, Hdf5Stream.Nowhere);
        return Place(file, layout, shape, number, (long)count * number.Size, name);

        ReadOnlyMemory<byte>? Find(int kind)
        {
            foreach (var message in messages)
                if (message.Type == kind) return message.Data;
            return null;
        }
    }

    private static long[] SizesOf(Hdf5Stream file, ReadOnlySpan<byte> data, string name)
    {
        var start = data is [1, ..] ? 8 : data is [2, ..] ? 4 : int.MaxValue;
        if (data.Length < start || data.Length < start + 8 * data[1])
            throw file.Damaged($"the sizes of '{name}' cannot be read");
        if (data is [2, _, _, 2, ..]) return [0]; // none at all
        var sizes = new long[data[1]];
        for (var i = 0; i < sizes.Length; i++) sizes[i] = (long)Math.Min(Hdf5Stream.U64(data[(start + 8 * i)..]), long.MaxValue);
        return sizes;
    }

    private static NumberType TypeOf(Hdf5Stream file, ReadOnlySpan<byte> data, string name)
    {
        if (data.Length < 8) throw file.Damaged($"the type of '{name}' cannot be read");
        var (kind, bits, size) = (data[0] & 15, data[1], Hdf5Stream.U32(data[4..]));
        var big = (bits & 1) != 0;
        switch (kind)
        {
            case Fixed when size is 1 or 2 or 4 or 8:
                return new(((bits & 8) != 0 ? "int" : "uint") + 8 * size, (int)size, big);
            // IEEE: sign, exponent and fraction lie as usual, the fraction's first bit is implied (bits 4 and 5), no VAX order.
            case Float when data.Length >= 20 && (bits & 0x70) == 0x20 && Hdf5Stream.U16(data[8..]) == 0
                && Hdf5Stream.U16(data[10..]) == 8 * size:
                return (size, data[12], data[13], data[14], data[15]) switch
                {
                    (2, 10, 5, 0, 10) => new("float16", 2, big),
                    (4, 23, 8, 0, 23) => new("float32", 4, big),
                    (8, 52, 11, 0, 52) => new("float64", 8, big),
                    _ => NumberType.Unreadable("a rare float"),
                };
            default:
                return NumberType.Unreadable(
                    kind switch { 3 or 9 => "text", 6 => "a record", 8 => "an enumeration", _ => "no number" });
        }
    }

    private static Hdf5Dataset Place(
        Hdf5Stream file, ReadOnlyMemory<byte> layout, int[] shape, NumberType type, long bytes, string name)
    {
        var data = layout.Span;
        if (data is not [3 or 4, Compact or Contiguous, ..])
            throw file.Unsupported($"'{name}' is stored in chunks, compressed, or by a version of HDF5 before 1.6");
        if (data[1] == Compact)
        {
            if (data.Length < 4 || Hdf5Stream.U16(data[2..]) < bytes || data.Length - 4 < bytes)
                throw file.Damaged($"the numbers of '{name}' are not all there");
            return new(shape, type, Hdf5Stream.Nowhere, layout.Slice(4, (int)bytes));
        }

        if (data.Length < 18) throw file.Damaged($"the numbers of '{name}' cannot be found");
        var address = Hdf5Stream.U64(data[2..]);
        if (bytes > 0 && address == Hdf5Stream.Nowhere) throw file.Damaged($"the numbers of '{name}' were never written");
        if (bytes > 0 && (address > (ulong)file.Length || bytes > file.Length - (long)address))
            throw file.Damaged($"the {bytes} bytes of '{name}' at byte {address} are not in the file of {file.Length} bytes");
        return new(shape, type, bytes == 0 ? 0 : address);
    }
}
