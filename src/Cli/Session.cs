namespace Engine.Cli;

/// <summary>What a running command writes to and listens to.</summary>
/// <param name="Output">Results.</param>
/// <param name="Error">Progress and errors.</param>
/// <param name="ErrorIsTerminal">Whether a person watches <paramref name="Error"/>.</param>
/// <param name="Cancel">Set when the command should stop.</param>
internal sealed record Session(TextWriter Output, TextWriter Error, bool ErrorIsTerminal, CancellationToken Cancel)
{
    /// <summary>Writes an error.</summary>
    public void Fail(string message) => Error.WriteLine($"engine: {message}");

    /// <summary>Writes a warning.</summary>
    public void Warn(string message) => Error.WriteLine($"engine: warning: {message}");
}

/// <summary>The command line or the input is wrong; the message is the one or two lines that say what, where and what to do.</summary>
internal sealed class CommandLineException(string message) : Exception(message);
