using System.CommandLine;
using Engine.Cli.Reports;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Runs;

namespace Engine.Cli.Commands;

/// <summary>
/// The options of every command that reads recordings: <c>--threads</c>, <c>--on-error</c>, <c>--no-cache</c>,
/// <c>--memory-limit</c> and <c>--max-hours</c>.
/// </summary>
/// <param name="onError">What happens to an unusable recording by default: fail or skip.</param>
internal sealed class WorkOptionSet(string onError = "fail")
{
    private const string Unit = "recording";

    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<string> _onError = CommonOptions.Choice(
        "--on-error", "What to do with an unusable recording: fail, or skip and list it.", onError, "skip", "fail");

    private readonly Option<bool> _noCache = new("--no-cache") { Description = "Recompute all features and cache none." };

    private readonly Option<long?> _memoryLimit = CommonOptions.MemoryLimit();

    /// <summary>The requested memory limit; null: the default.</summary>
    public long? MemoryLimit(ParseResult parsed) => parsed.GetValue(_memoryLimit);
    private readonly Option<double> _maxHours = CommonOptions.Number(
        "--max-hours", "H", "Reject recordings longer than this; a small file can hold days of audio.",
        WorkOptions.DefaultMaxHours, 0.001, 10_000);

    /// <summary>The requested number of threads.</summary>
    public int Threads(ParseResult parsed) => parsed.GetValue(_threads);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_threads);
        command.Options.Add(_onError);
        command.Options.Add(_noCache);
        command.Options.Add(_memoryLimit);
        command.Options.Add(_maxHours);
    }

    /// <summary>
    /// Runs <paramref name="work"/> with the requested options and shows progress over the recordings;
    /// <paramref name="then"/> is what it does after them.
    /// </summary>
    public T Run<T>(ParseResult parsed, Session session, string then, Func<WorkOptions, T> work) =>
        Run(parsed, session, then, (options, _) => work(options));

    /// <summary>The same for songs that are finished one by one, with how many that is in a second.</summary>
    public T RunSongs<T>(ParseResult parsed, Session session, string then, Func<WorkOptions, T> work) =>
        Progress.ShowRate(session, "song", then, recordings => work(Options(parsed, session, recordings)));

    /// <summary>The same for work that trains, with progress over the epochs and a line for each.</summary>
    public T Run<T>(
        ParseResult parsed, Session session, string then, Func<WorkOptions, IProgress<TrainingEpoch>, T> work) =>
        Progress.Show(session, Unit, then, (recordings, epochs) => work(Options(parsed, session, recordings), epochs));

    /// <summary>The same for work in many steps, each called <paramref name="step"/>, with a line for each.</summary>
    public T RunSteps<T>(
        ParseResult parsed, Session session, string then, string step,
        Func<WorkOptions, IProgress<PipelineProgress>, T> work) =>
        Progress.ShowSteps(session, Unit, then, step, (recordings, done) => work(Options(parsed, session, recordings), done));

    private WorkOptions Options(ParseResult parsed, Session session, IProgress<PipelineProgress> recordings) => new()
    {
        Threads = parsed.GetResult(_threads) is { Implicit: false } ? parsed.GetValue(_threads)
            : session.RankThreads ?? parsed.GetValue(_threads),
        MemoryLimit = parsed.GetValue(_memoryLimit),
        OnError = parsed.GetValue(_onError) == "skip" ? OnError.Skip : OnError.Fail,
        Cache = parsed.GetValue(_noCache) ? null : new FeatureCache(warn: session.Warn),
        MaxHours = parsed.GetValue(_maxHours),
        Ranks = session.Ranks,
        Progress = recordings,
        Warn = session.Warn,
        Cancellation = session.Cancel,
    };
}
