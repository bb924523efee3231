using System.Globalization;

namespace Engine.Dsp.Audio.Vorbis;

/// <summary>
/// Reads Ogg Vorbis as the mean of its channels. The last page's position says where the recording ends within its last block.
/// Blocks before the requested part are counted, but not decoded.
/// </summary>
internal sealed class OggVorbisReader : IMonoReader
{
    private const int MostSamples = 1 << 12; // of a packet

    private readonly OggPackets _packets;
    private readonly string _name;
    private readonly double _offset;
    private readonly long _first, _wanted;
    private readonly float[] _mono, _all;
    private VorbisSetup _setup;
    private VorbisDecoder _decoder;
    private long _position, _done; // samples of the recording, and of the part
    private long? _pageStart = 0; // the position that the stream gives the page's first sample
    private long _inPage, _lost, _lostAtStart;
    private bool _isFirstPage = true, _isGap, _ended, _hasEndMark;
    private int _at, _end;

    private OggVorbisReader(OggPackets packets, VorbisSetup setup, string name, double offset, double? duration)
    {
        (_packets, _setup, _name, _offset) = (packets, setup, name, offset);
        _decoder = new(setup);
        SampleRate = setup.SampleRate;
        Channels = setup.Channels;
        Levels = new(Channels, flushed: true);
        (_mono, _all) = (new float[MostSamples], new float[Channels * MostSamples]);
        _first = SampleReader.ToFrames(offset, SampleRate);
        _wanted = duration is { } d ? Math.Max(1, SampleReader.ToFrames(d, SampleRate)) : long.MaxValue;
    }

    /// <inheritdoc/>
    public int SampleRate { get; }

    /// <inheritdoc/>
    public int Channels { get; }

    /// <inheritdoc/>
    public long? Length => null;

    /// <inheritdoc/>
    public long? Declared => null;

    /// <inheritdoc/>
    public ChannelLevels Levels { get; }

    /// <inheritdoc/>
    public bool Short { get; private set; }

    /// <summary>Starts to read; null, and the format's name, if the file holds no Vorbis stream, or one with a floor of type 0,
    /// which no encoder since 2001 makes.</summary>
    /// <exception cref="AudioFormatException">The headers are damaged.</exception>
    public static OggVorbisReader? TryStart(Stream stream, string name, double offset, double? duration, ref string format)
    {
        SampleReader.CheckPart(offset, duration);
        var packets = new OggPackets(stream);
        try
        {
            if (!packets.Next())
            {
                format = Codec(packets.Other);
                return packets.Other.Length > 0 ? null
                    : throw new VorbisException("no page of it has the right checksum");
            }

            if (ReadHeaders(packets) is { } setup) return new OggVorbisReader(packets, setup, name, offset, duration);
            format = "Ogg Vorbis with floor type 0";
            return null;
        }
        catch (VorbisException e)
        {
            throw Damaged(name, e);
        }
    }

    /// <inheritdoc/>
    public int Read(Span<float> mono)
    {
        var filled = 0;
        while (filled < mono.Length && _done < _wanted)
        {
            if (_at == _end && !DecodeNext()) break;
            var count = (int)Math.Min(Math.Min(_end - _at, mono.Length - filled), _wanted - _done);
            _mono.AsSpan(_at, count).CopyTo(mono[filled..]);
            _at += count;
            filled += count;
            _done += count;
        }

        return filled;
    }

    /// <inheritdoc/>
    public string? Finish()
    {
        if (_done == 0)
        {
            throw new AudioFormatException(_name, _first > 0
                ? $"the offset of {_offset} s is past its end at {(double)_position / SampleRate:0.###} s."
                : "it has headers, but no samples. Restore it or leave it out.");
        }

        if (!_ended) return null; // what follows the part was not read
        var decoded = (double)_position / SampleRate;
        // A stream that was joined late begins with a gap, too: one longer than what follows is taken for that.
        var lost = _lost + (_lostAtStart < _position ? _lostAtStart : 0);
        var missing = Damage.Of(_name, decoded + (double)lost / SampleRate, decoded, Damage.Unheard,
            _packets.Missing switch
            {
                0 => null,
                1 => "a page is missing",
                var count => string.Create(CultureInfo.InvariantCulture, $"{count} pages are missing"),
            });
        missing ??= _hasEndMark ? null : OggCheck.NoEnd;
        Short = missing is not null;
        return missing;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Reads the rest of three header packets; null if the stream cannot be decoded here.</summary>
    private static VorbisSetup? ReadHeaders(OggPackets packets)
    {
        var setup = VorbisSetup.Read(packets.Packet[..packets.Length]);
        do
        {
            if (!packets.Next()) throw new VorbisException("it ends inside its headers");
        }
        while (packets.Packet.StartsWith("\x03vorbis"u8)); // comments; too long ones are not even kept
        return setup.ReadSetup(packets.Packet, packets.Length) ? setup : null;
    }

    /// <summary>Decodes packets up to one with samples that are wanted; false at the end.</summary>
    private bool DecodeNext()
    {
        while (_packets.Next())
        {
            if (_packets.IsFirst) StartStream();
            if (_packets.AfterGap) _decoder.Reset();
            _isGap |= _packets.AfterGap;
            _hasEndMark = _packets.OnLastPage;
            var packet = _packets.Packet;
            var isSkipped = _position + _setup.BlockSizes[1] / 2 <= _first - _setup.BlockSizes[1];
            var count = isSkipped ? _decoder.Skip(packet, _packets.Length) : _decoder.Decode(packet, _packets.Length);
            count = Trim(count);
            _position += count;
            var from = (int)Math.Max(0, count - Math.Max(0, _position - _first));
            if (isSkipped || from >= count) continue;
            Mix(from, count);
            return true;
        }

        _ended = true;
        return false;
    }

    /// <summary>Follows the positions of pages: the last one cuts what is past it, any other tells what is missing.</summary>
    private int Trim(int count)
    {
        if (_packets.OnLastPage && _pageStart is { } start && _packets.Granule >= start)
            count = (int)Math.Clamp(_packets.Granule - start - _inPage, 0, count);
        _inPage += count;
        if (!_packets.EndsPage || _packets.Granule < 0) return count;
        var lost = _pageStart is { } from ? Math.Max(0, _packets.Granule - from - _inPage) : 0;
        if (!_isFirstPage) _lost += lost;
        else if (_isGap) _lostAtStart += lost;
        (_pageStart, _inPage, _isFirstPage, _isGap) = (_packets.Granule, 0, false, false);
        return count;
    }

    private void StartStream()
    {
        try
        {
            var setup = ReadHeaders(_packets);
            if (setup is null || setup.SampleRate != SampleRate || setup.Channels != Channels)
            {
                throw new AudioFormatException(_name, string.Create(CultureInfo.InvariantCulture,
                    $"it changes at {(double)_position / SampleRate:0.##} s to another Vorbis stream that does not continue it")
                    + $" ({(setup is null ? "floor type 0" : $"{setup.SampleRate} Hz, {setup.Channels} channels")}). Cut it "
                    + "there, or convert it to WAV.");
            }

            (_setup, _decoder, _pageStart, _inPage, _isFirstPage, _isGap) = (setup, new(setup), 0, 0, true, false);
        }
        catch (VorbisException e)
        {
            throw Damaged(_name, e);
        }
    }

    private void Mix(int from, int count)
    {
        (_at, _end) = (0, count - from);
        var mono = _mono.AsSpan(0, _end);
        var all = _all.AsSpan(0, Channels * mono.Length); // channel by channel
        mono.Clear();
        for (var channel = 0; channel < Channels; channel++)
        {
            var samples = all.Slice(channel * mono.Length, mono.Length);
            _decoder.Samples(channel, count)[from..].CopyTo(samples);
            Tiny.Flush(samples);
            for (var i = 0; i < mono.Length; i++) mono[i] += samples[i];
        }

        if (Channels > 1)
        {
            foreach (ref var sample in mono) sample /= Channels;
            Tiny.Flush(mono);
        }

        Levels.Add(all, mono);
        FiniteSamples.Check(mono, _position - mono.Length, SampleRate, _name);
    }

    private static string Codec(ReadOnlySpan<byte> packet) =>
        packet.StartsWith("OpusHead"u8) ? "Ogg Opus" : packet.StartsWith("\u007FFLAC"u8) ? "FLAC in Ogg"
        : packet.StartsWith("Speex"u8) ? "Ogg Speex" : AudioContent.Ogg;

    private static AudioFormatException Damaged(string name, VorbisException e) => new(name,
        $"its Ogg Vorbis headers cannot be read: {e.Message}. The file is damaged.", e);
}
