namespace Engine.Dsp.Audio.Mpeg;

/// <summary>Decodes MPEG audio frames, one after another, to samples of each channel; full scale is ±1.</summary>
internal sealed class MpegDecoder
{
    /// <summary>The room for a subband's samples of a frame: 36, and the rest of a vector.</summary>
    public const int Slots = 48;

    /// <summary>After this many frames, samples do not depend on frames before them, if those were skimmed.</summary>
    public const int Warmup = 3;

    private const int Subbands = 32, MostSamples = 1152;

    private readonly Layer3Decoder _layer3 = new();
    private readonly Layer12Decoder _layer12 = new();
    private readonly SynthesisFilterBank[] _filters = [new(), new()];
    private readonly float[][] _subbands = [new float[Subbands * Slots], new float[Subbands * Slots]];
    private readonly float[][] _samples = [new float[MostSamples], new float[MostSamples]];
    private int _count;

    /// <summary>Whether the last frame decoded has a checksum that is wrong.</summary>
    public bool IsCorrupt { get; private set; }

    /// <summary>A channel's samples of the last frame decoded.</summary>
    public Span<float> this[int channel] => _samples[channel].AsSpan(0, _count);

    /// <summary>Passes a frame of which no sample is wanted.</summary>
    public void Skim(in MpegHeader header, ReadOnlySpan<byte> frame)
    {
        if (header.Layer == 3) _layer3.Skim(header, frame);
    }

    /// <summary>Decodes a frame.</summary>
    public void Decode(in MpegHeader header, ReadOnlySpan<byte> frame)
    {
        if (header.Channels == 1)
        {
            // A right channel that comes back starts anew, wherever decoding began.
            _layer3.ResetRight();
            _filters[1].Reset();
        }

        if (header.Layer == 3) _layer3.Decode(header, frame, _subbands);
        else _layer12.Decode(header, frame, _subbands);
        var end = header.Layer == 3 ? 8 * (header.ContentAt + header.SideBytes) : _layer12.CheckedBits;
        IsCorrupt = header.HasCrc && !MpegChecksum.IsRight(frame, end);
        _count = header.Samples;
        for (var channel = 0; channel < header.Channels; channel++)
        {
            _filters[channel].Synthesise(_subbands[channel], _count / Subbands, _samples[channel]);
        }
    }
}
