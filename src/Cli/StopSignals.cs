using System.Runtime.InteropServices;
using Engine.Dsp.Files;

namespace Engine.Cli;

/// <summary>
/// Ctrl-C, SIGTERM (a batch system, <c>kill</c>) and SIGHUP (a closed terminal) stop the work cleanly; a second signal
/// ends the process immediately and discards unfinished output.
/// </summary>
internal sealed unsafe partial class StopSignals : IDisposable
{
    private const int FirstOfSignals = 128;

    // Stopping a whole process group may signal this process twice in quick succession.
    private static readonly TimeSpan s_same = TimeSpan.FromSeconds(0.5);

    private static readonly (PosixSignal Signal, int Number)[] s_signals =
        [(PosixSignal.SIGINT, 2), (PosixSignal.SIGTERM, 15), (PosixSignal.SIGHUP, 1)];

    private readonly CancellationTokenSource _cancel = new();
    private readonly PosixSignalRegistration[] _registrations;
    private long _since;
    private int _first;

    // Looked up in the program itself: the library's name differs between systems, and it is already loaded.
    static StopSignals() => NativeLibrary.SetDllImportResolver(
        typeof(StopSignals).Assembly, (name, _, _) => name == "libc" ? NativeLibrary.GetMainProgramHandle() : 0);

    /// <summary>Starts listening.</summary>
    public StopSignals()
    {
        ListenToInterrupts();
        _registrations = [.. s_signals.Select(s => PosixSignalRegistration.Create(s.Signal, context => Stop(context, s.Number)))];
    }

    /// <summary>Set by the first signal.</summary>
    public CancellationToken Token => _cancel.Token;

    /// <summary>The exit code of a command that returned <paramref name="code"/>: that of the signal if one stopped it.</summary>
    public int ExitCode(int code) => code == CommandLine.Stopped && Volatile.Read(ref _first) is > 0 and var number
        ? FirstOfSignals + number : code;

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    private void Stop(PosixSignalContext context, int number)
    {
        context.Cancel = true;
        if (Interlocked.CompareExchange(ref _first, number, 0) == 0)
        {
            Volatile.Write(ref _since, Environment.TickCount64);
            Cancel();
        }
        else if (Environment.TickCount64 - Volatile.Read(ref _since) > s_same.TotalMilliseconds)
        {
            Temporary.RemoveOwn();
            Environment.Exit(FirstOfSignals + number);
        }
    }

    private void Cancel()
    {
        try
        {
            _cancel.Cancel();
        }
        catch (AggregateException)
        {
            // A faulty cancellation callback must not end the process before its checkpoint is written.
        }
    }

    // A script's background jobs start with SIGINT ignored, and the runtime keeps it ignored; yet a SIGINT sent to this
    // process is meant for it. SIGHUP stays ignored: that is the point of nohup.
    private static void ListenToInterrupts()
    {
        const int Interrupt = 2, Ignored = 1;
        if (OperatingSystem.IsWindows()) return;

        // Larger than struct sigaction on any system; its first field is the handler.
        var action = stackalloc nint[64];
        if (GetAction(Interrupt, null, action) == 0 && action[0] == Ignored) SetHandler(Interrupt, 0);
    }

    // Reads the action for a signal: the first element of `before` is the handler, 1 if the signal is ignored.
    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int GetAction(int signal, nint* action, nint* before);

    // 0 is the default handler.
    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, nint handler);
}
