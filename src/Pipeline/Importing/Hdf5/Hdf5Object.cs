namespace Engine.Pipeline.Importing.Hdf5;

/// <summary>A message of an object: a fact about a group or a data set.</summary>
/// <param name="Type">What it is about.</param>
/// <param name="Data">Its bytes.</param>
internal readonly record struct Hdf5Message(int Type, ReadOnlyMemory<byte> Data);

/// <summary>Reads the messages of an object's header, versions 1 and 2.</summary>
internal static class Hdf5Object
{
    public const int Dataspace = 1, LinkInfo = 2, Datatype = 3, Link = 6, Layout = 8, Filters = 11, SymbolTable = 17;

    private const int Continuation = 16;

    /// <summary>The messages of the object at an address.</summary>
    /// <exception cref="InvalidDataException">There is no header, or it is damaged.</exception>
    public static List<Hdf5Message> Read(Hdf5Stream file, ulong address)
    {
        var start = file.UpTo(address, 16, "an object");
        var messages = new List<Hdf5Message>();
        if (start is [1, ..] && start.Length == 16)
        {
            // Version 1: the messages begin at a multiple of 8.
            ReadBlock(file, file.Structure(address + 16, Hdf5Stream.U32(start.AsSpan(8)), "an object"), isV2: false, 0, messages);
        }
        else if (start.AsSpan().StartsWith("OHDR\u0002"u8) && start.Length == 16)
        {
            var flags = start[5];
            var at = 6 + ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0);
            var width = 1 << (flags & 3);
            Span<byte> size = stackalloc byte[8];
            size.Clear();
            file.Structure(address + (ulong)at, width, "an object").CopyTo(size);
            var length = Hdf5Stream.U64(size);
            if (length > (ulong)file.Length) throw file.Damaged($"the object at byte {address} claims {length} bytes");
            var block = file.Structure(address + (ulong)(at + width), (long)length, "an object");
            ReadBlock(file, block, isV2: true, flags, messages);
        }
        else
        {
            throw file.Damaged($"there is no object at byte {address}");
        }

        return messages;
    }

    // Continuations are read in turn; the stream counts what they claim.
    private static void ReadBlock(Hdf5Stream file, byte[] first, bool isV2, int flags, List<Hdf5Message> messages)
    {
        var header = isV2 ? (flags & 4) != 0 ? 6 : 4 : 8;
        var blocks = new Queue<ReadOnlyMemory<byte>>([first]);
        while (blocks.TryDequeue(out var block))
        {
            for (var at = 0; block.Length - at >= header;)
            {
                var bytes = block.Span[at..];
                var (type, size, kind) = isV2 ? (bytes[0], Hdf5Stream.U16(bytes[1..]), bytes[3])
                    : (Hdf5Stream.U16(bytes), Hdf5Stream.U16(bytes[2..]), bytes[4]);
                at += header;
                if (size > block.Length - at) throw file.Damaged($"a message of {size} bytes does not fit into its object");
                var data = block.Slice(at, size);
                at += size;
                if (type != Continuation)
                {
                    // Shared: the message stands elsewhere. Of what is read, only types that have a name are.
                    if ((kind & 2) != 0 && type is Dataspace or Datatype or Layout or Filters or Link or SymbolTable)
                        throw file.Unsupported("it has a named or shared type");
                    messages.Add(new(type, data));
                    continue;
                }

                if (size < 16) throw file.Damaged("an object's continuation has no address");
                var next = file.Structure(Hdf5Stream.U64(data.Span), Length(file, data.Span[8..]), "an object's continuation");
                if (!isV2) blocks.Enqueue(next);
                else if (next.AsSpan().StartsWith("OCHK"u8) && next.Length >= 8)
                    blocks.Enqueue(next.AsMemory(4, next.Length - 8));
                else throw file.Damaged("an object's continuation does not begin with 'OCHK'");
            }
        }
    }

    private static long Length(Hdf5Stream file, ReadOnlySpan<byte> bytes) =>
        Hdf5Stream.U64(bytes) is var length && length <= (ulong)file.Length ? (long)length
            : throw file.Damaged($"an object's continuation claims {length} bytes");
}
