using System.Text;

namespace Engine.Cli.Text;

/// <summary>Passes text on with every character that a terminal would obey escaped; see <see cref="Visible"/>.</summary>
internal sealed class VisibleWriter(TextWriter inner) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) =>
        inner.Write(char.IsSurrogate(value) ? value.ToString() : Visible.Text(value.ToString()));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => Write(new string(buffer));

    /// <inheritdoc/>
    public override void Write(string? value)
    {
        if (value is not null) inner.Write(Visible.Text(value));
    }

    /// <summary>One write for the whole line, as several threads may warn.</summary>
    public override void WriteLine(string? value) => inner.Write(Visible.Text(value ?? "") + inner.NewLine);

    /// <inheritdoc/>
    public override void WriteLine() => inner.Write(inner.NewLine);

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();
}
