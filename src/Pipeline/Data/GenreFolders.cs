using System.Text.RegularExpressions;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Classifiers.Evaluation.Names;

namespace Engine.Pipeline.Data;

/// <summary>Which folder above a recording names its genre.</summary>
public enum GenresAt
{
    /// <summary>Whichever of the two fits the folders and names; an error asks if both do.</summary>
    Auto,

    /// <summary>
    /// The first folder in which the recordings' paths differ: <c>blues</c> of <c>music/blues/artist/song.wav</c>.
    /// </summary>
    Top,

    /// <summary>The folder that holds it.</summary>
    Parent,
}

/// <summary>Finds the genre folders, and asks if a tree can be read in two ways.</summary>
internal static partial class GenreFolders
{
    private const int MostNamed = 4;
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>The index of the genre's folder in the path of each recording.</summary>
    /// <param name="root">The folder, for errors.</param>
    /// <param name="paths">The recordings below it, each as the names of its folders (at least one) and its file.</param>
    /// <param name="genresAt">The user's choice.</param>
    /// <exception cref="EngineException">There are two readings, and the user has not said which.</exception>
    public static int[] Find(string root, IReadOnlyList<string[]> paths, GenresAt genresAt)
    {
        var top = Common(paths);
        var isNested = paths.Any(p => p.Length - 2 > top);
        if (isNested && genresAt == GenresAt.Auto) genresAt = Decide(paths, top) ?? throw Ask(root, paths, top);
        return [.. paths.Select(p => isNested && genresAt == GenresAt.Top ? top : p.Length - 2)];
    }

    /// <summary>A genre as named by folders and tables, in composed Unicode and trimmed.</summary>
    public static string Label(string name) => Nfc.Compose(name).Trim();

    // How many leading folders all recordings share, not counting any that holds one itself.
    private static int Common(IReadOnlyList<string[]> paths)
    {
        var most = paths.Min(p => p.Length) - 2;
        var top = 0;
        while (top < most && paths.All(p => p[top] == paths[0][top])) top++;
        return top;
    }

    private static GenresAt? Decide(IReadOnlyList<string[]> paths, int top)
    {
        if (Named(paths, p => p[^2])) return GenresAt.Parent;
        if (Named(paths, p => p[top])) return GenresAt.Top;
        if (paths.All(p => p.Length - 2 > top && Part().IsMatch(p[top]))) return GenresAt.Parent;
        return paths.All(p => p.Length - 2 == top || Disc().IsMatch(p[^2])) ? GenresAt.Top : null;
    }

    // Recordings named like blues.00001.wav say which folder is their genre.
    private static bool Named(IReadOnlyList<string[]> paths, Func<string[], string> folder) =>
        paths.All(p => TrackId.IsNamed(p[^1], folder(p), out _, out _));

    private static EngineException Ask(string root, IReadOnlyList<string[]> paths, int top)
    {
        var example = string.Join('/', paths.First(p => p.Length - 2 > top));
        return new($"{root}: the genres may be the upper folders ({Some(paths.Select(p => p[top]))}) or those that hold the " +
            $"recordings ({Some(paths.Select(p => p[^2]))}), " +
            $"as {example} can be read both ways. Say which: --genres-at top or --genres-at parent.");
    }

    private static string Some(IEnumerable<string> names)
    {
        string[] all = [.. names.Select(Label).Distinct().Order(StringComparer.Ordinal)];
        return string.Join(", ", all.Take(MostNamed)) + (all.Length > MostNamed ? $", … {all.Length} in all" : "");
    }

    [GeneratedRegex(@"^(train|training|test|testing|val|valid|validation|dev|eval|(fold|split|part)[ _-]?\d+)$", Options)]
    private static partial Regex Part();

    [GeneratedRegex(@"^(cd|disc|disk|side|vol|volume)[ ._-]?(\d+|[a-d])$", Options)]
    private static partial Regex Disc();
}
