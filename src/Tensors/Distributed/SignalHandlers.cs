using System.Runtime.InteropServices;

namespace Engine.Tensors.Distributed;

/// <summary>The process's handlers of signals, put back when disposed: a library may replace them when it starts.</summary>
internal sealed unsafe class SignalHandlers : IDisposable
{
    // Larger than struct sigaction on any system.
    private const int Words = 64;

    // Interrupt, hang-up and termination, by which a process is asked to end; illegal instruction, trap, abort, bus error,
    // arithmetic and segmentation faults, some of which the runtime turns into exceptions; broken pipe, and ended children.
    private static readonly int[] s_signals = [1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 15, 17];

    private readonly delegate* unmanaged[Cdecl]<int, void*, void*, int> _action =
        (delegate* unmanaged[Cdecl]<int, void*, void*, int>)NativeLibrary.GetExport(
            NativeLibrary.GetMainProgramHandle(), "sigaction");

    private readonly nint[] _kept = new nint[s_signals.Length * Words];

    /// <summary>Remembers the handlers.</summary>
    public SignalHandlers()
    {
        for (var i = 0; i < s_signals.Length; i++)
        {
            fixed (nint* kept = &_kept[i * Words]) _ = _action(s_signals[i], null, kept);
        }
    }

    /// <summary>Puts them back.</summary>
    public void Dispose()
    {
        for (var i = 0; i < s_signals.Length; i++)
        {
            fixed (nint* kept = &_kept[i * Words]) _ = _action(s_signals[i], kept, null);
        }
    }
}
