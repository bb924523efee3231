using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Dsp.Numpy;

/// <summary>
/// The frames of a recording as one array in librosa's orientation <c>[bins, frames]</c>, written block by block, so that it is
/// never completely in memory. The bytes are those of <see cref="NpyArray.FromFrames"/>.
/// </summary>
/// <typeparam name="T">The element: float or <see cref="Complex{T}"/> of float.</typeparam>
/// <param name="frames">Computes the frames.</param>
/// <param name="scratchFolder">Where <see cref="Write"/> may put a temporary file as large as the array.</param>
public sealed class NpyFrames<T>(FrameReader<T> frames, string scratchFolder) : INpyContent
    where T : unmanaged
{
    /// <inheritdoc/>
    public void Write(Stream stream)
    {
        // A new file can be filled in any order; other streams need the bytes in sequence.
        if (stream is FileStream { CanSeek: true, Length: 0 } file)
        {
            Fill(file);
            return;
        }

        using var scratch = ToScratch();
        scratch.Write(stream);
    }

    /// <summary>Computes the array into a scratch file, so that it can be written more than once.</summary>
    /// <exception cref="IOException">The file cannot be written, or the samples cannot be read.</exception>
    public NpyScratch ToScratch() => NpyScratch.Create(scratchFolder, Fill);

    // Blocks are ordered by frame and the array by bin, so each bin's part of a block is written to its own place.
    private void Fill(FileStream file)
    {
        var type = typeof(T) == typeof(Complex<float>) ? "<c8" : "<f4";
        var header = new NpyHeader(type, FortranOrder: false, [frames.Bins, frames.Count]).ToBytes();
        file.Write(header);
        file.Flush();
        var size = Unsafe.SizeOf<T>();
        // Set the full length first, so that a full disk fails before the work.
        file.SetLength(header.Length + (long)frames.Bins * frames.Count * size);
        T[] columns = [];
        foreach (var (first, values) in frames.Blocks())
        {
            if (columns.Length < values.Length) columns = GC.AllocateUninitializedArray<T>(values.Length);
            var count = values.Length / frames.Bins;
            Transpose(values.Span, columns, count);
            for (var b = 0; b < frames.Bins; b++)
            {
                var row = MemoryMarshal.AsBytes<T>(columns.AsSpan(b * count, count));
                RandomAccess.Write(file.SafeFileHandle, row, header.Length + ((long)b * frames.Count + first) * size);
            }
        }
    }

    // Sixteen frames at a time, whose cache lines fit in the cache.
    private void Transpose(ReadOnlySpan<T> values, Span<T> columns, int count)
    {
        const int Block = 16;
        for (var top = 0; top < count; top += Block)
        {
            var bottom = Math.Min(top + Block, count);
            for (var b = 0; b < frames.Bins; b++)
            {
                for (var t = top; t < bottom; t++) columns[b * count + t] = values[t * frames.Bins + b];
            }
        }
    }
}
