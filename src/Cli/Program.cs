using Engine.Cli;

using var signals = new StopSignals();
var code = new CommandLine(Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected,
    signals.Token).Run(args);
return signals.ExitCode(code);
