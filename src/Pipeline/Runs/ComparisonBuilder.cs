using Engine.Classifiers.Evaluation;

namespace Engine.Pipeline.Runs;

/// <summary>A system's rounds as they were tested.</summary>
/// <param name="Name">The system.</param>
/// <param name="Protocol">The split's protocol line.</param>
/// <param name="Labels">The names of the labels.</param>
/// <param name="Rows">The rounds row by row.</param>
/// <param name="Tracks">The rounds by track; null where every row is a track.</param>
/// <param name="FitSeconds">Seconds spent training.</param>
/// <param name="PredictSeconds">Seconds spent predicting the tested rows.</param>
/// <param name="Device">The device or devices used.</param>
internal sealed record SystemRounds(
    string Name, string Protocol, IReadOnlyList<string> Labels, TestedRound[] Rows, TestedRound[]? Tracks, double FitSeconds,
    double PredictSeconds, string Device);

/// <summary>
/// Builds a comparison from systems' rounds. Systems are ranked and tested by track, since new songs come as tracks; under a
/// leaky split by row, since that is what such figures measure.
/// </summary>
/// <param name="split">The split of all systems.</param>
/// <param name="rounds">Its number of rounds.</param>
internal sealed class ComparisonBuilder(SplitSpec split, int rounds)
{
    private const string Wilson = "Wilson's score interval: each row is tested once";
    private const string Resampled = "corrected resampled t interval (Nadeau and Bengio, 2003): holdouts share rows";
    private const string Dependent = "; windows of a track are not independent, so the interval by window is too narrow";
    private const string McNemarTest = "McNemar's exact test, p not adjusted for the number of pairs";
    private const string ResampledTest =
        "corrected resampled t-test (Nadeau and Bengio, 2003), p not adjusted for the number of pairs";

    private readonly bool _overlapping = split.Kind == SplitKind.Holdout && rounds > 1;

    /// <summary>The comparison, with the systems in the given order.</summary>
    public Comparison Build(IReadOnlyList<SystemRounds> systems, string data, ulong seed, IEnumerable<string> notes)
    {
        var remarks = notes.ToList();
        var best = systems.MaxBy(s => Accuracy(Ranked(s)))!;
        return new(
            Comparison.CurrentFormat, GenreModel.CurrentVersion, data, split.ToString(), seed, split.IsLeaky, rounds,
            (_overlapping ? Resampled : Wilson) + (systems.Any(s => s.Tracks is not null) ? Dependent : ""),
            _overlapping ? ResampledTest : McNemarTest, best.Name,
            [.. systems.SelectMany(Describe)], [.. Pairs(systems, remarks)], remarks, MostFrequent(Ranked(systems[0])));
    }

    private TestedRound[] Ranked(SystemRounds system) => split.IsLeaky ? system.Rows : system.Tracks ?? system.Rows;

    private IEnumerable<ComparedSystem> Describe(SystemRounds system)
    {
        if (system.Tracks is null)
        {
            yield return Figures(system, "track", system.Rows);
            yield break;
        }

        yield return Figures(system, "track", system.Tracks);
        yield return Figures(system, "window", system.Rows);
    }

    private ComparedSystem Figures(SystemRounds system, string unit, TestedRound[] tested)
    {
        var pooled = Metrics.Pool([.. tested.Select(r => (r.Probabilities, r.Labels))], system.Labels, _overlapping);
        var figures = pooled.Pooled ?? Metrics.Summarize([pooled]);
        var count = tested.Sum(r => r.Labels.Length);
        var interval = _overlapping
            ? CorrectedResampled.Interval(figures.Accuracies, tested[0].TestToTrain)
            : Metrics.WilsonInterval(tested.Sum(CountRight), count);
        return new(
            system.Name, unit, system.Protocol, tested[0].Learned, count, figures.Accuracies,
            Metrics.Spread(tested.Select(r => r.TrainAccuracy)),
            figures.Accuracy, interval, figures.F1Macro, figures.RocAucOvrMacro, figures.AveragePrecisionMacro!,
            system.FitSeconds, system.PredictSeconds, system.Device)
        {
            RecallMacro = figures.RecallMacro,
        };
    }

    private IEnumerable<ComparedPair> Pairs(IReadOnlyList<SystemRounds> systems, List<string> notes)
    {
        for (var i = 0; i < systems.Count; i++)
        {
            for (var j = i + 1; j < systems.Count; j++)
            {
                var (first, second) = (Ranked(systems[i]), Ranked(systems[j]));
                if (first.Zip(second).All(p => p.First.Names.SequenceEqual(p.Second.Names)))
                    yield return Pair(systems[i].Name, first, systems[j].Name, second);
                else notes.Add($"{systems[i].Name} and {systems[j].Name} were not tested on the same rows, so they are not "
                + "tested against each other");
            }
        }
    }

    private ComparedPair Pair(string firstName, TestedRound[] first, string secondName, TestedRound[] second)
    {
        var difference = Accuracy(first) - Accuracy(second);
        if (_overlapping)
        {
            var differences = first.Zip(second, (a, b) => Accuracy([a]) - Accuracy([b])).ToArray();
            return new(firstName, secondName, difference, CorrectedResampled.PValue(differences, first[0].TestToTrain),
                null, null);
        }

        var test = McNemar.Of([.. first.SelectMany(Right)], [.. second.SelectMany(Right)]);
        return new(firstName, secondName, difference, test.PValue, test.OnlyFirst, test.OnlySecond);
    }

    // Of holdouts the mean of the rounds; otherwise that of all rounds together, however many each tests.
    private double Accuracy(TestedRound[] tested) => _overlapping
        ? tested.Average(r => (double)CountRight(r) / r.Labels.Length)
        : (double)tested.Sum(CountRight) / tested.Sum(r => r.Labels.Length);

    private double MostFrequent(TestedRound[] tested)
    {
        int[][] tests = _overlapping ? [.. tested.Select(r => r.Labels)] : [[.. tested.SelectMany(r => r.Labels)]];
        return tests.Average(labels => (double)labels.CountBy(label => label).Max(c => c.Value) / labels.Length);
    }

    private static int CountRight(TestedRound round) => Right(round).Count(right => right);

    private static IEnumerable<bool> Right(TestedRound round) =>
        round.Probabilities.ArgMax().Zip(round.Labels, (predicted, label) => predicted == label);
}
