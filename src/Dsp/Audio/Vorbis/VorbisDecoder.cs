using System.Numerics;

namespace Engine.Dsp.Audio.Vorbis;

/// <summary>Decodes Vorbis packets to samples: floor and residue give a spectrum, the inverse MDCT a block, and a block's first
/// half overlaps with the second half of the one before. Source: Vorbis I, 4.3.</summary>
internal sealed class VorbisDecoder
{
    private const int MostPoints = 65;

    private readonly VorbisSetup _setup;
    private readonly int _modeBits;
    private readonly InverseMdct[] _transforms;
    private readonly float[][] _slopes; // rising halves of the short and of the long window
    private readonly float[][] _spectra, _tails, _samples;
    private readonly float[]?[] _coded;
    private readonly int[][] _heights;
    private readonly bool[] _hasFloor, _isCoded;
    private readonly float[] _block, _interleaved;
    private int _previous; // size of the block before; 0 if there is none

    /// <summary>Decodes a stream with this setup.</summary>
    public VorbisDecoder(VorbisSetup setup)
    {
        _setup = setup;
        _modeBits = 32 - BitOperations.LeadingZeroCount((uint)(setup.Modes.Length - 1));
        _transforms = [.. setup.BlockSizes.Select(size => new InverseMdct(size))];
        _slopes = [.. setup.BlockSizes.Select(Slope)];
        var (channels, size) = (setup.Channels, setup.BlockSizes[1]);
        float[][] Rows(int length) => [.. Enumerable.Range(0, channels).Select(_ => new float[length])];
        (_spectra, _tails, _samples) = (Rows(size / 2), Rows(size / 2), Rows(size / 2));
        (_block, _interleaved) = (new float[size], new float[channels * size / 2]);
        _coded = new float[]?[channels];
        _heights = [.. Enumerable.Range(0, channels).Select(_ => new int[MostPoints])];
        (_hasFloor, _isCoded) = (new bool[channels], new bool[channels]);
    }

    /// <summary>Samples of a channel that the last packet gave.</summary>
    public Span<float> Samples(int channel, int count) => _samples[channel].AsSpan(0, count);

    /// <summary>Forgets the block before: packets are missing.</summary>
    public void Reset() => _previous = 0;

    /// <summary>How many samples a packet gives, as if it were decoded; the first gives none.</summary>
    public int Skip(ReadOnlySpan<byte> packet, int length)
    {
        var bits = new PacketReader(packet, length);
        if (!ReadMode(ref bits, out var mode)) return 0;
        return Advance(_setup.BlockSizes[mode.IsLong ? 1 : 0]);
    }

    /// <summary>Decodes a packet; returns its samples' count. The packet must be followed by eight more bytes.</summary>
    public int Decode(ReadOnlySpan<byte> packet, int length)
    {
        var bits = new PacketReader(packet, length);
        if (!ReadMode(ref bits, out var mode)) return 0;
        var size = _setup.BlockSizes[mode.IsLong ? 1 : 0];
        var left = mode.IsLong && bits.ReadFlag() ? 1 : 0;
        var right = mode.IsLong && bits.ReadFlag() ? 1 : 0;
        var mapping = _setup.Mappings[mode.Mapping];
        DecodeSpectra(ref bits, mapping, size / 2);
        var previous = _previous;
        var count = Advance(size);
        for (var channel = 0; channel < _setup.Channels; channel++)
        {
            var block = _block.AsSpan(0, size);
            if (_hasFloor[channel])
            {
                var spectrum = _spectra[channel].AsSpan(0, size / 2);
                _setup.Floors[mapping.Parts[mapping.Submaps[channel]].Floor].Apply(_heights[channel], spectrum);
                _transforms[mode.IsLong ? 1 : 0].Transform(spectrum, block);
                Window(block, _slopes[left], _slopes[right]);
            }
            else
            {
                block.Clear();
            }

            if (count > 0) Overlap(block, _tails[channel].AsSpan(0, previous / 2), _samples[channel].AsSpan(0, count));
            block[(size / 2)..].CopyTo(_tails[channel]);
        }

        return count;
    }

    private bool ReadMode(ref PacketReader bits, out (bool IsLong, int Mapping) mode)
    {
        mode = default;
        if (bits.ReadFlag() || bits.IsPastEnd) return false; // a header, or nothing
        var index = bits.Read(_modeBits);
        if (index >= _setup.Modes.Length) return false;
        mode = _setup.Modes[index];
        return true;
    }

    private int Advance(int size)
    {
        var count = _previous == 0 ? 0 : _previous / 4 + size / 4;
        _previous = size;
        return count;
    }

    private void DecodeSpectra(ref PacketReader bits, VorbisSetup.Mapping mapping, int length)
    {
        for (var channel = 0; channel < _setup.Channels; channel++)
        {
            var floor = _setup.Floors[mapping.Parts[mapping.Submaps[channel]].Floor];
            _hasFloor[channel] = _isCoded[channel] = floor.Decode(ref bits, _setup.Books, _heights[channel]);
            _spectra[channel].AsSpan(0, length).Clear();
        }

        foreach (var (magnitude, angle) in mapping.Steps)
        {
            if (_isCoded[magnitude] || _isCoded[angle]) _isCoded[magnitude] = _isCoded[angle] = true;
        }

        for (var part = 0; part < mapping.Parts.Length; part++)
        {
            var (count, any) = (0, false);
            for (var channel = 0; channel < _setup.Channels; channel++)
            {
                if (mapping.Submaps[channel] != part) continue;
                any |= _isCoded[channel];
                _coded[count++] = _isCoded[channel] ? _spectra[channel] : null;
            }

            if (!any) continue;
            _setup.Residues[mapping.Parts[part].Residue].Decode(ref bits, _setup.Books, _coded.AsSpan(0, count), length,
                _interleaved);
        }

        for (var i = mapping.Steps.Length - 1; i >= 0; i--)
        {
            var (magnitude, angle) = mapping.Steps[i];
            Uncouple(_spectra[magnitude].AsSpan(0, length), _spectra[angle].AsSpan(0, length));
        }
    }

    /// <summary>The larger channel, and its difference from the other, with the sign telling which is which.</summary>
    private static void Uncouple(Span<float> magnitudes, Span<float> angles)
    {
        for (var i = 0; i < magnitudes.Length; i++)
        {
            var (magnitude, angle) = (magnitudes[i], angles[i]);
            var other = magnitude > 0 ? magnitude - MathF.Abs(angle) : magnitude + MathF.Abs(angle);
            (magnitudes[i], angles[i]) = angle > 0 ? (magnitude, other) : (other, magnitude);
        }
    }

    /// <summary>A slope shorter than the block's is in the middle of its half, between zeros and ones.</summary>
    private static void Window(Span<float> block, float[] rising, float[] falling)
    {
        var half = block.Length / 2;
        var start = (half - rising.Length) / 2;
        block[..start].Clear();
        for (var i = 0; i < rising.Length; i++) block[start + i] *= rising[i];
        start = half + (half - falling.Length) / 2;
        for (var i = 0; i < falling.Length; i++) block[start + i] *= falling[^(i + 1)];
        block[(start + falling.Length)..].Clear();
    }

    /// <summary>The samples between the middles of two blocks, whose overlapping halves have the same middle.</summary>
    private static void Overlap(ReadOnlySpan<float> block, ReadOnlySpan<float> tail, Span<float> samples)
    {
        var shift = block.Length / 4 - tail.Length / 2; // from the samples to the block
        for (var i = 0; i < samples.Length; i++)
        {
            var sample = i + shift >= 0 ? block[i + shift] : 0;
            samples[i] = i < tail.Length ? sample + tail[i] : sample;
        }
    }

    private static float[] Slope(int size)
    {
        var slope = new float[size / 2];
        for (var i = 0; i < slope.Length; i++)
        {
            var sine = Math.Sin(Math.PI * (i + 0.5) / size);
            slope[i] = (float)Math.Sin(Math.PI / 2 * sine * sine);
        }

        return slope;
    }
}
