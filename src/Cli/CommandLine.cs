using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Reflection;
using Engine.Classifiers;
using Engine.Cli.Commands;
using Engine.Cli.Ranks;
using Engine.Cli.Shell;
using Engine.Cli.Text;
using Engine.Dsp;
using Engine.Dsp.Audio;
using Engine.Pipeline.Recipes;
using Engine.Tensors;
using Engine.Tensors.Distributed;

namespace Engine.Cli;

/// <summary>
/// The command <c>engine</c>: parses the command line, runs one command, and reports a failure in one or two lines and an
/// exit code.
/// </summary>
/// <param name="output">Receives results.</param>
/// <param name="error">Receives progress and errors.</param>
/// <param name="outputIsTerminal">
/// Whether <paramref name="output"/> is a terminal; machine-readable tables are then made safe to display.
/// </param>
/// <param name="errorIsTerminal">Whether <paramref name="error"/> is a terminal; only then is a progress bar shown.</param>
/// <param name="cancel">Stops the running command.</param>
public sealed class CommandLine(
    TextWriter output, TextWriter error, bool outputIsTerminal, bool errorIsTerminal, CancellationToken cancel)
{
    /// <summary>The command succeeded.</summary>
    public const int Done = 0;

    /// <summary>The work failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the input is wrong.</summary>
    public const int Wrong = 2;

    /// <summary>Ctrl-C stopped the command. The exit code is 143 after SIGTERM and 129 after SIGHUP.</summary>
    public const int Stopped = 130;

    /// <summary>The release version, such as <c>0.1.0</c>.</summary>
    public static string Version { get; } = Informational[0];

    /// <summary>The commit that this program was built from; null if it was built outside a repository.</summary>
    public static string? Commit { get; } = Informational is [_, var commit] ? commit : null;

    /// <summary>What the terminal can do.</summary>
    internal Screen Screen { get; init; } = Screen.Standard;

    /// <summary>What started this process as one of several; null: nothing did.</summary>
    internal Launcher? Launcher { get; init; }

    /// <summary>The exit code of the process for that of the command, when it ends a job of several.</summary>
    internal Func<int, int> ExitCode { get; init; } = code => code;

    private const string NoMemory =
        "there is not enough memory. Use less data or fewer --threads, or give the process more memory.";

    private readonly Option<bool> _debug = new("--debug") { Description = "Show the stack trace of an error.", Recursive = true };
    private readonly Option<bool> _quiet = new("--quiet", "-q")
    {
        Description = "Print results, warnings and errors only: no progress.",
        Recursive = true,
    };

    /// <summary>Runs the command named by <paramref name="arguments"/> and returns its exit code.</summary>
    public int Run(IReadOnlyList<string> arguments)
    {
        var job = RankJob.Of(Launcher, arguments);
        var session = job is { IsFirst: false }
            ? new Session(TextWriter.Null, TextWriter.Null, outputIsTerminal: false, errorIsTerminal: false, cancel)
            : new Session(output, error, outputIsTerminal, errorIsTerminal, cancel) { Screen = Screen };
        var debug = false;
        try
        {
            var root = Root(session);
            // No response files: a recording may be called @list.wav.
            var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
            debug = parsed.GetValue(_debug);
            session.IsQuiet = parsed.GetValue(_quiet);
            var configuration = new InvocationConfiguration
            {
                Output = session.Output,
                Error = session.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            var problem = parsed.Action is HelpWithExamples ? null
                : Misspelt(parsed) is { } option ? NoOption(option, parsed.CommandResult.Command)
                : parsed.Action is ParseErrorAction ? Describe(parsed) : EmptyValues.Problem(parsed);
            if (problem is null)
            {
                return job is null || parsed.Action != parsed.CommandResult.Command.Action
                    ? parsed.Invoke(configuration) : job.Run(session, parsed, configuration);
            }

            session.Fail(problem);
            session.Error.WriteLine($"Usage and examples: {Path(parsed.CommandResult.Command)} --help");
            job?.LetFirstSpeak(cancel);
            return Wrong;
        }
        catch (Exception e)
        {
            if (job is null) return Explain(e, session, debug);
            return job.Fail(e, session, error, shown => Explain(e, shown, debug), ExitCode);
        }
    }

    // Version and commit: 0.1.0+ed4be58…
    private static string[] Informational => typeof(CommandLine).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+');

    private static string Describe(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is not [var token, ..]) return parsed.Errors[0].Message;
        if (token.StartsWith('-')) return NoOption(token, command);
        string[] commands = [.. command.Subcommands.Select(c => c.Name)];
        return commands.Length > 0
            ? $"'{token}' is not a command{Spelling.Suggest(token, commands)}; the commands are {string.Join(", ", commands)}."
            : $"'{token}' is one argument too many for {Path(command)}.";
    }

    private static string NoOption(string token, Command command)
    {
        string[] options = [.. command.Options.Select(o => o.Name)];
        return $"'{token}' is not an option of {Path(command)}{Spelling.Suggest(token, options)}; " +
            $"it has {string.Join(", ", options)}.";
    }

    // The parser takes an option it does not know for an argument, such as the name of a file.
    private static string? Misspelt(ParseResult parsed)
    {
        var named = parsed.Tokens.SkipWhile(t => t.Type != TokenType.DoubleDash).ToHashSet(ReferenceEqualityComparer.Instance);
        return parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens)
            .FirstOrDefault(t => t.Value.StartsWith("--", StringComparison.Ordinal) && !named.Contains(t)
                && !System.IO.Path.Exists(t.Value))?.Value;
    }

    private RootCommand Root(Session session)
    {
        var root = new RootCommand("Engine: music-genre classification, from the audio file to the confusion matrix.")
        {
            DemoCommand.Create(session),
            SynthCommand.Create(session),
            ScanCommand.Create(session),
            CheckCommand.Create(session),
            FeaturesCommand.Create(session),
            ExploreCommand.Create(session),
            SimilarCommand.Create(session),
            ClusterCommand.Create(session),
            PlotCommand.Create(session),
            RecipesCommand.Create(session),
            ModelsCommand.Create(session),
            ImportCommand.Create(session),
            SummaryCommand.Create(session),
            TrainCommand.Create(session),
            TestCommand.Create(session),
            PredictCommand.Create(session),
            UndoTagsCommand.Create(session),
            MergeCommand.Create(session),
            CompareCommand.Create(session),
            EnsembleCommand.Create(session),
            TuneCommand.Create(session),
            ReportCommand.Create(session),
            CacheCommand.Create(session),
            DevicesCommand.Create(session),
            SelfTestCommand.Create(session),
            BenchCommand.Create(session),
            CompletionCommand.Create(session),
            ManualCommand.Create(session),
            _quiet,
            _debug,
        };
        root.Options.OfType<VersionOption>().Single().Action = new Print(session, $"engine {Version}");
        var help = root.Options.OfType<System.CommandLine.Help.HelpOption>().Single();
        help.Action = new HelpWithExamples();
        // Windows's forms are paths elsewhere.
        if (!OperatingSystem.IsWindows())
        {
            help.Aliases.Remove("/h");
            help.Aliases.Remove("/?");
        }

        Completions.AddTo(root);
        return root;
    }

    internal static int Explain(Exception e, Session session, bool debug)
    {
        // If several threads fail at once, only the first error is reported.
        while (e is AggregateException { InnerException: { } first }) e = first;
        var (code, message) = e switch
        {
            OperationCanceledException => (Stopped, "stopped"),
            CommandLineException => (Wrong, e.Message),
            EngineException { InnerException: { } cause } when IsTrouble(cause) => (Failed, e.Message),
            EngineException => (Wrong, e.Message),
            IOException or UnauthorizedAccessException or DeviceException => (Failed, e.Message),
            OutOfMemoryException => (Failed, NoMemory),
            _ => (Failed, e.Message),
        };
        // A driver's log keeps its line breaks.
        if (e is DeviceException) session.Error.WriteLine($"engine: {session.Prefix}{message}");
        else session.Fail(message);
        if (IsFault(e))
            session.Error.WriteLine($"This is a fault in engine ({e.GetType().Name}); --debug shows where it happened.");
        if (debug) session.Error.WriteLine(e);
        return code;
    }

    private static bool IsFault(Exception e) =>
        e is not (OperationCanceledException or CommandLineException or EngineException or IOException
            or UnauthorizedAccessException or DeviceException or OutOfMemoryException);

    // The disk is full or access is denied: the command line and the input may still be correct.
    private static bool IsTrouble(Exception cause) =>
        cause is UnauthorizedAccessException or OutOfMemoryException
        || cause is IOException and not (FileNotFoundException or DirectoryNotFoundException or AudioFormatException
            or FileKindException);

    private static string Path(Command command) =>
        command is RootCommand ? "engine" : $"{string.Join(' ', command.Parents.OfType<Command>().Select(Path))} {command.Name}";

    private sealed class Print(Session session, string line) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            session.Output.WriteLine(line);
            return Done;
        }
    }
}
