using System.Globalization;
using System.Text;
using Engine.Cli.Text;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Runs;
using Spectre.Console;

namespace Engine.Cli.Reports;

/// <summary>Shows progress: bars on a terminal, otherwise one line per step or epoch.</summary>
internal static class Progress
{
    /// <summary>Runs <paramref name="work"/>, which reports its progress from any thread.</summary>
    public static T Show<T>(Session session, string what, Func<IProgress<PipelineProgress>, T> work) =>
        Show(session, what, (recordings, _) => work(recordings));

    /// <summary>Runs <paramref name="work"/>, which reports finished recordings and epochs from any thread.</summary>
    public static T Show<T>(Session session, string what, Func<IProgress<PipelineProgress>, IProgress<TrainingEpoch>, T> work)
    {
        if (!session.ErrorIsTerminal)
        {
            return work(new Reporter<PipelineProgress>(_ => { }),
                new Reporter<TrainingEpoch>(e => session.Error.WriteLine(Line(e))));
        }

        return Bars(session).Start(context => work(Recordings(context, what), Epochs(context)));
    }

    /// <summary>Runs <paramref name="work"/>, which also reports its steps: a bar on a terminal, otherwise a line each.</summary>
    public static T ShowSteps<T>(
        Session session, string what, string steps, Func<IProgress<PipelineProgress>, IProgress<PipelineProgress>, T> work)
    {
        if (!session.ErrorIsTerminal)
        {
            return work(new Reporter<PipelineProgress>(_ => { }),
                new Reporter<PipelineProgress>(s => session.Error.WriteLine($"{s.Done}/{s.Total}  {Visible.Line(s.Item)}")));
        }

        return Bars(session).Start(context => work(Recordings(context, what), Steps(context, steps)));
    }

    private static Spectre.Console.Progress Bars(Session session) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new Terminal(session.Bars) })
        .Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn());

    private static Reporter<PipelineProgress> Steps(ProgressContext context, string what)
    {
        ProgressTask? task = null;
        return new(s =>
        {
            task ??= context.AddTask(Markup.Escape(what));
            (task.MaxValue, task.Value, task.Description) = (s.Total, s.Done, Markup.Escape(Visible.Line(s.Item)));
        });
    }

    private static Reporter<PipelineProgress> Recordings(ProgressContext context, string what)
    {
        var task = context.AddTask(Markup.Escape(what));
        return new(p =>
        {
            task.MaxValue = p.Total;
            task.Increment(1);
        });
    }

    private static Reporter<TrainingEpoch> Epochs(ProgressContext context)
    {
        ProgressTask? task = null;
        return new(e =>
        {
            task ??= context.AddTask("training");
            task.MaxValue = e.Rounds * e.Epochs;
            task.Value = (e.Round - 1) * e.Epochs + e.Record.Epoch;
            task.Description = Markup.Escape(Line(e));
        });
    }

    private static string Line(TrainingEpoch epoch)
    {
        var record = epoch.Record;
        var round = epoch.Rounds > 1 ? $"round {epoch.Round}/{epoch.Rounds}  " : "";
        var valid = record.ValidLoss is { } loss
            ? string.Create(CultureInfo.InvariantCulture, $"  valid loss {loss:0.0000} accuracy {record.ValidAccuracy:0.000}")
            : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{round}epoch {record.Epoch}/{epoch.Epochs}  loss {record.Loss:0.0000} accuracy {record.Accuracy:0.000}{valid} "
                + $" rate {record.LearningRate:0.######}  {record.Seconds:0.00} s, {record.SamplesPerSecond:0} examples/s");
    }

    // The terminal of standard error, through a writer that drops failed writes: bars are drawn by a thread of their own.
    private sealed class Terminal(TextWriter writer) : IAnsiConsoleOutput
    {
        private readonly AnsiConsoleOutput _standardError = new(Console.Error);

        public TextWriter Writer => writer;

        public bool IsTerminal => _standardError.IsTerminal;

        public int Width => _standardError.Width;

        public int Height => _standardError.Height;

        public void SetEncoding(Encoding encoding) => _standardError.SetEncoding(encoding);
    }

    private sealed class Reporter<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
