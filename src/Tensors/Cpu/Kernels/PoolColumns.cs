using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The columns of an input row, sorted by their remainder modulo the stride, so that column j of sixteen neighbouring windows is
/// one vector. A row is copied into a line with the padding on either side and then split: rounds of even and odd columns while
/// the stride is even, one column at a time for what is left of it.
/// </summary>
internal sealed unsafe class PoolColumns
{
    private const int Width = 16;

    private readonly int _pad;
    private readonly int _stride;
    private readonly int _width;

    public PoolColumns(in Pool2dGeometry g)
    {
        (_pad, _stride, _width) = (g.PadWidth, g.StrideWidth, g.Width);
        Outputs = RoundUp(g.OutputWidth);
        var pitch = RoundUp(Outputs + (g.KernelWidth - 1) / _stride);
        Length = pitch * _stride;
        Copied = Math.Min(_width, Length - _pad);
        Offsets = new int[g.KernelWidth];
        for (var j = 0; j < Offsets.Length; j++) Offsets[j] = Place(j % _stride, _stride, Length) + j / _stride;
    }

    /// <summary>Windows of a row, rounded up to whole vectors.</summary>
    public int Outputs { get; }

    /// <summary>Floats of a line.</summary>
    public int Length { get; }

    /// <summary>Columns of the input that a line holds: all, or those up to where no window reaches.</summary>
    public int Copied { get; }

    /// <summary>Where column j of the windows begins in a split line.</summary>
    public int[] Offsets { get; }

    /// <summary>Fills a line with what padding counts as.</summary>
    public void Fill(float* line, float padding) => new Span<float>(line, Length).Fill(padding);

    /// <summary>Copies a row between the padding of a line.</summary>
    public void Copy(float* row, float* line) => new Span<float>(row, Copied).CopyTo(new Span<float>(line + _pad, Copied));

    /// <summary>Where a line's first column is that is not padding.</summary>
    public float* Inside(float* line) => line + _pad;

    /// <summary>
    /// Splits a line, which stays as it is, and returns where the result is: in the line, or in one of two others.
    /// </summary>
    public float* Split(float* line, float* first, float* second)
    {
        float* source = line, target = first;
        var (part, stride) = (Length, _stride);
        for (; stride % 2 == 0; stride /= 2, part /= 2)
        {
            for (var start = 0; start < Length; start += part) SplitPairs(source + start, target + start, part / 2);
            source = target;
            target = source == first ? second : first;
        }

        if (stride == 1) return source;
        var pitch = part / stride;
        for (var start = 0; start < Length; start += part)
        {
            for (var phase = 0; phase < stride; phase++)
            {
                float* from = source + start + phase, to = target + start + phase * pitch;
                for (var i = 0; i < pitch; i++) to[i] = from[i * stride];
            }
        }

        return target;
    }

    /// <summary>The reverse of <see cref="Split"/>.</summary>
    public float* Join(float* split, float* first, float* second)
    {
        float* source = split, target = first;
        var (part, stride) = (Length, _stride);
        for (; stride % 2 == 0; stride /= 2) part /= 2;
        if (stride > 1)
        {
            var pitch = part / stride;
            for (var start = 0; start < Length; start += part)
            {
                for (var phase = 0; phase < stride; phase++)
                {
                    float* from = source + start + phase * pitch, to = target + start + phase;
                    for (var i = 0; i < pitch; i++) to[i * stride] = from[i];
                }
            }

            source = target;
            target = source == first ? second : first;
        }

        for (; part < Length; part *= 2)
        {
            for (var start = 0; start < Length; start += 2 * part) JoinPairs(source + start, target + start, part);
            source = target;
            target = source == first ? second : first;
        }

        return source;
    }

    /// <summary>Writes a joined line, without the padding, to a row; columns in no window get zeros.</summary>
    public void Write(float* line, float* row)
    {
        new Span<float>(line + _pad, Copied).CopyTo(new Span<float>(row, Copied));
        new Span<float>(row + Copied, _width - Copied).Clear();
    }

    private static void SplitPairs(float* source, float* target, int half)
    {
        for (var i = 0; i < half; i += Width)
        {
            var (low, high) = (Vector512.Load(source + 2 * i), Vector512.Load(source + 2 * i + Width));
            PoolRows.Even(low, high).Store(target + i);
            PoolRows.Odd(low, high).Store(target + half + i);
        }
    }

    private static void JoinPairs(float* source, float* target, int half)
    {
        for (var i = 0; i < half; i += Width)
            PoolRows.StorePairs(Vector512.Load(source + i), Vector512.Load(source + half + i), target + 2 * i);
    }

    // Even phases are in the first half and odd ones in the second, each in the same order again.
    private static int Place(int phase, int stride, int length) => stride % 2 == 0
        ? phase % 2 * (length / 2) + Place(phase / 2, stride / 2, length / 2)
        : phase * (length / stride);

    private static int RoundUp(int count) => (count + Width - 1) / Width * Width;
}
