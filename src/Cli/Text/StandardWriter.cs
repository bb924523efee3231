using System.Text;

namespace Engine.Cli.Text;

/// <summary>
/// Standard output or standard error, where a write may fail because the disk is full or the terminal is gone. Progress
/// and warnings that cannot be written are dropped, on any thread, so that work never stops because of them. Results that
/// cannot be written are an error.
/// </summary>
/// <param name="inner">The writer underneath.</param>
/// <param name="name">Its name in errors.</param>
/// <param name="required">Whether a failed write is an error.</param>
internal sealed class StandardWriter(TextWriter inner, string name, bool required) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Attempt(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Attempt(() => inner.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => Write(new string(buffer));

    /// <inheritdoc/>
    public override void Write(string? value) => Attempt(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Flush() => Attempt(inner.Flush);

    private void Attempt(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException
            or NotSupportedException)
        {
            if (required) throw new IOException($"{name} cannot be written: {e.Message}", e);
        }
    }
}
