using System.Text;

namespace Engine.Fuzzing;

/// <summary>Messages without what comes from the input.</summary>
internal static class Shapes
{
    private const int Longest = 40;

    /// <summary>
    /// The message with words that hold digits or are bytes in hex as #, what is quoted left out, and cut to a length: what
    /// follows quotes more of the input.
    /// </summary>
    public static string Of(string message)
    {
        var shape = new StringBuilder();
        for (var i = 0; i < message.Length && shape.Length < Longest;)
        {
            var c = message[i];
            if (c is '\'' or '"' && message.IndexOf(c, i + 1) is > 0 and var close)
            {
                shape.Append(c).Append(c);
                i = close + 1;
                continue;
            }

            var end = i;
            while (end < message.Length && char.IsAsciiLetterOrDigit(message[end])) end++;
            if (end == i)
            {
                if (c is not (' ' or '-' or '.' or '+') || shape.Length == 0
                    || shape[^1] != '#') shape.Append(c is >= ' ' and <= '~' ? c : '?');
                i++;
                continue;
            }

            var word = message.AsSpan(i, end - i);
            var isValue = word.IndexOfAnyInRange('0', '9') >= 0 || (word.Length == 2 && !word.ContainsAnyExceptInRange('A', 'F'));
            if (!isValue) shape.Append(word);
            else if (shape.Length == 0 || shape[^1] != '#') shape.Append('#');
            i = end;
        }

        return shape.ToString();
    }
}
