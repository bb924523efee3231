using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Engine.Cli.Commands;

/// <summary>A command whose help ends with examples.</summary>
internal sealed class ExampleCommand(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Command lines to copy.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>Whether the ranks of a job share its work; under several ranks it is refused otherwise.</summary>
    public bool SharesWork { get; set; }
}

/// <summary>The standard help, then the command's examples.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    /// <summary>What the help of all commands, and the manual, say at the end.</summary>
    internal const string Ending = """
        Exit codes: 0 done; 1 the work failed; 2 the command line or the input is wrong;
        130, 143 or 129 stopped by Ctrl-C, SIGTERM or SIGHUP. A stopped command leaves nothing half-written,
        and network training keeps its checkpoint; a second signal ends the command immediately.

        Reports fit the terminal, or the width in COLUMNS; in a file or a pipe every row of a table stays one line.
        Progress goes to standard error: one line on a terminal, elsewhere a line every 30 s. NO_COLOR=1 turns its
        colours off, TERM=dumb the line.

        """;

    private readonly HelpAction _help = new();

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var code = _help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is ExampleCommand { Examples: [_, ..] examples })
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var example in examples) output.WriteLine($"  {example}");
            output.WriteLine();
        }
        else if (parseResult.CommandResult.Command is RootCommand)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(Ending);
        }

        return code;
    }
}
