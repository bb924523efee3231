using Spectre.Console;

namespace Engine.Cli.Reports;

/// <summary>How far a piece of work is: a bar where a person watches, nothing otherwise.</summary>
internal static class Progress
{
    /// <summary>
    /// Runs <paramref name="work"/>, which calls the action it is given after each of <paramref name="total"/> steps; from any
    /// thread.
    /// </summary>
    public static void Run(Session session, string what, int total, Action<Action> work)
    {
        if (!session.ErrorIsTerminal)
        {
            work(() => { });
            return;
        }

        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(session.Error) })
            .Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(Markup.Escape(what), maxValue: total);
                work(() => task.Increment(1));
            });
    }
}
