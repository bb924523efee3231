using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Engine.Peers.Comparing;

/// <summary>
/// Gives this process, and those that it starts, the processors before all others, where the system allows it. Linux shares the
/// processors out between sessions first, so the session's rank counts as well as the process's.
/// </summary>
internal sealed class Priority : IDisposable
{
    private const string Session = "/proc/self/autogroup";

    private readonly string? _before;
    private readonly List<PosixSignalRegistration> _signals = [];

    public Priority()
    {
        try
        {
            using var self = Process.GetCurrentProcess();
            self.PriorityClass = ProcessPriorityClass.RealTime;
            if (!File.Exists(Session)) return;
            _before = File.ReadAllText(Session).Split(' ')[^1].Trim();
            File.WriteAllText(Session, "-20");
            // The rank would outlast this process if it was interrupted.
            foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
                _signals.Add(PosixSignalRegistration.Create(signal, _ => Restore()));
        }
        catch (Exception e) when (e is Win32Exception or UnauthorizedAccessException or IOException)
        {
            Console.Error.WriteLine($"compare.sh: the processors are shared with others as they come: {e.Message}");
        }
    }

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        if (_before is not null) Restore();
    }

    private void Restore()
    {
        try
        {
            File.WriteAllText(Session, _before!);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            Console.Error.WriteLine($"compare.sh: the session keeps its rank: {e.Message}");
        }
    }
}
