using Engine.Cli.Text;

namespace Engine.Cli;

/// <summary>
/// What a running command writes to and listens to. Names chosen by strangers are made safe to display on the way.
/// </summary>
internal sealed class Session
{
    private readonly TextWriter _exact;

    /// <summary>Writes where the command was started to write.</summary>
    /// <param name="output">Results.</param>
    /// <param name="error">Progress and errors.</param>
    /// <param name="outputIsTerminal">Whether a person watches <paramref name="output"/>.</param>
    /// <param name="errorIsTerminal">Whether a person watches <paramref name="error"/>.</param>
    /// <param name="cancel">Set when the command should stop.</param>
    public Session(TextWriter output, TextWriter error, bool outputIsTerminal, bool errorIsTerminal, CancellationToken cancel)
    {
        var results = new StandardWriter(output, "standard output", required: true);
        Bars = new StandardWriter(error, "standard error", required: false);
        (Output, Error) = (new VisibleWriter(results), new VisibleWriter(Bars));
        _exact = outputIsTerminal ? Output : results;
        (ErrorIsTerminal, Cancel) = (errorIsTerminal, cancel);
    }

    /// <summary>Results; a failure to write them is an <see cref="IOException"/>.</summary>
    public TextWriter Output { get; }

    /// <summary>Progress and errors; what cannot be written is dropped.</summary>
    public TextWriter Error { get; }

    /// <summary>
    /// The same for progress bars, which consist of control characters: text put into them must already be safe.
    /// </summary>
    public TextWriter Bars { get; }

    /// <summary>Whether a person watches <see cref="Error"/>.</summary>
    public bool ErrorIsTerminal { get; }

    /// <summary>Set when the command should stop.</summary>
    public CancellationToken Cancel { get; }

    /// <summary>Writes a table for programs: exact, except on a terminal, which would obey its control characters.</summary>
    public void WriteExactly(string data) => _exact.Write(data);

    /// <summary>Writes an error.</summary>
    public void Fail(string message) => Error.WriteLine($"engine: {Visible.Line(message)}");

    /// <summary>Writes a warning.</summary>
    public void Warn(string message) => Error.WriteLine($"engine: warning: {Visible.Line(message)}");
}

/// <summary>The command line or the input is wrong; the message is the one or two lines that say what, where and what to do.</summary>
internal sealed class CommandLineException(string message) : Exception(message);
