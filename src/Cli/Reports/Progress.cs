using Engine.Classifiers.Pipeline;
using Spectre.Console;

namespace Engine.Cli.Reports;

/// <summary>How far a piece of work is: a bar where a person watches, nothing otherwise.</summary>
internal static class Progress
{
    /// <summary>Runs <paramref name="work"/>, which reports how far it is, from any thread.</summary>
    public static T Show<T>(Session session, string what, Func<IProgress<PipelineProgress>, T> work)
    {
        if (!session.ErrorIsTerminal) return work(new Reporter(_ => { }));
        return AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(session.Error) })
            .Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(Markup.Escape(what));
                return work(new Reporter(p =>
                {
                    task.MaxValue = p.Total;
                    task.Increment(1);
                }));
            });
    }

    private sealed class Reporter(Action<PipelineProgress> report) : IProgress<PipelineProgress>
    {
        public void Report(PipelineProgress value) => report(value);
    }
}
