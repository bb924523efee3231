using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// The bytes of a cache entry, little-endian: magic, JSON length, audio length, rows, columns, JSON, the columns' values as
/// float64, then for each window input its element type, number of sizes, sizes and values, the profile of the sound, which
/// entries of earlier versions lack, and finally the SHA-256 of everything before.
/// </summary>
internal static class FeatureEncoding
{
    private const int HeaderBytes = 24;
    private const int MaxRank = 8;
    private const int SoundBytes = sizeof(int) + sizeof(long) + sizeof(float);

    private static readonly byte[] s_magic = "ENGFEAT1"u8.ToArray();

    // The element type of window values in the file.
    private enum Element
    {
        Float32,

        // Bytes that represent multiples of 1/255.
        Pixel,

        // No window: the profile of the sound, a digest and a bandwidth, 12 bytes.
        Sound,
    }

    public static byte[] Encode(string frontEnd, FeatureRows features)
    {
        var json = Encoding.UTF8.GetBytes(frontEnd);
        var data = features.Rows.Data;
        var windows = features.Windows.Select(w => (w.Sizes, w.Values, Pixels: Pixels.TryPack(w.Values))).ToArray();
        var length = HeaderBytes + json.Length + (long)data.Length * sizeof(double) + SHA256.HashSizeInBytes
            + (features.Sound is null ? 0 : SoundBytes)
            + windows.Sum(w => sizeof(int) * (2L + w.Sizes.Count)
                + (w.Pixels?.LongLength ?? sizeof(float) * w.Values.LongLength));
        if (length > Array.MaxLength) throw new IOException($"an entry of {length} bytes is too long");
        var bytes = new byte[length];
        s_magic.CopyTo(bytes.AsSpan());
        var writer = new Writer(bytes, s_magic.Length);
        foreach (var number in (ReadOnlySpan<int>)[json.Length, features.Length, features.Rows.Rows, features.Rows.Columns])
            writer.Write(number);
        writer.Write(json);
        writer.Write(MemoryMarshal.Cast<double, long>(data));
        foreach (var (sizes, values, pixels) in windows)
        {
            writer.Write((int)(pixels is null ? Element.Float32 : Element.Pixel));
            writer.Write(sizes.Count);
            foreach (var size in sizes) writer.Write(size);
            if (pixels is null) writer.Write(MemoryMarshal.Cast<float, int>(values));
            else writer.Write(pixels);
        }

        if (features.Sound is { } sound)
        {
            writer.Write((int)Element.Sound);
            writer.Write(new[] { sound.Digest }.AsSpan());
            writer.Write(BitConverter.SingleToInt32Bits(sound.Bandwidth));
        }

        SHA256.HashData(bytes.AsSpan(0, bytes.Length - SHA256.HashSizeInBytes),
            bytes.AsSpan(bytes.Length - SHA256.HashSizeInBytes));
        return bytes;
    }

    /// <summary>The features and the front end's JSON; nulls if a single bit of the entry is wrong.</summary>
    public static (FeatureRows? Features, string? FrontEnd) Decode(ReadOnlySpan<byte> bytes)
    {
        var body = bytes.Length - SHA256.HashSizeInBytes;
        if (body < HeaderBytes || !bytes.StartsWith(s_magic)) return default;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..body], hash);
        if (!hash.SequenceEqual(bytes[body..])) return default;

        var reader = new Reader(bytes[s_magic.Length..body]);
        var (json, length, rows, columns) = (reader.Int(), reader.Int(), reader.Int(), reader.Int());
        if (json < 0 || rows < 0 || columns < 0) return default;
        if (!reader.Has(json, 1)) return default;
        var frontEnd = Encoding.UTF8.GetString(reader.Take(json));
        if (!reader.Has((long)rows * columns, sizeof(double))) return default;
        var data = new double[rows * columns];
        reader.Read(MemoryMarshal.Cast<double, long>(data.AsSpan()));
        var (windows, sound) = (new List<WindowArray>(), (SoundProfile?)null);
        while (!reader.AtEnd)
        {
            if (reader.TrySound(out sound)) break;
            if (ReadWindows(ref reader, rows) is not { } read) return default;
            windows.Add(read);
        }

        return (new(length, new(rows, columns, data), windows) { Sound = sound }, frontEnd);
    }

    private static WindowArray? ReadWindows(ref Reader reader, int rows)
    {
        if (!reader.Has(2, sizeof(int))) return null;
        var (element, rank) = ((Element)reader.Int(), reader.Int());
        if (element is not (Element.Float32 or Element.Pixel) || rank is < 1 or > MaxRank || !reader.Has(rank, sizeof(int)))
            return null;
        var sizes = new int[rank];
        long row = 1;
        for (var i = 0; i < rank; i++)
        {
            sizes[i] = reader.Int();
            if (sizes[i] < 1) return null;
            row *= sizes[i];
            if (row > Array.MaxLength) return null; // even without rows, when no values are missing
        }

        var count = rows * row;
        if (!reader.Has(count, element == Element.Pixel ? 1 : sizeof(float))) return null;
        var values = GC.AllocateUninitializedArray<float>((int)count);
        if (element == Element.Pixel) Pixels.Unpack(reader.Take((int)count), values);
        else reader.Read(MemoryMarshal.Cast<float, int>(values.AsSpan()));
        return new(sizes, values);
    }

    private ref struct Writer(Span<byte> bytes, int start)
    {
        private readonly Span<byte> _bytes = bytes;
        private int _next = start;

        public void Write(int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_bytes[_next..], value);
            _next += sizeof(int);
        }

        public void Write(ReadOnlySpan<byte> values)
        {
            values.CopyTo(_bytes[_next..]);
            _next += values.Length;
        }

        public void Write(ReadOnlySpan<int> values)
        {
            var target = MemoryMarshal.Cast<byte, int>(_bytes.Slice(_next, values.Length * sizeof(int)));
            if (BitConverter.IsLittleEndian) values.CopyTo(target);
            else BinaryPrimitives.ReverseEndianness(values, target);
            _next += values.Length * sizeof(int);
        }

        public void Write(ReadOnlySpan<long> values)
        {
            var target = MemoryMarshal.Cast<byte, long>(_bytes.Slice(_next, values.Length * sizeof(long)));
            if (BitConverter.IsLittleEndian) values.CopyTo(target);
            else BinaryPrimitives.ReverseEndianness(values, target);
            _next += values.Length * sizeof(long);
        }
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public readonly bool AtEnd => _rest.IsEmpty;

        public readonly bool Has(long count, int size) => count <= _rest.Length / size;

        public ReadOnlySpan<byte> Take(int count)
        {
            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }

        /// <summary>Reads the profile if it is all that is left.</summary>
        public bool TrySound(out SoundProfile? sound)
        {
            sound = null;
            if (_rest.Length != SoundBytes || BinaryPrimitives.ReadInt32LittleEndian(_rest) != (int)Element.Sound) return false;
            sound = new(BinaryPrimitives.ReadInt64LittleEndian(_rest[sizeof(int)..]),
                BinaryPrimitives.ReadSingleLittleEndian(_rest[(sizeof(int) + sizeof(long))..]));
            return true;
        }

        public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

        public void Read(Span<int> values)
        {
            var source = MemoryMarshal.Cast<byte, int>(Take(values.Length * sizeof(int)));
            if (BitConverter.IsLittleEndian) source.CopyTo(values);
            else BinaryPrimitives.ReverseEndianness(source, values);
        }

        public void Read(Span<long> values)
        {
            var source = MemoryMarshal.Cast<byte, long>(Take(values.Length * sizeof(long)));
            if (BitConverter.IsLittleEndian) source.CopyTo(values);
            else BinaryPrimitives.ReverseEndianness(source, values);
        }
    }
}
