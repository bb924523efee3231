namespace Engine.Dsp.Audio.Mpeg;

/// <summary>Decodes frames of layers I and II to subband samples (ISO/IEC 11172-3, 2.4.3.2 and 3; 13818-3, 2.4.2).</summary>
internal sealed class Layer12Decoder
{
    private const int Subbands = 32, Padding = 8, Grouped = 100;

    // Layer II, tables B.2 and B.1: for runs of subbands, how many, the bits of an allocation, and the quantisers that it
    // selects: bits of a sample, or Grouped and the number of steps, of which three samples share a code.
    private static readonly (int Count, int Bits, int[] Quantisers)[]
        s_full =
        [
            (3, 4, [0, 103, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]),
            (8, 4, [0, 103, 105, 3, 109, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16]),
            (12, 3, [0, 103, 105, 3, 109, 4, 5, 16]),
            (7, 2, [0, 103, 105, 16]),
        ],
        s_narrow =
        [
            (2, 4, [0, 103, 105, 109, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
            (10, 3, [0, 103, 105, 109, 4, 5, 6, 7]),
        ],
        s_low =
        [
            (4, 4, [0, 103, 105, 3, 109, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]),
            (7, 3, [0, 103, 105, 109, 4, 5, 6, 7]),
            (19, 2, [0, 103, 105, 109]),
        ],
        s_first = [(32, 4, [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0])];

    // 2^(1 - i / 3)
    private static readonly float[] s_scales = [.. Enumerable.Range(0, 64).Select(i => (float)Math.Pow(2, 1 - i / 3.0))];

    private readonly byte[] _bytes = new byte[MpegFrames.LargestFrame + Padding];
    private readonly int[] _quantisers = new int[2 * Subbands], _selections = new int[2 * Subbands];
    private readonly float[] _factors = new float[2 * Subbands * 3];

    /// <summary>Where the part that the checksum covers ends, in bits from the last frame's start.</summary>
    public int CheckedBits { get; private set; }

    /// <summary>Decodes a frame.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="frame">All of it.</param>
    /// <param name="subbands">Receives a channel's subband samples each.</param>
    public void Decode(in MpegHeader header, ReadOnlySpan<byte> frame, float[][] subbands)
    {
        frame.CopyTo(_bytes);
        _bytes.AsSpan(frame.Length, Padding).Clear();
        var bits = new BitReader(_bytes.AsSpan(0, frame.Length + Padding), 8 * header.ContentAt);
        var (rows, bands) = Allocation(header);
        var joint = header.Channels == 1 ? 0 : header.IsJoint ? Math.Min(bands, 4 * header.ModeExtension + 4) : bands;
        ReadAllocation(ref bits, header, rows, bands, joint);
        ReadFactors(ref bits, header, bands);
        foreach (var channel in subbands) Array.Clear(channel);

        var (parts, samples) = header.Layer == 1 ? (12, 1) : (12, 3);
        for (var part = 0; part < parts; part++)
        {
            var third = header.Layer == 1 ? 0 : part / 4; // a layer II frame has three parts with factors of their own
            for (var band = 0; band < bands; band++)
            {
                var shared = band >= joint;
                for (var channel = 0; channel < (shared ? 1 : header.Channels); channel++)
                {
                    var target = subbands[channel].AsSpan(band * MpegDecoder.Slots + part * samples, samples);
                    var isSilent = !Dequantise(ref bits, _quantisers[2 * band + channel], target);
                    if (shared && header.Channels == 2)
                    {
                        var other = subbands[1].AsSpan(band * MpegDecoder.Slots + part * samples, samples);
                        target.CopyTo(other);
                        Scale(other, _factors[(2 * band + 1) * 3 + third]);
                    }

                    if (!isSilent) Scale(target, _factors[(2 * band + channel) * 3 + third]);
                }
            }
        }
    }

    private static ((int Count, int Bits, int[] Quantisers)[] Rows, int Bands) Allocation(in MpegHeader header)
    {
        if (header.Layer == 1) return (s_first, Subbands);
        if (header.IsLow) return (s_low, 30);
        var bitrate = header.Bitrate == 0 ? int.MaxValue : header.Bitrate / header.Channels;
        if (bitrate <= 48_000) return (s_narrow, header.SampleRate == 32_000 ? 12 : 8);
        return (s_full, bitrate <= 80_000 || header.SampleRate == 48_000 ? 27 : 30);
    }

    private void ReadAllocation(
        ref BitReader bits, in MpegHeader header, (int Count, int Bits, int[] Quantisers)[] rows, int bands, int joint)
    {
        var (row, left) = (0, rows[0].Count);
        for (var band = 0; band < bands; band++, left--)
        {
            if (left == 0) left = rows[++row].Count;
            _quantisers[2 * band] = rows[row].Quantisers[bits.Read(rows[row].Bits)];
            if (header.Channels == 2)
            {
                _quantisers[2 * band + 1] =
                    band < joint ? rows[row].Quantisers[bits.Read(rows[row].Bits)] : _quantisers[2 * band];
            }
        }
    }

    private void ReadFactors(ref BitReader bits, in MpegHeader header, int bands)
    {
        var channels = header.Channels;
        for (var i = 0; i < 2 * bands && header.Layer == 2; i += 3 - channels)
        {
            if (_quantisers[i] != 0) _selections[i] = bits.Read(2);
        }

        CheckedBits = bits.Position;
        for (var i = 0; i < 2 * bands; i += 3 - channels)
        {
            if (_quantisers[i] == 0) continue;
            var factors = _factors.AsSpan(3 * i, 3);
            if (header.Layer == 1)
            {
                factors.Fill(s_scales[bits.Read(6)]);
                continue;
            }

            // The selection says which of the three parts share a factor: none, the first two, all, the last two.
            var selection = _selections[i];
            factors[0] = s_scales[bits.Read(6)];
            factors[1] = selection is 0 or 3 ? s_scales[bits.Read(6)] : factors[0];
            factors[2] = selection is 0 or 1 ? s_scales[bits.Read(6)] : factors[1];
        }
    }

    private static bool Dequantise(ref BitReader bits, int quantiser, Span<float> samples)
    {
        if (quantiser == 0) return false;
        if (quantiser > Grouped)
        {
            var steps = quantiser - Grouped;
            var code = bits.Read(steps == 3 ? 5 : steps == 5 ? 7 : 10);
            foreach (ref var sample in samples)
            {
                sample = 2 * (code % steps - steps / 2) / (float)steps;
                code /= steps;
            }

            return true;
        }

        var (half, scale) = ((1 << (quantiser - 1)) - 1, 2f / ((1 << quantiser) - 1));
        foreach (ref var sample in samples) sample = (bits.Read(quantiser) - half) * scale;
        return true;
    }

    private static void Scale(Span<float> samples, float factor)
    {
        foreach (ref var sample in samples) sample *= factor;
    }
}
