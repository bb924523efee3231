namespace Engine.Dsp.Tags.Writing;

/// <summary>
/// The header packets of an Ogg stream that follow its first page, up to the first page that ends with a packet: Vorbis' comments
/// and codebooks, or Opus' comments alone.
/// </summary>
/// <param name="First">The first page.</param>
/// <param name="Codec">Its codec.</param>
/// <param name="Packets">The packets; the comments come first.</param>
/// <param name="Pages">How many pages hold them.</param>
/// <param name="LastPage">The last of these pages.</param>
internal sealed record OggHeaders(
    OggPage First, OggFile.Codec Codec, IReadOnlyList<byte[]> Packets, int Pages, OggPage LastPage)
{
    /// <summary>Where the pages behind them start.</summary>
    public long End => LastPage.Content + LastPage.Size;

    /// <summary>Reads them.</summary>
    /// <exception cref="TagException">They are damaged, or several streams are interleaved.</exception>
    public static OggHeaders Read(FileBytes file, string name)
    {
        if (OggPage.At(file, 0) is not { } first || OggFile.CodecOf(file, first) is not { } codec)
            throw new TagException(name, "its first Ogg stream is not Vorbis, Opus, FLAC or Speex; its tag cannot be written.");
        var (packets, packet, pages) = (new List<byte[]>(), new MemoryStream(), 0);
        var at = first.Content + first.Size;
        while (true)
        {
            if (OggPage.At(file, at) is not { } page || page.Content + page.Size > file.Length)
                throw new TagException(name, "its Ogg headers are cut short or damaged.");
            if (page.Serial != first.Serial)
                throw new TagException(name, "several Ogg streams are interleaved in it, as in a video; its tag cannot be "
                    + "written.");
            pages++;
            var content = new byte[page.Size];
            file.Fill(page.Content, content);
            var from = 0;
            foreach (var segment in page.Segments)
            {
                packet.Write(content, from, segment);
                from += segment;
                if (segment == 255) continue;
                packets.Add(packet.ToArray());
                packet.SetLength(0);
            }

            if (packet.Length > GenreEdit.LargestTag)
                throw new TagException(name, $"its comments have more than {GenreEdit.LargestTag} bytes.");
            at = page.Content + page.Size;
            if (packets.Count > 0 && packet.Length == 0 && page.Segments is [.., < 255])
                return new(first, codec, packets, pages, page);
        }
    }
}
