using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// How columns of an image become lanes. A vector holds sixteen columns of a row, four tiles of a quad; four of them, one from
/// each quad, are four transpositions of 4 × 4, one in each 128 bits: then vector j has column j of every tile, tile t of quad q
/// in lane 4t + q. The same step leads back.
/// </summary>
internal static unsafe class WinogradLanes
{
    /// <summary>Four rows of quads to four columns of tiles, or back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> V0, Vector512<float> V1, Vector512<float> V2, Vector512<float> V3) Transpose(
        Vector512<float> v0, Vector512<float> v1, Vector512<float> v2, Vector512<float> v3)
    {
        if (!Avx512F.IsSupported) return TransposePlain(v0, v1, v2, v3);
        Vector512<float> low01 = Avx512F.UnpackLow(v0, v1), low23 = Avx512F.UnpackLow(v2, v3);
        Vector512<float> high01 = Avx512F.UnpackHigh(v0, v1), high23 = Avx512F.UnpackHigh(v2, v3);
        return (
            Avx512F.Shuffle(low01, low23, 0b01_00_01_00), Avx512F.Shuffle(low01, low23, 0b11_10_11_10),
            Avx512F.Shuffle(high01, high23, 0b01_00_01_00), Avx512F.Shuffle(high01, high23, 0b11_10_11_10));
    }

    /// <summary>
    /// The column four places on: the next tile's in the same quad, and after its last tile the first or
    /// <paramref name="second"/> of what <paramref name="ends"/> holds for it, four floats for each quad.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Next(Vector512<float> column, Vector512<float> ends, bool second)
    {
        if (!Avx512F.IsSupported) return NextPlain(column, ends, second ? 1 : 0);
        var places = second
            ? Vector512.Create(4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 21, 25, 29)
            : Vector512.Create(4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 20, 24, 28);
        return Avx512F.PermuteVar16x32x2(column, places, ends);
    }

    /// <summary>Copies sixteen tiles of sixteen channels, rows of <paramref name="source"/>, to columns of the target.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransposeTiles(float* source, nint channel, float* target, nint tile)
    {
        if (!Avx512F.IsSupported)
        {
            for (var i = 0; i < Winograd.Lanes; i++)
            {
                for (var j = 0; j < Winograd.Lanes; j++) target[i * tile + j] = source[j * channel + i];
            }

            return;
        }

        // Quads of rows first, then four quarters of vectors to their places.
        float* second = source + 4 * channel, third = source + 8 * channel, fourth = source + 12 * channel;
        var (a0, a1, a2, a3) = Quad(source, channel);
        var (b0, b1, b2, b3) = Quad(second, channel);
        var (c0, c1, c2, c3) = Quad(third, channel);
        var (d0, d1, d2, d3) = Quad(fourth, channel);
        Quarters(a0, b0, c0, d0, target, tile);
        Quarters(a1, b1, c1, d1, target + tile, tile);
        Quarters(a2, b2, c2, d2, target + 2 * tile, tile);
        Quarters(a3, b3, c3, d3, target + 3 * tile, tile);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> V0, Vector512<float> V1, Vector512<float> V2, Vector512<float> V3) Quad(
        float* source, nint channel) => Transpose(
            Vector512.Load(source), Vector512.Load(source + channel), Vector512.Load(source + 2 * channel),
            Vector512.Load(source + 3 * channel));

    // Quarter i of the four vectors is the row 4i.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* target, nint tile)
    {
        Vector512<float> even0 = Avx512F.Shuffle4x128(a, b, 0b10_00_10_00), odd0 = Avx512F.Shuffle4x128(a, b, 0b11_01_11_01);
        Vector512<float> even1 = Avx512F.Shuffle4x128(c, d, 0b10_00_10_00), odd1 = Avx512F.Shuffle4x128(c, d, 0b11_01_11_01);
        Avx512F.Shuffle4x128(even0, even1, 0b10_00_10_00).Store(target);
        Avx512F.Shuffle4x128(odd0, odd1, 0b10_00_10_00).Store(target + 4 * tile);
        Avx512F.Shuffle4x128(even0, even1, 0b11_01_11_01).Store(target + 8 * tile);
        Avx512F.Shuffle4x128(odd0, odd1, 0b11_01_11_01).Store(target + 12 * tile);
    }

    private static (Vector512<float> V0, Vector512<float> V1, Vector512<float> V2, Vector512<float> V3) TransposePlain(
        Vector512<float> v0, Vector512<float> v1, Vector512<float> v2, Vector512<float> v3)
    {
        float* from = stackalloc float[4 * Winograd.Lanes], to = stackalloc float[4 * Winograd.Lanes];
        v0.Store(from);
        v1.Store(from + Winograd.Lanes);
        v2.Store(from + 2 * Winograd.Lanes);
        v3.Store(from + 3 * Winograd.Lanes);
        for (var i = 0; i < 4; i++)
        {
            for (var lane = 0; lane < Winograd.Lanes; lane++)
                to[i * Winograd.Lanes + lane] = from[lane % 4 * Winograd.Lanes + lane / 4 * 4 + i];
        }

        return (Vector512.Load(to), Vector512.Load(to + Winograd.Lanes), Vector512.Load(to + 2 * Winograd.Lanes),
            Vector512.Load(to + 3 * Winograd.Lanes));
    }

    private static Vector512<float> NextPlain(Vector512<float> column, Vector512<float> ends, int place)
    {
        var next = stackalloc float[Winograd.Lanes];
        for (var lane = 0; lane < 12; lane++) next[lane] = column[lane + 4];
        for (var lane = 12; lane < Winograd.Lanes; lane++) next[lane] = ends[(lane - 12) * 4 + place];
        return Vector512.Load(next);
    }
}
