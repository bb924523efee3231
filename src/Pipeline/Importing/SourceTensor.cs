using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Importing;

/// <summary>A tensor as a file of weights lists it.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Type">How its numbers are stored.</param>
internal sealed record SourceTensor(string Name, IReadOnlyList<int> Shape, NumberType Type)
{
    /// <summary>The limit of NumPy and PyTorch.</summary>
    public const int MostSizes = 64;

    /// <summary>A longer name is no module's path.</summary>
    public const int LongestName = 1000;

    /// <summary>How many values it has.</summary>
    public int Count => Shape.Aggregate(1, (count, size) => count * size);

    /// <summary>Type and sizes, as <c>float32 [64, 10]</c>.</summary>
    public override string ToString() => $"{Type.Name} [{string.Join(", ", Shape)}]";

    /// <summary>The number of values of these sizes; null if they are negative or the values fit in no array.</summary>
    public static int? CountOf(IReadOnlyList<long> sizes)
    {
        if (sizes.Count > MostSizes || sizes.Any(s => s is < 0 or > int.MaxValue)) return null;
        if (sizes.Contains(0)) return 0;
        var count = 1L;
        foreach (var size in sizes)
        {
            count *= size;
            if (count > Array.MaxLength) return null;
        }

        return (int)count;
    }

    /// <summary>The sizes for a message, which a hostile file may make many.</summary>
    public static string Sizes(IEnumerable<long> sizes) => Excerpt.Of($"[{string.Join(", ", sizes.Take(MostSizes))}]");
}
