using System.Numerics;

namespace Engine.Dsp.Fft;

/// <summary>A transform whose length is a product of 2, 3, 5 and 7: one Stockham pass per factor.</summary>
internal sealed unsafe class MixedRadix<T> : Transform<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Room after each half of a buffer for the surplus lanes of a middle pass. It also keeps the halves from being whole pages
    // apart: loads would then wait for stores whose addresses agree in their last 12 bits.
    private const int Padding = 48;

    private static readonly int[] s_firstChoice = [8, 4, 7, 5, 3, 2, 1];

    private readonly Pass<T>[] _first;
    private readonly Pass<T>[] _middle;
    private readonly Pass<T>[] _last;
    private readonly int _half;

    /// <summary>Plans the passes of <paramref name="factors"/>, in order.</summary>
    public MixedRadix(int length, int[] factors)
    {
        Length = length;
        _half = ((length + 15) & ~15) + Padding;
        _middle = new Pass<T>[factors.Length - 2];
        var (m, s) = (length / factors[0], factors[0]);
        // An odd radix transposes best in vectors as wide as the next power of two.
        var columns = factors[0] switch { 3 => Math.Min(m, 4), 5 or 7 => Math.Min(m, 8), _ => m };
        _first = Widths.Filled<T, Pass<T>[], FirstPassMaker<T>>(columns, new(factors[0], m, Roots(factors[0], m)));
        for (var i = 0; i < _middle.Length; i++)
        {
            var radix = factors[i + 1];
            m /= radix;
            _middle[i] = Widths.Covering<T, Pass<T>, MiddlePassMaker<T>>(s, new(radix, m, s, Roots(radix, m)));
            s *= radix;
        }

        _last = Widths.Filled<T, Pass<T>[], LastPassMaker<T>>(s, new(factors[^1], s));
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override int ScratchLength => checked(4 * _half);

    /// <inheritdoc/>
    public override void Run(T* a, T* b, Layout from, T* re, T* im, Layout to, T* scratch)
    {
        T* x = scratch, y = scratch + 2 * _half;
        _first[(int)from].Run(a, b, x, x + _half);
        foreach (var pass in _middle)
        {
            pass.Run(x, x + _half, y, y + _half);
            var next = x;
            x = y;
            y = next;
        }

        _last[(int)to].Run(x, x + _half, re, im);
    }

    /// <summary>
    /// The radices of the passes, at least two of them (1 counts as one); null if <paramref name="length"/> has a prime factor
    /// other than 2, 3, 5 and 7.
    /// </summary>
    public static int[]? Factor(int length)
    {
        var factors = new List<int>();
        var rest = length;
        foreach (var prime in (ReadOnlySpan<int>)[3, 5, 7])
            for (; rest % prime == 0; rest /= prime) factors.Add(prime);
        if (!BitOperations.IsPow2(rest)) return null;

        factors.AddRange(PowersOfTwo(BitOperations.Log2((uint)rest)));

        // The first pass sets the length of the next one's rows, and is fastest for powers of two; after that, the longer the
        // rows, the more a large radix with its many twiddles pays off.
        factors.Sort();
        var first = s_firstChoice.First(radix => radix == 1 || factors.Contains(radix));
        factors.Remove(first);
        factors.Insert(0, first);
        while (factors.Count < 2) factors.Insert(0, 1);
        return [.. factors];
    }

    /// <summary>The radices of 2^<paramref name="twos"/>, small ones first: eights, but no 2 where two fours suffice.</summary>
    public static List<int> PowersOfTwo(int twos)
    {
        var eights = twos % 3 == 1 && twos > 1 ? twos / 3 - 1 : twos / 3;
        int[] rest = (twos - 3 * eights) switch { 0 => [], 1 => [2], 2 => [4], _ => [4, 4] };
        return [.. rest, .. Enumerable.Repeat(8, eights)];
    }

    /// <summary>The twiddles of one pass, laid out as <see cref="ITwiddle{V, T}"/> reads them.</summary>
    public static Table<T> Roots(int radix, int m)
    {
        var table = new Table<T>(checked(2 * (radix - 1) * m));
        for (var j = 1; j < radix; j++)
        {
            for (var p = 0; p < m; p++)
            {
                var (re, im) = Twiddles.Root<T>((long)j * p, (long)radix * m);
                table.Span[(2 * j - 2) * m + p] = re;
                table.Span[(2 * j - 1) * m + p] = im;
            }
        }

        return table;
    }
}
