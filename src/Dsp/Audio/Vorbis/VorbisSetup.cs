using System.Buffers.Binary;

namespace Engine.Dsp.Audio.Vorbis;

/// <summary>
/// The headers of a Vorbis stream: what every packet is decoded by. Source: Vorbis I, 4.2. Everything in it is checked here, and
/// its size limited, so that decoding needs no checks and little memory.
/// </summary>
internal sealed class VorbisSetup
{
    // Entries and values of all codebooks together, for a byte of the setup and at most.
    private const int CodebookShare = 1 << 7, CodebookLimit = 1 << 19;

    private const int IdentificationBytes = 30;

    private VorbisSetup(int channels, int sampleRate, int shortBlock, int longBlock)
    {
        (Channels, SampleRate, BlockSizes) = (channels, sampleRate, [shortBlock, longBlock]);
    }

    /// <summary>Channels.</summary>
    public int Channels { get; }

    /// <summary>Samples per second.</summary>
    public int SampleRate { get; }

    /// <summary>Samples of a short and of a long block.</summary>
    public int[] BlockSizes { get; }

    /// <summary>All codebooks.</summary>
    public Codebook[] Books { get; private set; } = [];

    /// <summary>All floors.</summary>
    public Floor[] Floors { get; private set; } = [];

    /// <summary>All residues.</summary>
    public Residue[] Residues { get; private set; } = [];

    /// <summary>All mappings.</summary>
    public Mapping[] Mappings { get; private set; } = [];

    /// <summary>By mode: whether its block is long, and its mapping.</summary>
    public (bool IsLong, int Mapping)[] Modes { get; private set; } = [];

    /// <summary>How channels are coupled and which floor and residue each has.</summary>
    /// <param name="Steps">Pairs of channels coded as magnitude and angle.</param>
    /// <param name="Submaps">A channel's submap each.</param>
    /// <param name="Parts">By submap: floor and residue.</param>
    public sealed record Mapping((int Magnitude, int Angle)[] Steps, int[] Submaps, (int Floor, int Residue)[] Parts);

    /// <summary>Whether a packet is the first of a Vorbis stream.</summary>
    public static bool IsIdentification(ReadOnlySpan<byte> packet) => packet.StartsWith("\x01vorbis"u8);

    /// <summary>Reads the identification header.</summary>
    /// <exception cref="VorbisException">It has a forbidden value.</exception>
    public static VorbisSetup Read(ReadOnlySpan<byte> packet)
    {
        if (!IsIdentification(packet) || packet.Length < IdentificationBytes)
            throw new VorbisException("a stream does not start with an identification header");
        var (version, channels) = (BinaryPrimitives.ReadUInt32LittleEndian(packet[7..]), packet[11]);
        var rate = BinaryPrimitives.ReadUInt32LittleEndian(packet[12..]);
        var (shortBits, longBits) = (packet[28] & 15, packet[28] >> 4);
        if (version != 0) throw new VorbisException($"its version is {version}; only 0 is known");
        if (channels == 0) throw new VorbisException("it declares 0 channels");
        if (rate is < AudioHeader.LowestRate or > AudioHeader.HighestRate)
        {
            throw new VorbisException($"it declares {rate} Hz; a sample rate must be {AudioHeader.LowestRate} to "
                + $"{AudioHeader.HighestRate} Hz");
        }

        if (shortBits < 6 || longBits > 13 || shortBits > longBits)
            throw new VorbisException($"its block sizes are 2^{shortBits} and 2^{longBits}; they must be 2^6 to 2^13");
        return new(channels, (int)rate, 1 << shortBits, 1 << longBits);
    }

    /// <summary>Reads the setup header; false if it has a floor of type 0, which is not decoded here.</summary>
    /// <param name="packet">The third packet, followed by eight more bytes.</param>
    /// <param name="length">Its length.</param>
    /// <exception cref="VorbisException">It has a forbidden value.</exception>
    public bool ReadSetup(ReadOnlySpan<byte> packet, int length)
    {
        if (!packet.StartsWith("\x05vorbis"u8)) throw new VorbisException("its third packet is no setup header");
        var bits = new PacketReader(packet, length);
        bits.Skip(8 * 7);
        var budget = (int)Math.Min((long)CodebookShare * length, CodebookLimit);
        Books = new Codebook[bits.Read(8) + 1];
        for (var i = 0; i < Books.Length; i++) Books[i] = new(ref bits, ref budget);
        for (var left = bits.Read(6) + 1; left > 0; left--) bits.Skip(16); // time-domain transforms, of which there are none
        Floors = new Floor[bits.Read(6) + 1];
        for (var i = 0; i < Floors.Length; i++)
        {
            var type = bits.Read(16);
            if (type == 0) return false;
            if (type != 1) throw new VorbisException($"a floor has type {type}");
            Floors[i] = new(ref bits, Books);
        }

        Residues = new Residue[bits.Read(6) + 1];
        for (var i = 0; i < Residues.Length; i++) Residues[i] = new(ref bits, Books);
        Mappings = new Mapping[bits.Read(6) + 1];
        for (var i = 0; i < Mappings.Length; i++) Mappings[i] = ReadMapping(ref bits);
        Modes = new (bool, int)[bits.Read(6) + 1];
        for (var i = 0; i < Modes.Length; i++)
        {
            var isLong = bits.ReadFlag();
            if (bits.ReadWide(32) != 0) throw new VorbisException("a mode has a window or transform that does not exist");
            Modes[i] = (isLong, Check(bits.Read(8), Mappings.Length, "mapping"));
        }

        return bits.ReadFlag() && !bits.IsPastEnd ? true : throw new VorbisException("its setup header is cut short");
    }

    /// <summary>Checks an index that the setup refers to.</summary>
    /// <exception cref="VorbisException">There is no such thing.</exception>
    public static int Check(int index, int count, string what) =>
        index < count ? index : throw new VorbisException($"its setup refers to {what} {index} of {count}");

    private Mapping ReadMapping(ref PacketReader bits)
    {
        if (bits.Read(16) is var type and not 0) throw new VorbisException($"a mapping has type {type}");
        var submaps = bits.ReadFlag() ? bits.Read(4) + 1 : 1;
        var steps = new (int Magnitude, int Angle)[bits.ReadFlag() ? bits.Read(8) + 1 : 0];
        var width = 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)(Channels - 1));
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = (Check(bits.Read(width), Channels, "channel"), Check(bits.Read(width), Channels, "channel"));
            if (steps[i].Magnitude == steps[i].Angle) throw new VorbisException("a channel is coupled with itself");
        }

        bits.Skip(2);
        var mux = new int[Channels];
        for (var i = 0; i < Channels && submaps > 1; i++) mux[i] = Check(bits.Read(4), submaps, "submap");
        var parts = new (int Floor, int Residue)[submaps];
        for (var i = 0; i < submaps; i++)
        {
            bits.Skip(8);
            parts[i] = (Check(bits.Read(8), Floors.Length, "floor"), Check(bits.Read(8), Residues.Length, "residue"));
        }

        return new(steps, mux, parts);
    }
}
