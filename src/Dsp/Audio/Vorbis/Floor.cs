namespace Engine.Dsp.Audio.Vorbis;

/// <summary>
/// A floor of type 1: the spectrum's envelope, as straight lines in decibels between points. Source: Vorbis I, 7.
/// </summary>
internal sealed class Floor
{
    private const int MostPoints = 65;

    private static readonly int[] s_ranges = [256, 128, 86, 64];

    // From −140 dB to 0: the base of the exponent is that of the table in the specification.
    private static readonly float[] s_levels = FloorLevels.Make();

    private readonly int[] _partitions, _positions, _order, _low, _high;
    private readonly (int Dimensions, int SubclassBits, int Master, int[] Books)[] _classes;
    private readonly int _multiplier;

    /// <summary>Reads a floor's configuration.</summary>
    /// <exception cref="VorbisException">It has a forbidden value.</exception>
    public Floor(ref PacketReader bits, Codebook[] books)
    {
        _partitions = new int[bits.Read(5)];
        for (var i = 0; i < _partitions.Length; i++) _partitions[i] = bits.Read(4);
        _classes = new (int, int, int, int[])[_partitions.Length == 0 ? 0 : _partitions.Max() + 1];
        for (var i = 0; i < _classes.Length; i++)
        {
            var (dimensions, subclassBits) = (bits.Read(3) + 1, bits.Read(2));
            var master = subclassBits > 0 ? VorbisSetup.Check(bits.Read(8), books.Length, "codebook") : -1;
            var subbooks = new int[1 << subclassBits];
            for (var k = 0; k < subbooks.Length; k++)
            {
                var book = bits.Read(8) - 1;
                subbooks[k] = book < 0 ? -1 : VorbisSetup.Check(book, books.Length, "codebook");
            }

            _classes[i] = (dimensions, subclassBits, master, subbooks);
        }

        _multiplier = bits.Read(2) + 1;
        var width = bits.Read(4);
        var positions = new List<int> { 0, 1 << width };
        foreach (var partition in _partitions)
        {
            for (var k = 0; k < _classes[partition].Dimensions; k++) positions.Add(bits.Read(width));
        }

        if (positions.Count > MostPoints || positions.Distinct().Count() < positions.Count)
            throw new VorbisException("a floor's points are too many or not distinct");
        _positions = [.. positions];
        _order = [.. Enumerable.Range(0, _positions.Length).OrderBy(i => _positions[i])];
        (_low, _high) = (new int[_positions.Length], new int[_positions.Length]);
        for (var i = 2; i < _positions.Length; i++)
        {
            var before = Enumerable.Range(0, i);
            var at = _positions[i];
            _low[i] = before.Where(k => _positions[k] < at).MaxBy(k => _positions[k]);
            _high[i] = before.Where(k => _positions[k] > at).MinBy(k => _positions[k]);
        }
    }

    /// <summary>Points of the curve.</summary>
    public int Points => _positions.Length;

    /// <summary>Decodes the points' heights; false if the channel is silent.</summary>
    public bool Decode(ref PacketReader bits, Codebook[] books, Span<int> heights)
    {
        if (!bits.ReadFlag()) return false;
        var range = s_ranges[_multiplier - 1];
        var width = 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)(range - 1));
        (heights[0], heights[1]) = (bits.Read(width), bits.Read(width));
        var at = 2;
        foreach (var partition in _partitions)
        {
            var (dimensions, subclassBits, master, subbooks) = _classes[partition];
            var selector = 0;
            if (subclassBits > 0 && (selector = books[master].Decode(ref bits)) < 0) return false;
            for (var k = 0; k < dimensions; k++, at++)
            {
                var book = subbooks[selector & ((1 << subclassBits) - 1)];
                selector >>= subclassBits;
                heights[at] = book < 0 ? 0 : books[book].Decode(ref bits);
                if (heights[at] < 0) return false;
            }
        }

        return !bits.IsPastEnd;
    }

    /// <summary>Multiplies a spectrum by the curve.</summary>
    /// <param name="heights">As decoded; overwritten.</param>
    /// <param name="spectrum">The residue, in place.</param>
    public void Apply(Span<int> heights, Span<float> spectrum)
    {
        Span<bool> isUsed = stackalloc bool[MostPoints];
        isUsed.Clear();
        Predict(heights, isUsed);
        var (x, y) = (0, Math.Clamp(heights[0] * _multiplier, 0, 255));
        foreach (var i in _order.AsSpan(1))
        {
            if (!isUsed[i]) continue;
            var (toX, toY) = (_positions[i], Math.Clamp(heights[i] * _multiplier, 0, 255));
            Line(x, y, toX, toY, spectrum);
            (x, y) = (toX, toY);
        }

        for (; x < spectrum.Length; x++) spectrum[x] *= s_levels[y];
    }

    /// <summary>Heights are coded as differences from the line between their neighbours.</summary>
    private void Predict(Span<int> heights, Span<bool> isUsed)
    {
        isUsed[0] = isUsed[1] = true;
        var range = s_ranges[_multiplier - 1];
        for (var i = 2; i < _positions.Length; i++)
        {
            var (low, high) = (_low[i], _high[i]);
            var predicted = Between(_positions[low], heights[low], _positions[high], heights[high], _positions[i]);
            var coded = heights[i];
            heights[i] = predicted;
            if (coded == 0) continue;
            isUsed[i] = isUsed[low] = isUsed[high] = true;
            var (above, below) = (range - predicted, predicted);
            var room = 2 * Math.Min(above, below);
            heights[i] = coded >= room ? (above > below ? coded : range - 1 - coded)
                : (coded & 1) != 0 ? predicted - (coded + 1) / 2 : predicted + coded / 2;
            heights[i] = Math.Clamp(heights[i], 0, range - 1);
        }
    }

    private static int Between(int x0, int y0, int x1, int y1, int x)
    {
        var offset = Math.Abs(y1 - y0) * (x - x0) / (x1 - x0);
        return y1 < y0 ? y0 - offset : y0 + offset;
    }

    /// <summary>Bresenham's line, without its last point.</summary>
    private static void Line(int x0, int y0, int x1, int y1, Span<float> spectrum)
    {
        var (width, height) = (x1 - x0, y1 - y0);
        var slope = height / width;
        var (rest, step, error) = (Math.Abs(height) - Math.Abs(slope * width), height < 0 ? slope - 1 : slope + 1, 0);
        var (end, y) = (Math.Min(x1, spectrum.Length), y0);
        for (var x = x0; x < end; x++)
        {
            spectrum[x] *= s_levels[y];
            error += rest;
            if (error >= width)
            {
                error -= width;
                y += step;
            }
            else
            {
                y += slope;
            }
        }
    }
}
