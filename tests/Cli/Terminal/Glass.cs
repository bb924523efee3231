using System.Text;

namespace Engine.Tests.Cli.Terminal;

/// <summary>A terminal without end that obeys carriage returns and line feeds and ignores colours.</summary>
internal sealed class Glass : StringWriter
{
    public Glass() => NewLine = "\n";

    /// <summary>What stands on it now, without spaces at the ends of lines.</summary>
    public string Shown
    {
        get
        {
            var lines = new List<StringBuilder> { new() };
            var (text, column) = (ToString(), 0);
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '\e') i = text.IndexOf('m', i);
                else if (text[i] == '\r') column = 0;
                else if (text[i] == '\n') (column, _) = (0, Added());
                else if (column == lines[^1].Length) column = lines[^1].Append(text[i]).Length;
                else lines[^1][column++] = text[i];
            }

            return string.Join('\n', lines.Select(l => l.ToString().TrimEnd()));

            bool Added()
            {
                lines.Add(new());
                return true;
            }
        }
    }
}
