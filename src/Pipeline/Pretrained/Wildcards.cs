namespace Engine.Pipeline.Pretrained;

/// <summary>Names with <c>*</c> for any text.</summary>
internal static class Wildcards
{
    /// <summary>How many <c>*</c> there are.</summary>
    public static int Count(string pattern) => pattern.Count(c => c == '*');

    /// <summary>What each <c>*</c> stands for, as little as fits; null if the pattern does not fit the whole name.</summary>
    public static string[]? Match(string pattern, string name)
    {
        var parts = pattern.Split('*');
        if (!name.StartsWith(parts[0], StringComparison.Ordinal)) return null;
        if (parts.Length == 1) return name.Length == pattern.Length ? [] : null;
        var found = new string[parts.Length - 1];
        var at = parts[0].Length;
        for (var i = 1; i < parts.Length; i++)
        {
            // The first place of each part but the last, which ends the name: if any places fit, these do.
            var next = i < parts.Length - 1 ? name.IndexOf(parts[i], at, StringComparison.Ordinal)
                : name.EndsWith(parts[i], StringComparison.Ordinal) ? name.Length - parts[i].Length : -1;
            if (next < at) return null;
            found[i - 1] = name[at..next];
            at = next + parts[i].Length;
        }

        return found;
    }

    /// <summary>A pattern with the texts in place of its <c>*</c>.</summary>
    public static string Fill(string pattern, string[] texts)
    {
        var parts = pattern.Split('*');
        return string.Concat(parts.Select((part, i) => i == 0 ? part : texts[i - 1] + part));
    }
}
