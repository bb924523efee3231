using System.Globalization;
using Engine.Classifiers;

namespace Engine.Pipeline.FrontEnds.Needs;

/// <summary>How much memory a recipe may need; a recipe that needs more is refused before anything is allocated.</summary>
/// <param name="Bytes">The limit.</param>
/// <param name="Origin">Where it comes from, in words.</param>
public readonly record struct MemoryLimit(long Bytes, string Origin)
{
    // What an untrusted model may use beyond the weights it contains, unless the user raises it.
    private const long FreeForModels = 2L << 30;

    // Each weight in a file takes up an array when read and a tensor when used.
    private const long TimesTheFile = 4;

    private const string Chosen = "as requested";

    private static long Half => Math.Max(1, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);

    /// <summary>The limit for a recipe that is trained or summarised.</summary>
    /// <param name="bytes">The user's limit; null: half of the memory that the runtime may use.</param>
    public static MemoryLimit ForRecipes(long? bytes) =>
        bytes is { } chosen ? Of(chosen) : new(Half, "half of the available memory");

    /// <summary>The limit for a model that is loaded.</summary>
    /// <param name="bytes">
    /// The user's limit; null: 2 GiB plus four times the file's size, but at most half of the memory that the runtime may use.
    /// </param>
    /// <param name="file">Bytes of the model's file.</param>
    public static MemoryLimit ForModels(long? bytes, long file)
    {
        if (bytes is { } chosen) return Of(chosen);
        var most = FreeForModels + TimesTheFile * file;
        return Half < most ? new(Half, "half of the available memory") : new(most, "2 GiB and four times the file's size");
    }

    /// <summary>Formats an amount of memory for people: <c>1.4 GiB</c>.</summary>
    public static string Describe(double bytes)
    {
        string[] units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        var unit = 0;
        for (; bytes >= 1024 && unit < units.Length - 1; unit++) bytes /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.#} {units[unit]}");
    }

    private static MemoryLimit Of(long bytes)
    {
        if (bytes < 1) throw new EngineException($"the memory limit is {bytes} bytes; it must be at least 1.");
        return new(bytes, Chosen);
    }
}
