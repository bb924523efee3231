using System.Globalization;

namespace Engine.Dsp.Audio.Mpeg;

/// <summary>Decodes codewords by two look-ups: the first eight bits, then, for longer ones, the rest.</summary>
internal sealed class HuffmanTable
{
    private const int RootBits = 8, LengthBits = 5;

    // A code: symbol and length. A link to a second part: its start and the bits that select within it, negated.
    private readonly int[] _entries;

    private HuffmanTable(string tree)
    {
        var (leaves, code) = (new List<(uint Code, int Length, int Symbol)>(), 0u);
        for (var i = 0; i < tree.Length; i += 3)
        {
            var length = tree[i] <= '9' ? tree[i] - '0' : tree[i] - 'a' + 10;
            leaves.Add((code, length, int.Parse(tree.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
            code += 1u << (32 - length);
        }

        var entries = new List<int>(new int[1 << RootBits]);
        foreach (var group in leaves.GroupBy(l => l.Code >> (32 - RootBits)))
        {
            var bits = group.Max(l => l.Length) - RootBits;
            var start = entries.Count;
            if (bits > 0)
            {
                entries[(int)group.Key] = -(start << LengthBits | bits);
                entries.AddRange(new int[1 << bits]);
            }

            foreach (var (first, length, symbol) in group)
            {
                var width = bits > 0 ? RootBits + bits : RootBits;
                var at = bits > 0 ? start + (int)(first << RootBits >> (32 - bits)) : (int)(first >> (32 - RootBits));
                for (var i = 0; i < 1 << (width - length); i++) entries[at + i] = symbol << LengthBits | length;
            }
        }

        _entries = [.. entries];
    }

    /// <summary>By <c>table_select</c>: the tree and the bits that follow a value of 15. Tables 4 and 14 do not exist; table 0
    /// has no codes, only zeros.</summary>
    public static readonly (HuffmanTable? Table, int LinearBits)[] Pairs = MakePairs();

    /// <summary>By <c>count1table_select</c>: four values of one bit each.</summary>
    public static readonly HuffmanTable[] Quadruples = [new(HuffmanData.Trees[^2]), new(HuffmanData.Trees[^1])];

    /// <summary>Decodes and passes a codeword.</summary>
    public int Decode(ref BitReader bits)
    {
        var window = bits.Window;
        var entry = _entries[(int)(window >> (64 - RootBits))];
        if (entry < 0)
        {
            entry = -entry;
            entry = _entries[(entry >> LengthBits) + (int)(window << RootBits >> (64 - (entry & ((1 << LengthBits) - 1))))];
        }

        bits.Position += entry & ((1 << LengthBits) - 1);
        return entry >> LengthBits;
    }

    private static (HuffmanTable? Table, int LinearBits)[] MakePairs()
    {
        int[] names = [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 24];
        var pairs = new (HuffmanTable? Table, int LinearBits)[32];
        for (var i = 0; i < names.Length; i++) pairs[names[i]] = (new(HuffmanData.Trees[i]), 0);
        int[] from16 = [1, 2, 3, 4, 6, 8, 10, 13], from24 = [4, 5, 6, 7, 8, 9, 11, 13];
        for (var i = 0; i < 8; i++) pairs[16 + i] = (pairs[16].Table, from16[i]);
        for (var i = 0; i < 8; i++) pairs[24 + i] = (pairs[24].Table, from24[i]);
        return pairs;
    }
}
