using Engine.Fuzzing;

if (args is [Instrumentation.ChildArgument]) return Instrumentation.Instrument(AppContext.BaseDirectory);

Options options;
try
{
    options = Options.Parse(args);
}
catch (Exception e) when (e is FormatException or OverflowException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"{e.Message}\n{Options.Usage}");
    return 2;
}

// Before anything of Engine is loaded.
if (!options.Plain && Instrumentation.Prepare(AppContext.BaseDirectory) is { } reason)
{
    Console.Error.WriteLine($"Without coverage: {reason}");
}

return new Session(options).Run();
