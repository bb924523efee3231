namespace Engine.Pipeline.Recipes;

/// <summary>Guesses what a misspelt name stands for.</summary>
internal static class Spelling
{
    /// <summary>
    /// <c> (did you mean NAME?)</c> with the nearest of the known names, or an empty string if none is near: within two edits, or
    /// a third of the letters of a longer name.
    /// </summary>
    public static string Suggest(string name, IEnumerable<string> known)
    {
        var (nearest, distance) = known.Select(k => (k, Distance(k, name))).DefaultIfEmpty(("", int.MaxValue))
            .MinBy(pair => pair.Item2);
        return distance <= Math.Max(2, name.Length / 3) && distance < name.Length ? $" (did you mean {nearest}?)" : "";
    }

    // Edits that turn one into the other: insert, delete or substitute a character, or swap two neighbours (optimal string
    // alignment, Boytsov 2011), with three rows of the table.
    private static int Distance(string a, string b)
    {
        int[] before = [], above = [.. Enumerable.Range(0, b.Length + 1)];
        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(substituted, 1 + Math.Min(above[j], row[j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }

            (before, above) = (above, row);
        }

        return above[^1];
    }
}
