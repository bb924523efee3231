using System.Diagnostics.CodeAnalysis;

namespace Engine.Tensors;

/// <summary>Cold paths: throwing from here keeps the callers small enough to inline.</summary>
internal static class Throw
{
    [DoesNotReturn]
    public static void Argument(string message) => throw new ArgumentException(message);

    [DoesNotReturn]
    public static void Invalid(string message) => throw new InvalidOperationException(message);

    /// <summary>The object disposed exception's own text would hide the operation, so the message is ours alone.</summary>
    [DoesNotReturn]
    public static void Disposed(string message) => throw new ObjectDisposedException(null, message);
}
