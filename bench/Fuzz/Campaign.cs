using System.Diagnostics;

namespace Engine.Fuzzing;

/// <summary>A fault with the smallest input found for it.</summary>
internal sealed record Finding(string Target, byte[] Input, string Fault, long Case);

/// <summary>How far a campaign came.</summary>
internal sealed record Tally(string Target, long Cases, double Seconds, int Outcomes, int Edges, int Corpus,
    IReadOnlyList<Finding> Findings);

/// <summary>
/// Runs one target: takes an input that went a way of its own, changes it, and keeps the new one if it goes another way. All
/// choices follow from the seed and the number of the case.
/// </summary>
internal sealed class Campaign
{
    private const int LargestInput = 1 << 16;
    private const int MostFindings = 20;
    private const int MostOutcomes = 20_000;

    private readonly Target _target;
    private readonly Coverage _coverage;
    private readonly ulong _seed;
    private readonly double _mostSeconds;
    private readonly List<byte[]> _corpus = [];
    private readonly HashSet<string> _outcomes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _faults = new(StringComparer.Ordinal);
    private readonly List<Finding> _findings = [];
    private byte[] _input = [];
    private long _started;
    private long _case;

    /// <summary>Prepares a campaign from the target's seeds, which must be accepted, and <paramref name="more"/>, which need
    /// not.</summary>
    public Campaign(
        Target target, Coverage coverage, int seed, IEnumerable<byte[]> more, double mostSeconds = Verdict.MostSeconds)
    {
        (_target, _coverage, _mostSeconds) = (target, coverage, mostSeconds);
        _seed = Hash.Mix(Hash.Of(target.Name) + (uint)seed);
        foreach (var valid in target.Seeds)
        {
            // The first pass runs static constructors and fills caches; the second is as every later one.
            Try(valid);
            var verdict = Try(valid);
            if (verdict is { Fault: null, Shape: not Verdict.Accepted })
            {
                throw new InvalidOperationException($"{target.Name}: a seed is refused: {verdict.Shape}");
            }

            Keep(valid, verdict, 0);
        }

        foreach (var input in more) Keep(input, Try(input), 0);
        if (_corpus.Count == 0) _corpus.AddRange(target.Seeds);
    }

    /// <summary>Inputs that each went a way of its own.</summary>
    public IReadOnlyList<byte[]> Corpus => _corpus;

    /// <summary>The case in hand and how long it has been running; for a watchdog on another thread.</summary>
    public (long Case, byte[] Input, TimeSpan Running) InHand =>
    (
        Volatile.Read(ref _case),
        Volatile.Read(ref _input),
        Volatile.Read(ref _started) is var at and > 0 ? Stopwatch.GetElapsedTime(at) : TimeSpan.Zero);

    /// <summary>Runs so many cases, or as many as the time allows.</summary>
    public Tally Run(long cases, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        for (_case = 1; _case <= cases && _findings.Count < MostFindings && clock.Elapsed < time; _case++)
        {
            var input = Make(new Random((int)Hash.Mix(_seed + (ulong)_case)));
            Keep(input, Try(input), _case);
        }

        return new(_target.Name, _case - 1, clock.Elapsed.TotalSeconds, _outcomes.Count, _coverage.Edges, _corpus.Count,
            _findings);
    }

    private byte[] Make(Random random)
    {
        // Half of the parents are among the latest: they lie deepest.
        var parent = random.Next(2) == 0 ? random.Next(_corpus.Count)
            : _corpus.Count - 1 - random.Next(Math.Min(_corpus.Count, 32));
        var input = (byte[])_corpus[parent].Clone();
        for (var left = 1 << random.Next(4); left > 0; left--) input = _target.Mutation.Apply(input, _corpus, random);
        return input.Length > LargestInput ? input[..LargestInput] : input;
    }

    private Verdict Try(byte[] input)
    {
        Volatile.Write(ref _input, input);
        _coverage.Reset();
        Volatile.Write(ref _started, Stopwatch.GetTimestamp());
        var verdict = Verdict.Of(_target, input, _mostSeconds);
        Volatile.Write(ref _started, 0);
        return verdict;
    }

    private void Keep(byte[] input, Verdict verdict, long number)
    {
        var isNew = _coverage.Merge();
        if (_outcomes.Count < MostOutcomes) isNew |= _outcomes.Add(verdict.Shape);
        if (verdict.Fault is { } fault)
        {
            if (!_faults.Add(verdict.Key)) return;
            var smallest = new Minimizer(candidate => Try(candidate).Key == verdict.Key).Run(input);
            _findings.Add(new(_target.Name, smallest, Try(smallest).Fault ?? fault, number));
        }
        else if (isNew)
        {
            _corpus.Add(input);
        }
    }
}
