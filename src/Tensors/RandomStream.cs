using System.Text;

namespace Engine.Tensors;

/// <summary>
/// A named stream of random numbers from one seed. Streams of different names are independent, so drawing more from one (shuffle,
/// say) never shifts another (dropout). Counter-based Philox 4×32-10: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
/// easy as 1, 2, 3", SC 2011.
/// </summary>
public sealed class RandomStream
{
    private readonly ulong _key;
    private readonly ulong _stream;
    private readonly uint[] _block = new uint[4];
    private ulong _counter;
    private int _used = 4;

    /// <summary>Opens the stream <paramref name="name"/> of <paramref name="seed"/> at its start.</summary>
    public RandomStream(ulong seed, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        _key = seed;
        _stream = Hash(name);
    }

    /// <summary>How many 32-bit words have been drawn: the stream's entire state. Setting it moves the stream there.</summary>
    public ulong Position
    {
        get => _counter * 4 - (ulong)(4 - _used);
        set
        {
            _counter = value / 4;
            _used = 4;
            for (var skip = value % 4; skip > 0; skip--) NextUInt32();
        }
    }

    internal ulong Key => _key;

    internal ulong Stream => _stream;

    /// <summary>
    /// Sets aside the numbers of <paramref name="blocks"/> whole blocks of four words for a caller that computes them in
    /// parallel, and returns the first block's counter.
    /// </summary>
    internal ulong Reserve(long blocks)
    {
        var first = (Position + 3) / 4;
        Position = (first + (ulong)blocks) * 4;
        return first;
    }

    /// <summary>The next 32 random bits.</summary>
    public uint NextUInt32()
    {
        if (_used == 4)
        {
            Philox(_key, _stream, _counter++, _block);
            _used = 0;
        }

        return _block[_used++];
    }

    /// <summary>A uniform number in [0, 1) with 53 random bits.</summary>
    public double NextDouble() => (((ulong)NextUInt32() << 21) ^ (NextUInt32() >> 11)) * (1.0 / (1UL << 53));

    /// <summary>A uniform integer in [0, <paramref name="exclusiveMax"/>), without bias (Lemire's rejection).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is below 1.</exception>
    public int NextInt(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(exclusiveMax, 1);
        var bound = (uint)exclusiveMax;
        var product = (ulong)NextUInt32() * bound;
        if ((uint)product < bound)
        {
            var threshold = (0u - bound) % bound;
            while ((uint)product < threshold) product = (ulong)NextUInt32() * bound;
        }

        return (int)(product >> 32);
    }

    /// <summary>
    /// A normally distributed number with mean 0 and deviation 1 (Box and Muller 1958; one of the pair is used).
    /// </summary>
    public double NextGaussian() =>
        Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>Shuffles in place (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> values)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = NextInt(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    /// <summary>
    /// Philox 4×32-10: four random words for (<paramref name="key"/>, <paramref name="stream"/>, <paramref name="counter"/>).
    /// </summary>
    public static void Philox(ulong key, ulong stream, ulong counter, Span<uint> block)
    {
        uint c0 = (uint)counter, c1 = (uint)(counter >> 32), c2 = (uint)stream, c3 = (uint)(stream >> 32);
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (var round = 0; round < 10; round++)
        {
            var p0 = 0xD2511F53UL * c0;
            var p1 = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        block[3] = c3;
        block[2] = c2;
        block[1] = c1;
        block[0] = c0;
    }

    // FNV-1a, 64 bits: the stream's name becomes half of the counter.
    private static ulong Hash(string name)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var b in Encoding.UTF8.GetBytes(name)) hash = (hash ^ b) * 0x100000001B3UL;
        return hash;
    }
}
