using System.Text;

namespace Engine.Fuzzing;

/// <summary>Messages without what comes from the input.</summary>
internal static class Shapes
{
    private const int Longest = 160;

    /// <summary>The message with numbers as #, what is quoted left out, and cut to a length.</summary>
    public static string Of(string message)
    {
        var shape = new StringBuilder();
        for (var i = 0; i < message.Length && shape.Length < Longest; i++)
        {
            var c = message[i];
            if (c is '\'' or '"' && message.IndexOf(c, i + 1) is > 0 and var end)
            {
                shape.Append(c).Append(c);
                i = end;
            }
            else if (char.IsAsciiDigit(c))
            {
                if (shape.Length == 0 || shape[^1] != '#') shape.Append('#');
            }
            else
            {
                shape.Append(c is >= ' ' and <= '~' ? c : '?');
            }
        }

        return shape.ToString();
    }
}
