using System.Text;

namespace Engine.Cli.Text;

/// <summary>
/// A terminal whose last line shows a status that is written over in place; lines written to it scroll past above. Safe for
/// several threads. The cursor stays visible, so a process that is killed leaves the terminal as it should be.
/// </summary>
/// <param name="inner">The terminal.</param>
internal sealed class StatusLine(TextWriter inner) : TextWriter
{
    private readonly Lock _gate = new();
    private string _status = "";
    private int _width;

    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <summary>
    /// Shows a status in place of the present one; an empty one clears the line. To remove it, <paramref name="width"/> columns
    /// are overwritten: a few more than it has, as the terminal echoes ^C after it.
    /// </summary>
    public void Show(string status, int width)
    {
        lock (_gate)
        {
            if (status == _status) return;
            inner.Write(Blank() + status);
            (_status, _width) = (status, width);
            inner.Flush();
        }
    }

    /// <summary>
    /// Takes the status away while <paramref name="write"/> writes whole lines to another stream of the same terminal.
    /// </summary>
    public void Above(Action write)
    {
        lock (_gate)
        {
            inner.Write(Blank());
            inner.Flush();
            write();
            inner.Write(_status);
            inner.Flush();
        }
    }

    /// <inheritdoc/>
    public override void Write(char value) => Write(value.ToString());

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => Write(new string(buffer));

    /// <inheritdoc/>
    public override void Write(string? value)
    {
        if (string.IsNullOrEmpty(value)) return;
        lock (_gate)
        {
            if (value.EndsWith('\n'))
            {
                inner.Write(Blank() + value + _status);
            }
            else
            {
                // The line is not complete: the status returns with the next one.
                inner.Write(Blank() + value);
                (_status, _width) = ("", 0);
            }
        }
    }

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

    // Spaces instead of a control sequence, which not every console understands.
    private string Blank() => _status.Length == 0 ? "" : $"\r{new string(' ', _width)}\r";
}
