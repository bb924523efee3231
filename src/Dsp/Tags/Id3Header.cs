namespace Engine.Dsp.Tags;

/// <summary>The ten bytes before an ID3v2 tag.</summary>
/// <param name="Version">2, 3 or 4: of ID3v2.2, 2.3 or 2.4.</param>
/// <param name="Flags">Its flags.</param>
/// <param name="Size">Bytes after this header, without the footer.</param>
internal readonly record struct Id3Header(int Version, byte Flags, int Size)
{
    /// <summary>Bytes of a header, and of a footer.</summary>
    public const int Bytes = 10;

    private const byte UnsynchronisedFlag = 0x80, ExtendedFlag = 0x40, FooterFlag = 0x10;

    /// <summary>Whether zeros were inserted: everywhere in the tag, or in version 4 in every frame.</summary>
    public bool IsUnsynchronised => (Flags & UnsynchronisedFlag) != 0;

    /// <summary>Whether there is an extended header.</summary>
    public bool IsExtended => Version > 2 && (Flags & ExtendedFlag) != 0;

    /// <summary>Whether the whole tag is compressed, by a method that was never specified.</summary>
    public bool IsCompressed => Version == 2 && (Flags & ExtendedFlag) != 0;

    /// <summary>Whether a copy of the header ends the tag.</summary>
    public bool HasFooter => Version == 4 && (Flags & FooterFlag) != 0;

    /// <summary>Bytes of the whole tag.</summary>
    public long Total => Bytes + (long)Size + (HasFooter ? Bytes : 0);

    /// <summary>The header at a position, or null.</summary>
    public static Id3Header? At(FileBytes file, long at)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        if (!file.Fill(at, bytes) || !bytes.StartsWith("ID3"u8) || bytes[3] is < 2 or > 4 || bytes[4] == 0xFF) return null;
        return (bytes[6] | bytes[7] | bytes[8] | bytes[9]) < 0x80
            ? new(bytes[3], bytes[5], Synchsafe(bytes[6..])) : null;
    }

    /// <summary>Where the audio starts behind the tags at the start of a file: some files have two.</summary>
    public static long End(FileBytes file, long at)
    {
        for (var tags = 0; tags < 8 && At(file, at) is { } header; tags++) at += header.Total;
        return at;
    }

    /// <summary>A number of 28 bits, seven in each of four bytes.</summary>
    public static int Synchsafe(ReadOnlySpan<byte> bytes) =>
        (bytes[0] & 0x7F) << 21 | (bytes[1] & 0x7F) << 14 | (bytes[2] & 0x7F) << 7 | (bytes[3] & 0x7F);

    /// <summary>Writes such a number.</summary>
    public static void PutSynchsafe(Span<byte> to, int value)
    {
        for (var i = 3; i >= 0; i--, value >>= 7) to[i] = (byte)(value & 0x7F);
    }
}
