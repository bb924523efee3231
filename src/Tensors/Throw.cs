using System.Diagnostics.CodeAnalysis;

namespace Engine.Tensors;

/// <summary>Cold paths: throwing from here keeps the callers small enough to inline.</summary>
internal static class Throw
{
    [DoesNotReturn]
    public static void Argument(string message) => throw new ArgumentException(message);

    [DoesNotReturn]
    public static void Invalid(string message) => throw new InvalidOperationException(message);

    [DoesNotReturn]
    public static void Type(string operation, Shape shape, ElementType actual, ElementType expected) =>
        Invalid($"{operation}: {shape} holds {actual}; it must be {expected}.");

    [DoesNotReturn]
    public static void Device(string operation, string nameA, Tensor a, string nameB, Tensor b) =>
        Argument($"{operation}: {nameA} {a.Shape} is on {a.Device} but {nameB} {b.Shape} is on {b.Device}.");

    /// <summary>ObjectDisposedException's own text would hide the operation, so the message is ours alone.</summary>
    [DoesNotReturn]
    public static void Disposed(string operation, Shape shape) =>
        throw new ObjectDisposedException(null, $"{operation}: {shape} was disposed of; it cannot be used any more.");
}
