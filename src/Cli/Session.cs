using Engine.Cli.Text;
using Engine.Pipeline.Runs;
using Engine.Tensors.Distributed;

namespace Engine.Cli;

/// <summary>
/// The output streams and cancellation token of a running command. Untrusted names are made safe to display.
/// </summary>
internal sealed class Session
{
    private readonly TextWriter _exact, _results;

    /// <summary>Wraps the command's streams.</summary>
    /// <param name="output">Results.</param>
    /// <param name="error">Progress and errors.</param>
    /// <param name="outputIsTerminal">Whether <paramref name="output"/> is a terminal.</param>
    /// <param name="errorIsTerminal">Whether <paramref name="error"/> is a terminal.</param>
    /// <param name="cancel">Set when the command should stop.</param>
    public Session(TextWriter output, TextWriter error, bool outputIsTerminal, bool errorIsTerminal, CancellationToken cancel)
    {
        var results = new StandardWriter(output, "standard output", required: true);
        _results = results;
        Status = new StatusLine(new StandardWriter(error, "standard error", required: false));
        (Output, Error) = (new VisibleWriter(results), new VisibleWriter(Status));
        _exact = outputIsTerminal ? Output : results;
        (OutputIsTerminal, ErrorIsTerminal, Cancel) = (outputIsTerminal, errorIsTerminal, cancel);
    }

    /// <summary>Results; a failure to write them is an <see cref="IOException"/>.</summary>
    public TextWriter Output { get; }

    /// <summary>Progress and errors; text that cannot be written is dropped.</summary>
    public TextWriter Error { get; }

    /// <summary>What the terminal can do.</summary>
    public Screen Screen { get; init; } = Screen.Standard;

    /// <summary>Measures how long work takes.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The processes that share the work; all but the first are mute.</summary>
    public Communicator Ranks { get; set; } = Communicator.Alone;

    /// <summary>Threads that this rank has unless the command line says otherwise; null: one per processor.</summary>
    public int? RankThreads { get; set; }

    /// <summary>What errors begin with; empty except on a rank that must say which it is.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>How much room reports have now.</summary>
    public Layout Layout => new(Screen.Columns(), OutputIsTerminal);

    /// <summary>The terminal under <see cref="Error"/>, for progress, whose text must already be safe.</summary>
    public StatusLine Status { get; }

    /// <summary>Whether progress is not wanted.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>Whether <see cref="Status"/> can be shown; otherwise progress is lines in a log.</summary>
    public bool ShowsStatus => ErrorIsTerminal && Screen.CanOverwrite;

    /// <summary>Whether <see cref="Output"/> is a terminal.</summary>
    public bool OutputIsTerminal { get; }

    /// <summary>Whether <see cref="Error"/> is a terminal.</summary>
    public bool ErrorIsTerminal { get; }

    /// <summary>Set when the command should stop.</summary>
    public CancellationToken Cancel { get; }

    /// <summary>Writes machine-readable data verbatim, except on a terminal, which would obey its control characters.</summary>
    public void WriteExactly(string data) => _exact.Write(data);

    /// <summary>Names the page of a run or a comparison, if it has one: a warning has told if it has not.</summary>
    public void WriteReport(string folder)
    {
        var page = Path.Combine(folder, RunFolder.ReportFile);
        if (File.Exists(page)) Output.WriteLine($"report      {page}");
    }

    /// <summary>Writes a picture that a terminal shows: control sequences, which hold no untrusted text.</summary>
    public void WritePicture(string sequence)
    {
        _results.Write(sequence);
        _results.Flush();
    }

    /// <summary>Writes an error.</summary>
    public void Fail(string message) => Error.WriteLine($"engine: {Prefix}{Visible.Line(message)}");

    /// <summary>Writes a warning.</summary>
    public void Warn(string message) => Error.WriteLine($"engine: warning: {Visible.Line(message)}");
}

/// <summary>The command line or the input is wrong; the message says in one or two lines what, where and what to do.</summary>
internal sealed class CommandLineException(string message) : Exception(message);
