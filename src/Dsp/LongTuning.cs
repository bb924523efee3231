namespace Engine.Dsp;

/// <summary>
/// <see cref="TuningEstimator"/> for a recording of any length, with bit-identical results in bounded memory. Up to a
/// limit the peaks are kept. Above it, they are counted by the upper half of their height's bits and by tuning, which
/// shows which class of heights contains the median. A second pass over the frames then resolves the peaks of that
/// class.
/// </summary>
/// <param name="tracker">Finds the peaks of a frame.</param>
/// <param name="peakLimit">The most peaks kept.</param>
internal sealed class LongTuning(PitchTracker tracker, int peakLimit = LongTuning.DefaultPeakLimit)
{
    /// <summary>About ten minutes of music; 8 MB.</summary>
    public const int DefaultPeakLimit = 1 << 20;

    private const int BinsPerOctave = 12, Intervals = 100;

    // Half of a float's 32 bits, which have the same order as the numbers if none is negative.
    private const int Shift = 16;

    private readonly TuningEstimator _kept = new(tracker);
    private readonly PitchHistogram _pitches = new(BinsPerOctave, Intervals);
    private Classes? _coarse;
    private (int Lower, int Upper) _classes;
    private Classes _lower = null!, _upper = null!;

    /// <summary>Whether every frame must be given to <see cref="AddDetail"/> before the estimate.</summary>
    public bool NeedsDetail => _coarse is not null;

    /// <summary>Adds the peaks of a frame.</summary>
    public void Add(ReadOnlySpan<float> spectrum)
    {
        _kept.Add(spectrum);
        if (_coarse is null && _kept.Heights.Length <= peakLimit) return;
        _coarse ??= new();
        for (var i = 0; i < _kept.Heights.Length; i++)
            _coarse.Count(Bits(_kept.Heights[i]) >> Shift, _pitches.IndexOf(_kept.Frequencies[i]));
        _kept.Clear();
    }

    /// <summary>Ends the first pass; if <see cref="NeedsDetail"/>, all frames must be added again.</summary>
    public void StartDetail()
    {
        if (_coarse is null) return;
        var (lower, upper) = MiddleRanks;
        _classes = (_coarse.ClassOf(lower, out _), _coarse.ClassOf(upper, out _));
        _lower = new();
        _upper = _classes.Lower == _classes.Upper ? _lower : new();
    }

    /// <summary>Adds the peaks of a frame that was added before.</summary>
    public void AddDetail(ReadOnlySpan<float> spectrum)
    {
        _kept.Add(spectrum);
        for (var i = 0; i < _kept.Heights.Length; i++)
        {
            var bits = Bits(_kept.Heights[i]);
            var detail = bits >> Shift == _classes.Upper ? _upper : bits >> Shift == _classes.Lower ? _lower : null;
            detail?.Count(bits & ((1 << Shift) - 1), _pitches.IndexOf(_kept.Frequencies[i]));
        }

        _kept.Clear();
    }

    /// <summary>The tuning, as <see cref="TuningEstimator.Estimate(int, double)"/> returns it for the same frames.</summary>
    public double Estimate()
    {
        if (_coarse is null) return _kept.Estimate(BinsPerOctave, 1.0 / Intervals);
        var (lowerRank, upperRank) = MiddleRanks;
        var lower = Height(_classes.Lower, _lower, lowerRank);
        var upper = Height(_classes.Upper, _upper, upperRank);
        var threshold = lowerRank == upperRank ? upper : (lower + upper) / 2;
        var counted = new long[Intervals];
        _coarse.AddTo(counted, c => c > _classes.Upper);
        _upper.AddTo(counted, c => Value(_classes.Upper, c) >= threshold);
        if (_lower != _upper) _lower.AddTo(counted, c => Value(_classes.Lower, c) >= threshold);
        return _pitches.Tuning(counted);
    }

    // The ranks, from 0, of the two middle heights, which coincide if their number is odd.
    private (long Lower, long Upper) MiddleRanks => ((_coarse!.Total - 1) / 2, _coarse.Total / 2);

    private float Height(int coarse, Classes detail, long rank)
    {
        _coarse!.ClassOf(rank, out var below);
        return Value(coarse, detail.ClassOf(rank - below, out _));
    }

    // Without the sign bit, which only a NaN can have.
    private static int Bits(float height) => BitConverter.SingleToInt32Bits(height) & int.MaxValue;

    private static float Value(int upperHalf, int lowerHalf) => BitConverter.Int32BitsToSingle((upperHalf << Shift) | lowerHalf);

    /// <summary>How many peaks of each class have each tuning.</summary>
    private sealed class Classes
    {
        private readonly int[]?[] _counts = new int[]?[1 << Shift];

        public long Total { get; private set; }

        public void Count(int index, int interval)
        {
            (_counts[index] ??= new int[Intervals])[interval]++;
            Total++;
        }

        /// <summary>The class of the peak with a given rank, and the number of peaks in lower classes.</summary>
        public int ClassOf(long rank, out long below)
        {
            below = 0;
            for (var c = 0; c < _counts.Length; c++)
            {
                if (_counts[c] is not { } row) continue;
                var count = row.Sum(n => (long)n);
                if (rank < below + count) return c;
                below += count;
            }

            throw new ArgumentOutOfRangeException(nameof(rank), $"LongTuning: rank {rank} of {Total} peaks.");
        }

        public void AddTo(long[] counted, Func<int, bool> wanted)
        {
            for (var c = 0; c < _counts.Length; c++)
            {
                if (_counts[c] is not { } row || !wanted(c)) continue;
                for (var i = 0; i < row.Length; i++) counted[i] += row[i];
            }
        }
    }
}
