namespace Engine.Dsp.Audio.Vorbis;

/// <summary>The residue: what the spectrum is when divided by its floor, quantised by vectors, in up to eight passes over
/// partitions. Source: Vorbis I, 8.</summary>
internal sealed class Residue
{
    private const int Passes = 8;

    private readonly int _type, _begin, _end, _partition, _classBook;
    private readonly int[][] _books; // by class and pass
    private readonly int[][] _classes = new int[256][]; // of a channel's partitions

    /// <summary>Reads a residue's configuration.</summary>
    /// <exception cref="VorbisException">It has a forbidden value.</exception>
    public Residue(ref PacketReader bits, Codebook[] books)
    {
        _type = bits.Read(16);
        if (_type > 2) throw new VorbisException($"a residue has type {_type}");
        (_begin, _end, _partition) = (bits.Read(24), bits.Read(24), bits.Read(24) + 1);
        var classes = bits.Read(6) + 1;
        _classBook = VorbisSetup.Check(bits.Read(8), books.Length, "codebook");
        if (books[_classBook].Dimensions == 0) throw new VorbisException("a residue's classes have no dimension");
        var cascades = new int[classes];
        for (var i = 0; i < classes; i++)
        {
            cascades[i] = bits.Read(3);
            if (bits.ReadFlag()) cascades[i] |= bits.Read(5) << 3;
        }

        _books = new int[classes][];
        for (var i = 0; i < classes; i++)
        {
            _books[i] = new int[Passes];
            for (var pass = 0; pass < Passes; pass++)
            {
                _books[i][pass] = -1;
                if ((cascades[i] >> pass & 1) == 0) continue;
                var book = _books[i][pass] = VorbisSetup.Check(bits.Read(8), books.Length, "codebook");
                if (!books[book].HasVectors || books[book].Dimensions == 0)
                    throw new VorbisException("a residue uses a codebook without values");
            }
        }
    }

    /// <summary>Decodes the residue of some channels and adds it to their spectra.</summary>
    /// <param name="bits">At its start; its end ends the residue, which is no error.</param>
    /// <param name="books">All codebooks.</param>
    /// <param name="spectra">The channels' spectra; of silent ones, which are not coded in types 0 and 1, null.</param>
    /// <param name="length">Lines of a spectrum.</param>
    /// <param name="interleaved">Scratch space for type 2: all channels' lines.</param>
    public void Decode(ref PacketReader bits, Codebook[] books, ReadOnlySpan<float[]?> spectra, int length, float[] interleaved)
    {
        if (_type != 2)
        {
            Decode(ref bits, books, spectra, length);
            return;
        }

        var channels = spectra.Length;
        interleaved.AsSpan(0, channels * length).Clear();
        Decode(ref bits, books, new ReadOnlySpan<float[]?>([interleaved]), channels * length);
        for (var channel = 0; channel < channels; channel++)
        {
            if (spectra[channel] is not { } spectrum) continue;
            for (int i = 0, at = channel; i < length; i++, at += channels) spectrum[i] = interleaved[at];
        }
    }

    private void Decode(ref PacketReader bits, Codebook[] books, ReadOnlySpan<float[]?> spectra, int length)
    {
        var (begin, end) = (Math.Min(_begin, length), Math.Min(_end, length));
        var partitions = (end - begin) / _partition;
        if (partitions <= 0) return;
        var classBook = books[_classBook];
        for (var channel = 0; channel < spectra.Length; channel++)
        {
            if (_classes[channel] is null || _classes[channel].Length < partitions + classBook.Dimensions)
                _classes[channel] = new int[partitions + classBook.Dimensions];
        }

        for (var pass = 0; pass < Passes; pass++)
        {
            for (var first = 0; first < partitions; first += classBook.Dimensions)
            {
                if (pass == 0 && !ReadClasses(ref bits, classBook, spectra, first)) return;
                var last = Math.Min(first + classBook.Dimensions, partitions);
                for (var partition = first; partition < last; partition++)
                {
                    for (var channel = 0; channel < spectra.Length; channel++)
                    {
                        if (spectra[channel] is not { } spectrum) continue;
                        var book = _books[_classes[channel][partition]][pass];
                        var target = spectrum.AsSpan(begin + partition * _partition, _partition);
                        if (book >= 0 && !Add(ref bits, books[book], target)) return;
                    }
                }
            }
        }
    }

    /// <summary>One codeword holds the classes of several partitions.</summary>
    private bool ReadClasses(ref PacketReader bits, Codebook book, ReadOnlySpan<float[]?> spectra, int first)
    {
        for (var channel = 0; channel < spectra.Length; channel++)
        {
            if (spectra[channel] is null) continue;
            var code = book.Decode(ref bits);
            if (code < 0) return false;
            for (var i = book.Dimensions - 1; i >= 0; i--)
            {
                _classes[channel][first + i] = code % _books.Length;
                code /= _books.Length;
            }
        }

        return true;
    }

    private bool Add(ref PacketReader bits, Codebook book, Span<float> target)
    {
        if (_type == 0)
        {
            var step = target.Length / book.Dimensions;
            for (var i = 0; i < step; i++)
            {
                var entry = book.Decode(ref bits);
                if (entry < 0) return false;
                var vector = book.Vector(entry);
                for (var k = 0; k < vector.Length; k++) target[i + k * step] += vector[k];
            }

            return true;
        }

        while (target.Length > 0)
        {
            var entry = book.Decode(ref bits);
            if (entry < 0) return false;
            var vector = book.Vector(entry);
            var count = Math.Min(vector.Length, target.Length);
            for (var k = 0; k < count; k++) target[k] += vector[k];
            target = target[count..];
        }

        return true;
    }
}
