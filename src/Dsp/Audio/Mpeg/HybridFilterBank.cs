using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Dsp.Audio.Mpeg;

/// <summary>
/// Layer III's second filter bank, backwards: reorders short blocks, undoes the alias reduction and turns each subband's 18
/// spectral lines into 18 samples by the inverse MDCT, its window and the overlap with the granule before (ISO/IEC 11172-3,
/// 2.4.3.4.8 to 10). Transform, window and the inversion of odd samples in odd subbands are one product with a constant
/// matrix of 18 × 36 for each block type, short ones included: less work than the rest of decoding, and no special case.
/// </summary>
internal sealed class HybridFilterBank
{
    private const int Subbands = 32, Width = 18, Half = 24, Row = 2 * Half; // halves of 18 are padded to three vectors

    // By block type, and, from 4 on, for odd subbands.
    private static readonly float[][] s_matrices = [.. Enumerable.Range(0, 8).Select(i => Matrix(i & 3, i >= 4))];

    private static readonly float[] s_aliasCosine, s_aliasSine;

    private readonly float[] _overlap = new float[Subbands * Half];
    private readonly float[] _ordered = new float[SpectrumDecoder.Lines];

    static HybridFilterBank()
    {
        double[] coefficients = [-0.6, -0.535, -0.33, -0.185, -0.095, -0.041, -0.0142, -0.0037];
        s_aliasCosine = [.. coefficients.Select(c => (float)(1 / Math.Sqrt(1 + c * c)))];
        s_aliasSine = [.. coefficients.Select(c => (float)(c / Math.Sqrt(1 + c * c)))];
    }

    /// <summary>Forgets the granule before.</summary>
    public void Reset() => Array.Clear(_overlap);

    /// <summary>Transforms a granule.</summary>
    /// <param name="granule">Its block type.</param>
    /// <param name="rate">The row of tables.</param>
    /// <param name="spectrum">Its lines, as coded; overwritten.</param>
    /// <param name="used">Where they are only zeros from.</param>
    /// <param name="subbands">Receives 18 samples of each subband, at its row's <paramref name="slot"/>.</param>
    /// <param name="slot">The granule's first sample.</param>
    public void Transform(Granule granule, int rate, Span<float> spectrum, int used, Span<float> subbands, int slot)
    {
        var isShort = granule.BlockType == Granule.ShortBlocks;
        if (isShort && used > 0)
        {
            Reorder(granule, rate, spectrum);
            used = SpectrumDecoder.Lines;
        }

        var boundaries = !isShort ? Subbands - 1 : granule.IsMixed ? 1 : 0;
        boundaries = Math.Min(boundaries, (used + Width - 1) / Width);
        for (var band = 1; band <= boundaries; band++) UndoAliasReduction(spectrum.Slice(band * Width - 8, 16));
        if (used > 0 && boundaries > 0) used = Math.Max(used, Math.Min(SpectrumDecoder.Lines, boundaries * Width + 8));
        for (var band = 0; band < Subbands; band++)
        {
            var type = granule.IsMixed && band < 2 ? 0 : granule.BlockType;
            var target = subbands.Slice(band * MpegDecoder.Slots + slot, Half);
            var overlap = _overlap.AsSpan(band * Half, Half);
            if (band * Width < used)
            {
                Invert(spectrum.Slice(band * Width, Width), s_matrices[type + 4 * (band & 1)], overlap, target);
            }
            else
            {
                overlap.CopyTo(target);
                overlap.Clear();
            }
        }
    }

    private static void Invert(ReadOnlySpan<float> lines, float[] matrix, Span<float> overlap, Span<float> target)
    {
        ref var rows = ref MemoryMarshal.GetArrayDataReference(matrix);
        var kept = MemoryMarshal.Cast<float, Vector256<float>>(overlap);
        var (a, b, c) = (kept[0], kept[1], kept[2]);
        var (d, e, f) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        for (var k = 0; k < lines.Length; k++)
        {
            var line = Vector256.Create(lines[k]);
            var row = (nuint)(k * Row);
            a += line * Vector256.LoadUnsafe(ref rows, row);
            b += line * Vector256.LoadUnsafe(ref rows, row + 8);
            c += line * Vector256.LoadUnsafe(ref rows, row + 16);
            d += line * Vector256.LoadUnsafe(ref rows, row + 24);
            e += line * Vector256.LoadUnsafe(ref rows, row + 32);
            f += line * Vector256.LoadUnsafe(ref rows, row + 40);
        }

        a.CopyTo(target);
        b.CopyTo(target[8..]);
        c.CopyTo(target[16..]);
        (kept[0], kept[1], kept[2]) = (d, e, f);
    }

    /// <summary>The windows of a short band come one after another, and leave line by line.</summary>
    private void Reorder(Granule granule, int rate, Span<float> spectrum)
    {
        var line = ScaleFactorBands.LongEnd(rate, granule.LongBands);
        for (var band = granule.FirstShortBand; band < 13; band++)
        {
            var width = ScaleFactorBands.Short[rate][band];
            var from = spectrum.Slice(line, 3 * width);
            var to = _ordered.AsSpan(0, 3 * width);
            for (var i = 0; i < width; i++)
            {
                to[3 * i] = from[i];
                to[3 * i + 1] = from[width + i];
                to[3 * i + 2] = from[2 * width + i];
            }

            to.CopyTo(from);
            line += 3 * width;
        }
    }

    /// <summary>The eight butterflies across a boundary of subbands, in the middle of <paramref name="lines"/>.</summary>
    private static void UndoAliasReduction(Span<float> lines)
    {
        for (var i = 0; i < 8; i++)
        {
            var (below, above) = (lines[7 - i], lines[8 + i]);
            lines[7 - i] = below * s_aliasCosine[i] - above * s_aliasSine[i];
            lines[8 + i] = above * s_aliasCosine[i] + below * s_aliasSine[i];
        }
    }

    private static float[] Matrix(int type, bool isOdd)
    {
        var matrix = new float[Width * Row];
        for (var line = 0; line < Width; line++)
        {
            for (var n = 0; n < 2 * Width; n++)
            {
                var value = type == Granule.ShortBlocks ? Short(line, n)
                    : Window(type, n) * Math.Cos(Math.PI / 72 * (2 * n + 1 + Width) * (2 * line + 1));
                if (isOdd && n % 2 == 1) value = -value;
                matrix[line * Row + (n < Width ? n : n - Width + Half)] = (float)value;
            }
        }

        return matrix;
    }

    /// <summary>Window 0, 1 or 2 starts at sample 6, 12 or 18.</summary>
    private static double Short(int line, int n)
    {
        n -= 6 + 6 * (line % 3);
        return n is < 0 or >= 12 ? 0
            : Math.Sin(Math.PI / 12 * (n + 0.5)) * Math.Cos(Math.PI / 24 * (2 * n + 7) * (2 * (line / 3) + 1));
    }

    private static double Window(int type, int n) => type switch
    {
        1 when n >= 30 => 0,
        1 when n >= 24 => Math.Sin(Math.PI / 12 * (n - 18 + 0.5)),
        1 when n >= 18 => 1,
        3 => Window(1, 35 - n),
        _ => Math.Sin(Math.PI / 36 * (n + 0.5)),
    };
}
