using Engine.Cli.Text;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Runs;

namespace Engine.Cli.Reports;

/// <summary>
/// Shows how far work is: on a terminal a line with a short bar, below all lines that the work writes; elsewhere a plain line
/// every half minute. Short work shows nothing.
/// </summary>
internal sealed class Progress : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan s_refresh = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan s_logged = TimeSpan.FromSeconds(30);

    // "^C", twice.
    private const int Echo = 4;

    private readonly Lock _gate = new();
    private readonly Session _session;
    private readonly ProgressClock _clock;
    private readonly ITimer? _timer;
    private bool _ended;

    private Progress(Session session, string what, bool showsRate = false)
    {
        (_session, _clock) = (session, new(session.Clock) { ShowsRate = showsRate });
        _clock.Begin(what);
        // A second Ctrl-C ends the process at once.
        AppDomain.CurrentDomain.ProcessExit += End;
        if (session.IsQuiet) return;
        _timer = session.ShowsStatus
            ? session.Clock.CreateTimer(_ => Draw(), null, s_patience, s_refresh)
            : session.Clock.CreateTimer(_ => Draw(), null, s_logged, s_logged);
    }

    /// <summary>
    /// Runs <paramref name="work"/>, which reports finished items, each called <paramref name="unit"/>, from any thread. Once all
    /// are finished, <paramref name="then"/> says what it does.
    /// </summary>
    public static T Show<T>(Session session, string unit, string then, Func<IProgress<PipelineProgress>, T> work) =>
        Show(session, unit, then, (items, _) => work(items));

    /// <summary>The same, and how many items are finished in a second.</summary>
    public static T ShowRate<T>(Session session, string unit, string then, Func<IProgress<PipelineProgress>, T> work)
    {
        using var progress = new Progress(session, then, showsRate: true);
        return work(progress.Items(unit, then));
    }

    /// <summary>The same for work that then trains, with a line for every epoch.</summary>
    public static T Show<T>(
        Session session, string unit, string then, Func<IProgress<PipelineProgress>, IProgress<TrainingEpoch>, T> work)
    {
        using var progress = new Progress(session, then);
        return work(progress.Items(unit, then), progress.Epochs(then));
    }

    /// <summary>The same for work in steps, each called <paramref name="step"/>, with a line for every one.</summary>
    public static T ShowSteps<T>(
        Session session, string unit, string then, string step,
        Func<IProgress<PipelineProgress>, IProgress<PipelineProgress>, T> work)
    {
        using var progress = new Progress(session, then);
        return work(progress.Items(unit, then), progress.Steps(step, then));
    }

    /// <summary>All of a known number of items, which take time to come.</summary>
    public static IReadOnlyList<T> All<T>(Session session, string unit, int total, IEnumerable<T> items)
    {
        using var progress = new Progress(session, unit);
        var all = new List<T>(total);
        progress.Count(unit, 0, total);
        foreach (var item in items)
        {
            all.Add(item);
            progress.Count(unit, all.Count, total);
        }

        return all;
    }

    /// <summary>Ends the line.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= End;
        End(this, EventArgs.Empty);
        _timer?.Dispose();
    }

    // Counts the reports: of several threads' numbers the highest need not come last. Recordings may be read more than once.
    private Reporter<PipelineProgress> Items(string unit, string then)
    {
        var done = 0;
        return new(p =>
        {
            lock (_gate)
            {
                if (++done < p.Total)
                {
                    _clock.Count(unit, done, p.Total);
                    return;
                }

                done = 0;
                _clock.Begin(then);
            }
        });
    }

    private Reporter<TrainingEpoch> Epochs(string then)
    {
        double? rate = null;
        return new(e =>
        {
            var columns = _session.ShowsStatus ? _session.Screen.Columns() : int.MaxValue;
            Say(EpochLine.Of(e, rate, columns));
            rate = e.Record.LearningRate;
            Count("epoch", (e.Round - 1) * e.Epochs + e.Record.Epoch, e.Rounds * e.Epochs, then);
        });
    }

    private Reporter<PipelineProgress> Steps(string step, string then) => new(s =>
    {
        Say($"{s.Done}/{s.Total}  {Visible.Line(s.Item)}");
        Count(step, s.Done, s.Total, then);
    });

    private void Say(string line)
    {
        if (!_session.IsQuiet) _session.Error.WriteLine(line);
    }

    private void Count(string unit, int done, int total, string? then = null)
    {
        lock (_gate)
        {
            if (done == total && then is not null) _clock.Begin(then);
            else _clock.Count(unit, done, total);
        }
    }

    private void Draw()
    {
        lock (_gate)
        {
            if (_ended) return;
            var state = _clock.Now();
            if (_session.ShowsStatus)
            {
                var line = ProgressText.Line(state, _session.Screen, _session.Status.Encoding);
                _session.Status.Show(line, Math.Min(ProgressText.MostColumns + Echo, _session.Screen.Columns() - 1));
            }
            else
            {
                _session.Error.WriteLine(ProgressText.Plain(state));
            }
        }
    }

    private void End(object? sender, EventArgs e)
    {
        lock (_gate)
        {
            _ended = true;
            _session.Status.Show("", 0);
        }
    }

    private sealed class Reporter<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
