using Engine.Cli;
using Engine.Cli.Text;
using Engine.Tensors.Distributed;
using Microsoft.Win32.SafeHandles;

using var signals = new StopSignals();
// Open MPI gives its processes a terminal of its own, whatever becomes of what they write there.
var isAlone = Launcher.Current is not { Size: > 1 };
var isTerminal = !Console.IsOutputRedirected;
var command = new CommandLine(
    isAlone || !isTerminal ? Console.Out : Plain(1) ?? Console.Out,
    isAlone || !isTerminal ? Console.Error : Plain(2) ?? Console.Error, isAlone && isTerminal,
    isAlone && !Console.IsErrorRedirected, signals.Token)
{
    Screen = isAlone ? Screen.OfProcess(Environment.GetEnvironmentVariable) : Screen.Standard,
    Launcher = Launcher.Current,
    ExitCode = signals.ExitCode,
};
return signals.ExitCode(command.Run(args));

// The console's own streams set up a terminal by control characters. A file, which other processes may write, is left to them.
static StreamWriter? Plain(int number)
{
    if (OperatingSystem.IsWindows()) return null;
    var stream = new FileStream(new SafeFileHandle(number, ownsHandle: false), FileAccess.Write, bufferSize: 0);
    return stream.CanSeek ? null : new StreamWriter(stream) { AutoFlush = true };
}
