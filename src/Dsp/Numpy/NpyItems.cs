using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Engine.Dsp.Numpy;

/// <summary>
/// Reads the values of a <c>.npy</c> file, in either byte order, into arrays of the types that <see cref="NpyArray"/> holds;
/// narrower number types are widened without loss.
/// </summary>
/// <param name="stream">Positioned at the first value.</param>
/// <param name="count">How many values there are.</param>
/// <param name="likely">The most bytes to allocate before that many have been read, because the header may be false.</param>
internal readonly struct NpyItems(Stream stream, int count, long likely)
{
    /// <summary>The types that can be read, for errors.</summary>
    public const string Known = "b1, i1 to i8, u1 to u8, f2 to f8, c8, c16 and U are, in either byte order";

    private const int BlockItems = 1 << 16;

    // Rejects invalid text.
    private static readonly UTF32Encoding s_utf32 = new(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true);

    /// <summary>Bytes of one value of a NumPy type; null if the type is not supported.</summary>
    public static long? SizeOf(string type) => type switch
    {
        [_, 'b', '1'] or [_, 'i' or 'u', '1'] => 1,
        ['<' or '>', 'i' or 'u' or 'f', '2'] => 2,
        ['<' or '>', 'i' or 'u' or 'f', '4'] => 4,
        ['<' or '>', 'i' or 'u' or 'f' or 'c', '8'] => 8,
        ['<' or '>', 'c', '1', '6'] => 16,
        ['<' or '>', 'U', .. var digits] when int.TryParse(digits, out var size) && size > 0 => 4L * size,
        _ => null,
    };

    /// <summary>Reads all values of a supported type, in the order of the file.</summary>
    /// <exception cref="InvalidDataException">
    /// The stream ends early, a string is invalid, or a number does not fit in a signed 64-bit integer.
    /// </exception>
    public Array Read(string type)
    {
        var big = type[0] == '>';
        return type[1..] switch
        {
            "b1" => Array.ConvertAll(Items<byte>(1, big), x => x != 0),
            "i1" => Array.ConvertAll(Items<sbyte>(1, big), x => (int)x),
            "u1" => Array.ConvertAll(Items<byte>(1, big), x => (int)x),
            "i2" => Array.ConvertAll(Items<short>(2, big), x => (int)x),
            "u2" => Array.ConvertAll(Items<ushort>(2, big), x => (int)x),
            "i4" => Items<int>(4, big),
            "u4" => Array.ConvertAll(Items<uint>(4, big), x => (long)x),
            "i8" => Items<long>(8, big),
            "u8" => Array.ConvertAll(Items<ulong>(8, big), Signed),
            "f2" => Array.ConvertAll(Items<Half>(2, big), x => (float)x),
            "f4" => Items<float>(4, big),
            "f8" => Items<double>(8, big),
            "c8" => Items<Complex<float>>(4, big),
            "c16" => Items<Complex<double>>(8, big),
            _ => Strings((int)(SizeOf(type)!.Value / 4), big),
        };
    }

    private static long Signed(ulong value) =>
        value <= long.MaxValue ? (long)value
            : throw new InvalidDataException($"npy: the number {value} does not fit in a signed 64-bit integer.");

    private T[] Items<T>(int component, bool big)
        where T : unmanaged
    {
        var items = Items<T>(count);
        if (big) Reverse(MemoryMarshal.AsBytes(items.AsSpan()), component);
        return items;
    }

    private T[] Items<T>(int number)
        where T : unmanaged
    {
        var first = Math.Clamp(likely / Unsafe.SizeOf<T>(), Math.Min(number, BlockItems), number);
        var items = GC.AllocateUninitializedArray<T>((int)first);
        for (var done = 0; done < number;)
        {
            if (done == items.Length) Array.Resize(ref items, (int)Math.Min(number, 2L * done));
            var block = MemoryMarshal.AsBytes(items.AsSpan(done, Math.Min(BlockItems, items.Length - done)));
            if (stream.ReadAtLeast(block, block.Length, throwOnEndOfStream: false) < block.Length)
            {
                throw new InvalidDataException($"npy: the file ends after about {done} of {number} values.");
            }

            done += block.Length / Unsafe.SizeOf<T>();
        }

        return items;
    }

    private string[] Strings(int size, bool big)
    {
        if ((long)count * size > Array.MaxLength / 4)
        {
            throw new InvalidDataException($"npy: {count} strings of {size} characters are more than can be read at once.");
        }
        var characters = MemoryMarshal.AsBytes(Items<int>(count * size).AsSpan());
        if (big) Reverse(characters, 4);
        var strings = new string[count];
        for (var i = 0; i < count; i++)
        {
            var bytes = characters.Slice(4 * size * i, 4 * size);
            var used = (bytes.LastIndexOfAnyExcept((byte)0) + 4) / 4 * 4;
            try
            {
                strings[i] = s_utf32.GetString(bytes[..used]);
            }
            catch (ArgumentException e)
            {
                throw new InvalidDataException($"npy: value {i} is not Unicode text.", e);
            }
        }

        return strings;
    }

    private static void Reverse(Span<byte> bytes, int component)
    {
        switch (component)
        {
            case 2:
                var twos = MemoryMarshal.Cast<byte, ushort>(bytes);
                BinaryPrimitives.ReverseEndianness(twos, twos);
                break;
            case 4:
                var fours = MemoryMarshal.Cast<byte, uint>(bytes);
                BinaryPrimitives.ReverseEndianness(fours, fours);
                break;
            case 8:
                var eights = MemoryMarshal.Cast<byte, ulong>(bytes);
                BinaryPrimitives.ReverseEndianness(eights, eights);
                break;
        }
    }
}
