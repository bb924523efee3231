using System.Runtime.CompilerServices;
using System.Text;

namespace Engine.Tensors.Gpu;

/// <summary>
/// The text that says which call failed, put together only if it did: a status other than 0, on the way of every launch.
/// </summary>
[InterpolatedStringHandler]
internal readonly ref struct StatusMessage
{
    private readonly StringBuilder? _text;

    public StatusMessage(int literalLength, int formattedCount, int status, out bool failed)
    {
        failed = status != 0;
        _text = failed ? new StringBuilder(literalLength + 8 * formattedCount) : null;
    }

    public void AppendLiteral(string text) => _text!.Append(text);

    public void AppendFormatted<T>(T value) => _text!.Append(value);

    /// <inheritdoc/>
    public override string ToString() => _text?.ToString() ?? "";
}
