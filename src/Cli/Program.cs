using Engine.Cli;

using var cancel = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    // The first Ctrl-C lets the work stop cleanly; the second ends the process.
    pressed.Cancel = !cancel.IsCancellationRequested;
    cancel.Cancel();
};
return new CommandLine(Console.Out, Console.Error, !Console.IsErrorRedirected, cancel.Token).Run(args);
