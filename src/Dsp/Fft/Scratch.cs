namespace Engine.Dsp.Fft;

/// <summary>
/// The working memory of the transforms: one table per thread, kept and grown, so that no call allocates once its thread has run
/// a transform of that length. Only the public entry points take it and hand out parts: it is not re-entrant.
/// </summary>
internal static unsafe class Scratch<T>
    where T : unmanaged
{
    [ThreadStatic]
    private static Table<T>? t_table;

    /// <summary>At least <paramref name="length"/> numbers, uninitialised, aligned to a cache line.</summary>
    public static T* Take(int length)
    {
        var table = t_table;
        if (table is null || table.Length < length) t_table = table = new(length);
        return table.Pointer;
    }
}
