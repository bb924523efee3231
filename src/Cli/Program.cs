using Engine.Cli;
using Engine.Cli.Text;

using var signals = new StopSignals();
var command = new CommandLine(
    Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected, signals.Token)
{
    Screen = Screen.OfProcess(Environment.GetEnvironmentVariable),
};
return signals.ExitCode(command.Run(args));
