using System.Text;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Importing.Hdf5;

/// <summary>
/// Lists what a group holds: through a B-tree of symbols and a heap of names, as HDF5 writes by default, or through messages in
/// its header, as newer versions do for few members.
/// </summary>
internal static class Hdf5Group
{
    private const int NodeHeader = 24, KeySize = 8, AddressSize = 8, SymbolSize = 40, SoftLink = 2;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Names and addresses of the members; null if the object is no group.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of a kind that is not read.</exception>
    public static List<(string Name, ulong Address)>? Members(Hdf5Stream file, List<Hdf5Message> messages)
    {
        var members = new List<(string, ulong)>();
        var isGroup = false;
        foreach (var message in messages)
        {
            var data = message.Data.Span;
            switch (message.Type)
            {
                case Hdf5Object.SymbolTable:
                    if (data.Length < 16) throw file.Damaged("a group has no address of its members");
                    ReadNode(file, Hdf5Stream.U64(data), new Heap(file, Hdf5Stream.U64(data[8..])), members, level: -1);
                    isGroup = true;
                    break;
                case Hdf5Object.Link:
                    members.Add(ReadLink(file, data));
                    isGroup = true;
                    break;
                case Hdf5Object.LinkInfo:
                    isGroup = true;
                    // Version, flags, in some the largest creation index, then where many links are kept.
                    var at = data.Length > 1 && (data[1] & 1) != 0 ? 10 : 2;
                    if (data.Length < at + 8) throw file.Damaged("a group's links cannot be found");
                    if (Hdf5Stream.U64(data[at..]) != Hdf5Stream.Nowhere)
                        throw file.Unsupported(
                            "it has a group with an index of links (h5py's track_order, or libver=\"latest\")");
                    break;
            }
        }

        return isGroup ? members : null;
    }

    private static void ReadNode(Hdf5Stream file, ulong address, Heap heap, List<(string, ulong)> members, int level)
    {
        var start = file.Structure(address, NodeHeader, "a group's index");
        if (!start.AsSpan().StartsWith("TREE\0"u8)) throw file.Damaged($"there is no group's index at byte {address}");
        // Each level is one less than the one above, so that no path is longer than 256 nodes.
        if (level >= 0 && start[5] != level - 1)
            throw file.Damaged($"the group's index at byte {address} is of the wrong level");
        var count = Hdf5Stream.U16(start.AsSpan(6));
        var children = file.Structure(address + NodeHeader, count * (KeySize + AddressSize), "a group's index");
        for (var i = 0; i < count; i++)
        {
            var child = Hdf5Stream.U64(children.AsSpan(i * (KeySize + AddressSize) + KeySize));
            if (start[5] == 0) ReadSymbols(file, child, heap, members);
            else ReadNode(file, child, heap, members, start[5]);
        }
    }

    private static void ReadSymbols(Hdf5Stream file, ulong address, Heap heap, List<(string, ulong)> members)
    {
        var start = file.Structure(address, 8, "a group's members");
        if (!start.AsSpan().StartsWith("SNOD\u0001"u8)) throw file.Damaged($"there are no group's members at byte {address}");
        var count = Hdf5Stream.U16(start.AsSpan(6));
        var symbols = file.Structure(address + 8, count * SymbolSize, "a group's members");
        for (var i = 0; i < count; i++)
        {
            var symbol = symbols.AsSpan(i * SymbolSize);
            var name = heap.Name(Hdf5Stream.U64(symbol));
            if (Hdf5Stream.U32(symbol[16..]) == SoftLink)
                throw file.Unsupported($"'{Excerpt.Of(name)}' is a link to another object by its name");
            members.Add((name, Hdf5Stream.U64(symbol[8..])));
        }
    }

    // Version, flags, in some the kind, the creation index and the character set, the name's length, the name, the address.
    private static (string, ulong) ReadLink(Hdf5Stream file, ReadOnlySpan<byte> data)
    {
        if (data.Length < 2 || data[0] != 1) throw file.Damaged("a group has a damaged link");
        var flags = data[1];
        var at = 2;
        var kind = 0;
        if ((flags & 8) != 0) kind = data.Length > at ? data[at++] : 0;
        at += ((flags & 4) != 0 ? 8 : 0) + ((flags & 16) != 0 ? 1 : 0);
        var width = 1 << (flags & 3);
        if (data.Length < at + width) throw file.Damaged("a group has a damaged link");
        Span<byte> digits = stackalloc byte[8];
        digits.Clear();
        data.Slice(at, width).CopyTo(digits);
        var length = Hdf5Stream.U64(digits);
        at += width;
        if (length > (ulong)(data.Length - at)) throw file.Damaged("a group has a damaged link");
        var name = Text(file, data.Slice(at, (int)length));
        if (kind != 0) throw file.Unsupported($"'{Excerpt.Of(name)}' is a link to another object by its name");
        return data.Length >= at + (int)length + 8 ? (name, Hdf5Stream.U64(data[(at + (int)length)..]))
            : throw file.Damaged("a group has a damaged link");
    }

    private static string Text(Hdf5Stream file, ReadOnlySpan<byte> bytes)
    {
        file.Spend(bytes.Length);
        try
        {
            return bytes.Length is > 0 and <= SourceTensor.LongestName ? s_utf8.GetString(bytes)
                : throw file.Damaged($"a name has {bytes.Length} bytes");
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"{file.Damaged("a name is not UTF-8").Message}", e);
        }
    }

    /// <summary>The names of a group's members, each with a zero behind it.</summary>
    private sealed class Heap
    {
        private readonly Hdf5Stream _file;
        private readonly byte[] _names;

        public Heap(Hdf5Stream file, ulong address)
        {
            _file = file;
            var start = file.Structure(address, 32, "a group's names");
            if (!start.AsSpan().StartsWith("HEAP\0"u8)) throw file.Damaged($"there are no group's names at byte {address}");
            var size = Hdf5Stream.U64(start.AsSpan(8));
            if (size > (ulong)file.Length) throw file.Damaged($"a group's names claim {size} bytes");
            _names = file.Structure(Hdf5Stream.U64(start.AsSpan(24)), (long)size, "a group's names");
        }

        public string Name(ulong offset)
        {
            var bytes = offset < (ulong)_names.Length ? _names.AsSpan((int)offset) : [];
            var length = bytes.IndexOf((byte)0);
            return length >= 0 ? Text(_file, bytes[..length]) : throw _file.Damaged("a group's member has no name");
        }
    }
}
