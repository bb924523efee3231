using Engine.Cli;
using Engine.Cli.Text;
using Engine.Tensors.Distributed;

using var signals = new StopSignals();
var command = new CommandLine(
    Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected, signals.Token)
{
    Screen = Screen.OfProcess(Environment.GetEnvironmentVariable),
    Launcher = Launcher.Current,
    ExitCode = signals.ExitCode,
};
return signals.ExitCode(command.Run(args));
