using System.Numerics;

namespace Engine.Pipeline.FrontEnds;

/// <summary>Row-major matrices in spans.</summary>
internal static class Matrices
{
    // A cache line of floats, so blocks read and write whole lines.
    private const int Block = 16;

    /// <summary>Writes <paramref name="source"/> <c>[rows, columns]</c> as <c>[columns, rows]</c>.</summary>
    public static void Transpose(ReadOnlySpan<float> source, Span<float> result, int rows, int columns)
    {
        for (var top = 0; top < rows; top += Block)
        {
            var bottom = Math.Min(top + Block, rows);
            for (var left = 0; left < columns; left += Block)
            {
                var right = Math.Min(left + Block, columns);
                for (var c = left; c < right; c++)
                {
                    var to = result.Slice(c * rows, rows);
                    for (var r = top; r < bottom; r++) to[r] = source[r * columns + c];
                }
            }
        }
    }

    /// <summary>
    /// <c>sum[i] += weight·row[i]</c>, rounded after each operation, so that every vector width gives the same bits.
    /// </summary>
    public static void AddScaled(ReadOnlySpan<float> row, float weight, Span<float> sum)
    {
        var i = 0;
        for (; i <= sum.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var x = new Vector<float>(row[i..]);
            (new Vector<float>(sum[i..]) + x * weight).CopyTo(sum[i..]);
        }

        for (; i < sum.Length; i++) sum[i] += row[i] * weight;
    }
}
