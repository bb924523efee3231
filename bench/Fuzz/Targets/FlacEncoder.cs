using System.Numerics;
using System.Security.Cryptography;

namespace Engine.Fuzzing.Targets;

/// <summary>How a channel is stored.</summary>
internal enum FlacKind
{
    Constant,
    Verbatim,
    Fixed,
    Linear,
}

/// <summary>How two channels are stored; any number is independent.</summary>
internal enum FlacStereo
{
    Independent,
    LeftSide,
    SideRight,
    MidSide,
}

/// <summary>
/// A FLAC encoder whose choices are the caller's, made to reach every branch of a decoder; it shares no code with that.
/// </summary>
internal sealed record FlacEncoder
{
    private static readonly uint[] s_headerCrcs = Crcs(8, 0x07), s_frameCrcs = Crcs(16, 0x8005);

    /// <summary>Bits of a sample.</summary>
    public int Depth { get; init; } = 16;

    public int Rate { get; init; } = 22_050;

    public FlacKind Kind { get; init; } = FlacKind.Fixed;

    /// <summary>Of the predictor.</summary>
    public int Order { get; init; } = 2;

    /// <summary>Bits of a predictor's weight.</summary>
    public int Precision { get; init; } = 12;

    public FlacStereo Stereo { get; init; }

    /// <summary>Taken in turn; different ones make a stream of variable blocks.</summary>
    public IReadOnlyList<int> Blocks { get; init; } = [4096];

    /// <summary>The residual is cut into two to the power of this.</summary>
    public int PartitionOrder { get; init; }

    /// <summary>Five bits for a Rice parameter instead of four.</summary>
    public bool WideParameters { get; init; }

    /// <summary>Every second partition holds plain numbers.</summary>
    public bool Escapes { get; init; }

    /// <summary>Leaves out low bits that are zero in the whole block.</summary>
    public bool Wasted { get; init; } = true;

    /// <summary>How the frames write their rate: null chooses a code of the table, or 0.</summary>
    public int? RateCode { get; init; }

    /// <summary>Writes block sizes as numbers even where the table has them.</summary>
    public bool PlainSizes { get; init; }

    /// <summary>Leaves the length in the header open.</summary>
    public bool OpenLength { get; init; }

    /// <summary>Leaves out the MD5.</summary>
    public bool NoMd5 { get; init; }

    /// <summary>The number of the first sample, of a stream that was joined late.</summary>
    public long FirstSample { get; init; }

    /// <summary>Metadata blocks after STREAMINFO: type and content.</summary>
    public IReadOnlyList<(int Type, byte[] Content)> Metadata { get; init; } = [];

    /// <summary>A whole file.</summary>
    /// <param name="channels">The samples of each.</param>
    public byte[] File(params long[][] channels) => [.. Head(channels), .. Frames(channels).SelectMany(f => f)];

    /// <summary>What comes before the frames.</summary>
    public byte[] Head(params long[][] channels)
    {
        var bits = new BitWriter();
        bits.Bytes("fLaC"u8);
        bits.Write(Metadata.Count == 0 ? 0x80u : 0, 8);
        bits.Write(34, 24);
        bits.Write((ulong)Blocks.Min(), 16);
        bits.Write((ulong)Blocks.Max(), 16);
        bits.Write(0, 48); // sizes of frames: unknown
        bits.Write((ulong)Rate, 20);
        bits.Write((ulong)channels.Length - 1, 3);
        bits.Write((ulong)Depth - 1, 5);
        bits.Write(OpenLength ? 0 : (ulong)channels[0].Length, 36);
        bits.Bytes(NoMd5 ? new byte[16] : Md5(channels));
        for (var i = 0; i < Metadata.Count; i++)
        {
            bits.Write((uint)Metadata[i].Type | (i == Metadata.Count - 1 ? 0x80u : 0), 8);
            bits.Write((ulong)Metadata[i].Content.Length, 24);
            bits.Bytes(Metadata[i].Content);
        }

        return bits.ToArray();
    }

    /// <summary>Each frame.</summary>
    public IReadOnlyList<byte[]> Frames(params long[][] channels)
    {
        var frames = new List<byte[]>();
        for (var start = 0; start < channels[0].Length;)
        {
            var size = Math.Min(Blocks[frames.Count % Blocks.Count], channels[0].Length - start);
            long[][] block = [.. channels.Select(c => c[start..(start + size)])];
            frames.Add(Frame(frames.Count, FirstSample + start, block));
            start += size;
        }

        return frames;
    }

    private byte[] Frame(int index, long start, long[][] block)
    {
        var isVariable = Blocks.Distinct().Count() > 1;
        var bits = new BitWriter();
        bits.Write(isVariable ? 0xFFF9u : 0xFFF8u, 16);
        var size = block[0].Length;
        var sizeCode = PlainSizes ? 0 : size switch
        {
            192 => 1,
            576 or 1152 or 2304 or 4608 => 2 + BitOperations.Log2((uint)size / 576),
            >= 256 and <= 32768 when BitOperations.IsPow2(size) => BitOperations.Log2((uint)size),
            _ => 0,
        };
        if (sizeCode == 0) sizeCode = size <= 256 ? 6 : 7;
        var rateCode = RateCode ?? Math.Max(0,
            Array.IndexOf([0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000], Rate));
        bits.Write((ulong)(sizeCode << 4 | rateCode), 8);
        var channelCode = Stereo == FlacStereo.Independent ? block.Length - 1 : 7 + (int)Stereo;
        var depthCode = Math.Max(0, Array.IndexOf([0, 8, 12, -1, 16, 20, 24, 32], Depth));
        bits.Write((ulong)(channelCode << 4 | depthCode << 1), 8);
        WriteNumber(bits, isVariable ? start : FirstSample / Blocks[0] + index);
        if (sizeCode is 6 or 7) bits.Write((ulong)size - 1, sizeCode == 6 ? 8 : 16);
        if (rateCode is 12 or 13 or 14)
            bits.Write((ulong)(Rate / (rateCode == 12 ? 1000 : rateCode == 13 ? 1 : 10)), rateCode == 12 ? 8 : 16);
        bits.Write(HeaderCrc(bits.ToArray()), 8);
        var (left, right) = (block[0], block[^1]);
        long[] side = [.. left.Zip(right, (l, r) => l - r)];
        (long[] Samples, int Depth)[] stored = Stereo switch
        {
            FlacStereo.LeftSide => [(left, Depth), (side, Depth + 1)],
            FlacStereo.SideRight => [(side, Depth + 1), (right, Depth)],
            FlacStereo.MidSide => [([.. left.Zip(right, (l, r) => (l + r) >> 1)], Depth), (side, Depth + 1)],
            _ => [.. block.Select(c => (c, Depth))],
        };
        foreach (var (samples, depth) in stored) Subframe(bits, samples, depth);
        bits.Align();
        bits.Write(FrameCrc(bits.ToArray()), 16);
        return bits.ToArray();
    }

    private void Subframe(BitWriter bits, long[] samples, int depth)
    {
        var wasted = Wasted && samples.Any(s => s != 0)
            ? samples.Where(s => s != 0).Min(s => BitOperations.TrailingZeroCount(s)) : 0;
        samples = [.. samples.Select(s => s >> wasted)];
        depth -= wasted;
        var kind = Kind == FlacKind.Constant && samples.Distinct().Count() > 1 ? FlacKind.Verbatim : Kind;
        var order = kind is FlacKind.Fixed or FlacKind.Linear ? Math.Min(Order, samples.Length) : 0;
        if (kind == FlacKind.Linear && order == 0) kind = FlacKind.Verbatim;
        bits.Write(kind switch
        {
            FlacKind.Constant => 0u,
            FlacKind.Verbatim => 1,
            FlacKind.Fixed => 8 + (uint)order,
            _ => 32 + (uint)order - 1,
        }, 7);
        bits.Write(wasted > 0 ? 1u : 0, 1);
        if (wasted > 0) bits.Write(1, wasted);
        if (kind == FlacKind.Constant)
        {
            bits.Write((ulong)samples[0], depth);
            return;
        }

        foreach (var sample in kind == FlacKind.Verbatim ? samples : samples[..order]) bits.Write((ulong)sample, depth);
        if (kind == FlacKind.Verbatim) return;
        long[] weights = kind == FlacKind.Fixed ? FixedWeights(order) : LinearWeights(order);
        var shift = kind == FlacKind.Fixed ? 0 : Precision - 2;
        if (kind == FlacKind.Linear)
        {
            bits.Write((ulong)Precision - 1, 4);
            bits.Write((ulong)shift, 5);
            foreach (var weight in weights) bits.Write((ulong)weight, Precision);
        }

        var residual = new long[samples.Length - order];
        for (var i = order; i < samples.Length; i++)
        {
            long sum = 0;
            for (var j = 0; j < order; j++) sum += weights[j] * samples[i - 1 - j];
            residual[i - order] = samples[i] - (sum >> shift);
        }

        Residual(bits, residual, samples.Length, order);
    }

    private void Residual(BitWriter bits, long[] residual, int size, int order)
    {
        var partitions = PartitionOrder;
        while (size % (1 << partitions) != 0 || size >> partitions < order) partitions--;
        bits.Write(WideParameters ? 1u : 0, 2);
        bits.Write((ulong)partitions, 4);
        var parameterBits = WideParameters ? 5 : 4;
        var start = 0;
        for (var p = 0; p < 1 << partitions; p++)
        {
            var part = residual[start..((p + 1) * (size >> partitions) - order)];
            start += part.Length;
            ulong[] codes = [.. part.Select(r => (ulong)(r << 1 ^ r >> 63))];
            if (Escapes && p % 2 == 0)
            {
                var width = part.Length == 0 ? 0 : codes.Max() == 0 ? 0 : BitOperations.Log2(codes.Max()) + 1;
                bits.Write((1u << parameterBits) - 1, parameterBits);
                bits.Write((ulong)width, 5);
                foreach (var value in part) bits.Write((ulong)value, width);
                continue;
            }

            var mean = part.Length == 0 ? 0 : codes.Average(c => (double)c);
            var parameter = mean < 1 ? 0 : Math.Min((int)Math.Log2(mean), (1 << parameterBits) - 2);
            bits.Write((ulong)parameter, parameterBits);
            foreach (var code in codes)
            {
                var zeros = (int)(code >> parameter);
                for (; zeros >= 32; zeros -= 32) bits.Write(0, 32);
                bits.Write(1, zeros + 1);
                bits.Write(code, parameter);
            }
        }
    }

    private static long[] FixedWeights(int order) => order switch
    {
        0 => [],
        1 => [1],
        2 => [2, -1],
        3 => [3, -3, 1],
        _ => [4, -6, 4, -1],
    };

    /// <summary>Near 1 for the newest, then ever smaller ones of both signs.</summary>
    private long[] LinearWeights(int order) =>
        [.. Enumerable.Range(0, order).Select(j => (long)((j % 2 == 0 ? 0.9 : -0.4) * (1 << (Precision - 2)) / (j + 1)))];

    /// <summary>As UTF-8 codes characters, up to seven bytes.</summary>
    private static void WriteNumber(BitWriter bits, long number)
    {
        if (number < 0x80)
        {
            bits.Write((ulong)number, 8);
            return;
        }

        var length = 2;
        while (length < 7 && number >> (5 * length + 1) != 0) length++;
        bits.Write((0xFFul << (8 - length) & 0xFF) | (ulong)(number >> (6 * (length - 1))), 8);
        for (var i = length - 2; i >= 0; i--) bits.Write(0x80 | (ulong)(number >> (6 * i) & 0x3F), 8);
    }

    private byte[] Md5(long[][] channels)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var size = (Depth + 7) / 8;
        for (var i = 0; i < channels[0].Length; i++)
        {
            foreach (var channel in channels) hash.AppendData(BitConverter.GetBytes(channel[i]).AsSpan(0, size));
        }

        return hash.GetHashAndReset();
    }

    /// <summary>The checksum of a frame's header: x⁸ + x² + x + 1.</summary>
    public static byte HeaderCrc(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0;
        foreach (var value in bytes) crc = s_headerCrcs[crc ^ value];
        return (byte)crc;
    }

    /// <summary>The checksum of a frame: x¹⁶ + x¹⁵ + x² + 1.</summary>
    public static ushort FrameCrc(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0;
        foreach (var value in bytes) crc = crc << 8 & 0xFF00 ^ s_frameCrcs[crc >> 8 ^ value];
        return (ushort)crc;
    }

    // The checksum of each byte, bit by bit.
    private static uint[] Crcs(int width, uint polynomial)
    {
        var crcs = new uint[256];
        for (uint value = 0; value < crcs.Length; value++)
        {
            var crc = value << (width - 8);
            for (var bit = 0; bit < 8; bit++)
            {
                var top = crc >> (width - 1);
                crc = crc << 1 & ((1u << width) - 1) ^ top * polynomial;
            }

            crcs[value] = crc;
        }

        return crcs;
    }

    private sealed class BitWriter
    {
        private readonly List<byte> _bytes = [];
        private int _free; // bits of the last byte

        public void Write(ulong value, int bits)
        {
            for (var left = bits; left > 0;)
            {
                if (_free == 0)
                {
                    _bytes.Add(0);
                    _free = 8;
                }

                var part = Math.Min(left, _free);
                var chunk = (byte)(value >> (left - part) & ((1ul << part) - 1));
                _bytes[^1] |= (byte)(chunk << (_free - part));
                _free -= part;
                left -= part;
            }
        }

        public void Bytes(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

        public void Align() => _free = 0;

        public byte[] ToArray() => [.. _bytes];
    }
}
