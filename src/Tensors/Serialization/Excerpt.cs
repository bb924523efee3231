using System.ComponentModel;

namespace Engine.Tensors.Serialization;

/// <summary>What a message quotes from a file: a value from a stranger may be as long as the file.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Excerpt
{
    private const int Longest = 120;

    /// <summary>The text, or its beginning with three dots.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= Longest ? text : text[..Longest] + "...";
    }
}
