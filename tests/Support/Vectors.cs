using System.Collections.Concurrent;
using Engine.Dsp.Numpy;

namespace Engine.Tests.Support;

/// <summary>The reference arrays under <c>tests/Vectors</c>, read once.</summary>
public static class Vectors
{
    private static readonly ConcurrentDictionary<string, Lazy<Dictionary<string, NpyArray>>> s_files = new();

    /// <summary>All arrays of <c>tests/Vectors/{file}.npz</c>.</summary>
    public static IReadOnlyDictionary<string, NpyArray> Load(string file) =>
        s_files.GetOrAdd(file, f => new(() => NpzFile.Read(Path.Combine(AppContext.BaseDirectory, "Vectors", f + ".npz")))).Value;

    /// <summary>One of the signals <c>music noise chirp silence short</c>, at 22,050 Hz.</summary>
    public static float[] Signal(string name) => Load("dsp_signals")[name].ToSingles();
}
