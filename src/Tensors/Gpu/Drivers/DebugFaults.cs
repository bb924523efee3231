using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Engine.Tensors.Gpu.Kernels;
using ILGPU;

namespace Engine.Tensors.Gpu.Drivers;

/// <summary>
/// Indices out of range on <c>ilgpu-cpu</c>. ILGPU asserts each index there, and a failed assertion ends a .NET program. Here the
/// first one is kept until the launch returns; an exception would end the program too, since every item is a thread.
/// </summary>
internal sealed class DebugFaults : TraceListener
{
    private static readonly DebugFaults s_listener = new();

    private static string? s_first;

    /// <summary>Takes the place of what ends the program.</summary>
    public static void Listen()
    {
        if (Trace.Listeners.Contains(s_listener)) return;
        Trace.Listeners.Clear();
        Trace.Listeners.Add(s_listener);
    }

    /// <summary>The first fault since the last call: item and message.</summary>
    public static string? Take() => Interlocked.Exchange(ref s_first, null);

    /// <inheritdoc/>
    public override void Fail(string? message)
    {
        if (s_first is not null) return;
        var place = new StackTrace(fNeedFileInfo: true).GetFrames().FirstOrDefault(IsKernels);
        var line = place?.GetFileName() is { } file ? $" ({Path.GetFileName(file)}:{place.GetFileLineNumber()})" : "";
        Interlocked.CompareExchange(
            ref s_first, $"item {Group.IdxX} of group ({Grid.IdxX}, {Grid.IdxY}, {Grid.IdxZ}): {message}{line}", null);
    }

    /// <inheritdoc/>
    public override void Fail(string? message, string? detailMessage) => Fail(message);

    /// <inheritdoc/>
    public override void Write(string? message) => Console.Error.Write(message);

    /// <inheritdoc/>
    public override void WriteLine(string? message) => Console.Error.WriteLine(message);

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "A frame without its method is passed over.")]
    private static bool IsKernels(StackFrame frame) =>
        frame.GetMethod()?.DeclaringType is { } type
        && (type.IsAssignableTo(typeof(IKernel)) || type.Namespace == typeof(IKernel).Namespace);
}
