using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Dsp;

/// <summary>Transposes 32-bit values between row-major matrices with strides, four by four where the hardware can.</summary>
internal static unsafe class MedianFilterTranspose
{
    private const int Tile = 4;

    /// <summary><c>target[c, r] = source[r, c]</c> for rows × columns values; strides count values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(int* source, nint sourceStride, int rows, int columns, int* target, nint targetStride)
    {
        var (tiledRows, tiledColumns) = Sse.IsSupported ? (rows / Tile * Tile, columns / Tile * Tile) : (0, 0);
        for (var c = 0; c < tiledColumns; c += Tile)
            for (var r = 0; r < tiledRows; r += Tile)
                CopyTile((float*)source + r * sourceStride + c, sourceStride, (float*)target + c * targetStride + r,
                    targetStride);
        CopyValues(source, sourceStride, 0, tiledRows, tiledColumns, columns, target, targetStride);
        CopyValues(source, sourceStride, tiledRows, rows, 0, columns, target, targetStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyValues(
        int* source, nint sourceStride, int firstRow, int rows, int firstColumn, int columns, int* target, nint targetStride)
    {
        for (var c = firstColumn; c < columns; c++)
            for (var r = firstRow; r < rows; r++) target[c * targetStride + r] = source[r * sourceStride + c];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyTile(float* source, nint sourceStride, float* target, nint targetStride)
    {
        var a = Vector128.Load(source);
        var b = Vector128.Load(source + sourceStride);
        var c = Vector128.Load(source + 2 * sourceStride);
        var d = Vector128.Load(source + 3 * sourceStride);
        var (low02, high02) = (Sse.UnpackLow(a, c), Sse.UnpackHigh(a, c));
        var (low13, high13) = (Sse.UnpackLow(b, d), Sse.UnpackHigh(b, d));
        Sse.UnpackLow(low02, low13).Store(target);
        Sse.UnpackHigh(low02, low13).Store(target + targetStride);
        Sse.UnpackLow(high02, high13).Store(target + 2 * targetStride);
        Sse.UnpackHigh(high02, high13).Store(target + 3 * targetStride);
    }
}
