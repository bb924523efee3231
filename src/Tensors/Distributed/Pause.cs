using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Engine.Tensors.Distributed;

/// <summary>
/// The pauses of a thread that waits for another process: first it spins, as an answer mostly comes within microseconds, then it
/// offers its processor, then it sleeps, the longer the longer it has waited.
/// </summary>
internal unsafe struct Pause
{
    private const double SpinMicroseconds = 50, YieldMicroseconds = 200, ShortestSleep = 100, LongestSleep = 1000;

    // Libraries move a long message piece by piece, whenever they are called: it must not wait between the pieces.
    private const double BytesPerMicrosecond = 500;

    // A sleep is this share of the time waited, so it delays an answer by no more.
    private const double Share = 1.0 / 16;

    // Thread.Sleep counts in milliseconds. Null where there is no such function.
    private static readonly delegate* unmanaged[Cdecl]<uint, int> s_sleep =
        NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "usleep", out var sleep)
            ? (delegate* unmanaged[Cdecl]<uint, int>)sleep : null;

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly double _awake;

    /// <summary>Begins to wait.</summary>
    /// <param name="bytes">How many bytes are on their way; it does not sleep for the time that they may take.</param>
    public Pause(long bytes) => _awake = YieldMicroseconds + bytes / BytesPerMicrosecond;

    /// <summary>Makes the next pause.</summary>
    public readonly void Next()
    {
        var waited = Stopwatch.GetElapsedTime(_start).TotalMicroseconds;
        if (waited < SpinMicroseconds) Thread.SpinWait(10);
        else if (waited < _awake) Thread.Yield();
        else if (s_sleep is null) Thread.Sleep(1);
        else _ = s_sleep((uint)Math.Clamp(waited * Share, ShortestSleep, LongestSleep));
    }
}
