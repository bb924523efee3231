namespace Engine.Dsp.Audio.Mpeg;

/// <summary>
/// Decodes frames of layer III to subband samples (ISO/IEC 11172-3, 2.4.3.4; 13818-3). A frame's codes may start up to 511 bytes
/// before it, in the "bit reservoir" that earlier frames left unused.
/// </summary>
internal sealed class Layer3Decoder
{
    private const int Reservoir = 511, Padding = 8;

    private readonly byte[] _main = new byte[Reservoir + MpegFrames.LargestFrame + Padding];
    private readonly byte[] _side = new byte[32 + Padding];
    private readonly float[][] _spectra = [new float[SpectrumDecoder.Lines], new float[SpectrumDecoder.Lines]];
    private readonly Granule[][] _granules = [[new(), new()], [new(), new()]]; // by granule and channel
    private readonly HybridFilterBank[] _filters = [new(), new()];
    private readonly int[] _shared = new int[2], _used = new int[2];
    private int _kept; // bytes of earlier frames

    /// <summary>Forgets the right channel.</summary>
    public void ResetRight() => _filters[1].Reset();

    /// <summary>Adds a frame to the reservoir without decoding it.</summary>
    public void Skim(in MpegHeader header, ReadOnlySpan<byte> frame) => Keep(Take(header, frame));

    /// <summary>Decodes a frame. What cannot be decoded, because the reservoir's bytes are missing or a value is forbidden, is
    /// silent, and fades over the granules beside it.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="frame">All of it.</param>
    /// <param name="subbands">Receives a channel's subband samples each.</param>
    public void Decode(in MpegHeader header, ReadOnlySpan<byte> frame, float[][] subbands)
    {
        // A frame of free format may be too short for its side information.
        var given = frame[header.ContentAt..Math.Min(frame.Length, header.ContentAt + header.SideBytes)];
        _side.AsSpan().Clear();
        given.CopyTo(_side);
        var side = new BitReader(_side, 0);
        var granules = header.IsLow ? 1 : 2;
        var isValid = ReadSide(ref side, header, granules, out var back) && given.Length == header.SideBytes;
        var before = _kept;
        var end = Take(header, frame);
        var position = 8 * (before - back);
        for (var granule = 0; granule < granules; granule++)
        {
            var present = isValid && position >= 0;
            for (var channel = 0; channel < header.Channels; channel++)
            {
                var g = _granules[granule][channel];
                if (present) DecodeSpectrum(header, granule, channel, position, 8 * end);
                else
                {
                    _used[channel] = 0;
                    Array.Clear(g.ScaleFactors); // which the second granule may share
                }

                position += g.Bits;
            }

            Finish(header, granule, subbands);
        }

        Keep(end);
    }

    private bool ReadSide(ref BitReader side, in MpegHeader header, int granules, out int back)
    {
        back = side.Read(header.IsLow ? 8 : 9);
        side.Read(header.IsLow ? header.Channels : header.Channels == 1 ? 5 : 3); // private bits
        for (var channel = 0; channel < header.Channels && !header.IsLow; channel++) _shared[channel] = side.Read(4);
        var isValid = true;
        for (var granule = 0; granule < granules; granule++)
        {
            for (var channel = 0; channel < header.Channels; channel++)
            {
                isValid &= _granules[granule][channel].Read(ref side, header);
            }
        }

        return isValid;
    }

    private void DecodeSpectrum(in MpegHeader header, int granule, int channel, int position, int limit)
    {
        var bits = new BitReader(_main.AsSpan(0, limit / 8 + Padding), position);
        var g = _granules[granule][channel];
        if (header.IsLow) ScaleFactorReader.ReadLow(ref bits, g, isDirection: channel == 1 && header.HasIntensity);
        else ScaleFactorReader.Read(ref bits, g, granule == 1 ? _shared[channel] : 0, _granules[0][channel]);

        // Sum and difference alone are scaled here by the root of one half, which is two steps of the gain.
        var gain = header.HasMidSide && !header.HasIntensity ? -2 : 0;
        var end = Math.Min(position + g.Bits, limit);
        _used[channel] = SpectrumDecoder.Decode(ref bits, end, g, header.RateIndex, gain, _spectra[channel]);
    }

    private void Finish(in MpegHeader header, int granule, float[][] subbands)
    {
        var used = _used.AsSpan(0, header.Channels);
        for (var channel = 0; channel < header.Channels; channel++)
        {
            if (_used[channel] == 0) Array.Clear(_spectra[channel]);
        }

        if (header.HasMidSide || header.HasIntensity)
        {
            used.Fill(Math.Max(_used[0], _used[1]));
            JointStereo.Separate(header, _granules[granule][1], _spectra[0], _spectra[1], used[0]);
        }

        for (var channel = 0; channel < header.Channels; channel++)
        {
            _filters[channel].Transform(_granules[granule][channel], header.RateIndex, _spectra[channel], _used[channel],
                subbands[channel], 18 * granule);
        }
    }

    /// <summary>Appends a frame's main data to the reservoir; returns its end.</summary>
    private int Take(in MpegHeader header, ReadOnlySpan<byte> frame)
    {
        var main = frame[Math.Min(frame.Length, header.ContentAt + header.SideBytes)..];
        main.CopyTo(_main.AsSpan(_kept));
        var end = _kept + main.Length;
        _main.AsSpan(end, Padding).Clear();
        return end;
    }

    private void Keep(int end)
    {
        var kept = Math.Min(end, Reservoir);
        _main.AsSpan(end - kept, kept).CopyTo(_main);
        _kept = kept;
    }
}
