using Engine.Cli;
using Engine.Cli.Text;
using Engine.Tensors.Distributed;
using Microsoft.Win32.SafeHandles;

using var signals = new StopSignals();
// Open MPI gives its processes a terminal of its own, whatever becomes of what they write there.
var isAlone = Launcher.Current is not { Size: > 1 };
var command = new CommandLine(
    isAlone ? Console.Out : Plain(1), isAlone ? Console.Error : Plain(2),
    isAlone && !Console.IsOutputRedirected, isAlone && !Console.IsErrorRedirected, signals.Token)
{
    Screen = isAlone ? Screen.OfProcess(Environment.GetEnvironmentVariable) : Screen.Standard,
    Launcher = Launcher.Current,
    ExitCode = signals.ExitCode,
};
return signals.ExitCode(command.Run(args));

// The console's own streams set up a terminal by control characters.
static TextWriter Plain(int number) => OperatingSystem.IsWindows() ? number == 1 ? Console.Out : Console.Error
    : new StreamWriter(new FileStream(new SafeFileHandle(number, ownsHandle: false), FileAccess.Write, bufferSize: 0))
    {
        AutoFlush = true,
    };
