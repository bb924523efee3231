namespace Engine.Dsp;

/// <summary>The parameters of a tempo estimate, with librosa's defaults.</summary>
public sealed record TempoOptions
{
    /// <summary>The centre of the prior in beats per minute (<c>start_bpm</c>).</summary>
    public double StartBpm { get; init; } = 120;

    /// <summary>The prior's standard deviation in octaves (<c>std_bpm</c>).</summary>
    public double StandardDeviation { get; init; } = 1;

    /// <summary>The length of the autocorrelation window in seconds (<c>ac_size</c>).</summary>
    public double WindowSeconds { get; init; } = 8;

    /// <summary>Only tempi below this many beats per minute are considered (<c>max_tempo</c>); null means all.</summary>
    public double? MaxBpm { get; init; } = 320;
}

/// <summary>
/// The global tempo of a recording: the lag at which the mean tempogram, weighted by a log-normal prior, is largest, as
/// <c>librosa.feature.tempo</c> with its default of averaging over frames (the prior after D. P. W. Ellis, "Beat tracking by
/// dynamic programming", 2007).
/// </summary>
public static class Tempo
{
    /// <summary>
    /// The tempo in beats per minute; for a silent envelope, the tempo of the lag nearest to the prior's centre.
    /// </summary>
    /// <param name="onsetStrength">One value per frame, as <see cref="OnsetStrength"/> returns.</param>
    /// <param name="sampleRate">Samples per second of the signal behind it.</param>
    /// <param name="hopLength">Samples between its frames.</param>
    /// <param name="options">The parameters; null means the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range, or the window is too short for any tempo below
    /// MaxBpm.</exception>
    public static double Estimate(
        ReadOnlySpan<float> onsetStrength, double sampleRate, int hopLength = 512, TempoOptions? options = null)
    {
        options ??= new();
        Check(sampleRate, hopLength, options);
        var lags = (int)Math.Floor(Math.Truncate(options.WindowSeconds * sampleRate) / hopLength);
        var first = 1;
        while (first < lags && Bpm(first) >= options.MaxBpm) first++;
        if (first >= lags)
        {
            throw new ArgumentOutOfRangeException(nameof(options),
                $"Tempo: windowSeconds is {options.WindowSeconds}, {lags} frames; that is too short for a tempo below "
                    + $"maxBpm, {options.MaxBpm}.");
        }

        var correlation = Tempogram.Mean(onsetStrength, lags);
        var (best, bestScore) = (first, double.NegativeInfinity);
        for (var lag = first; lag < lags; lag++)
        {
            var octaves = (Math.Log2(Bpm(lag)) - Math.Log2(options.StartBpm)) / options.StandardDeviation;
            // A negative correlation, which needs an envelope with negative values, does not indicate a period.
            var score = double.LogP1(1e6 * Math.Max(0, correlation[lag])) - 0.5 * octaves * octaves;
            if (score > bestScore) (best, bestScore) = (lag, score);
        }

        return Bpm(best);

        double Bpm(int lag) => 60 * sampleRate / (hopLength * (double)lag);
    }

    /// <summary>The tempo of a signal in beats per minute, from its onset strength with default parameters.</summary>
    /// <param name="signal">Mono samples.</param>
    /// <param name="sampleRate">Samples per second.</param>
    /// <param name="hopLength">Samples between frames.</param>
    /// <param name="options">The parameters; null means the defaults.</param>
    /// <exception cref="ArgumentException">A parameter is out of range, or the window is too short for any tempo below
    /// MaxBpm.</exception>
    public static double OfSignal(
        ReadOnlySpan<float> signal, double sampleRate, int hopLength = 512, TempoOptions? options = null) =>
        Estimate(OnsetStrength.Of(signal, sampleRate, new() { HopLength = hopLength }), sampleRate, hopLength, options);

    private static void Check(double sampleRate, int hopLength, TempoOptions options)
    {
        if (!(sampleRate > 0) || !double.IsFinite(sampleRate) || hopLength < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(sampleRate),
                $"Tempo: sampleRate is {sampleRate} and hopLength {hopLength}; the first must be positive and finite, the "
                    + "second at least 1.");
        }

        if (!(options.StartBpm > 0) || !(options.StandardDeviation > 0) || !(options.WindowSeconds > 0)
            || options.WindowSeconds * sampleRate > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(options),
                $"Tempo: startBpm is {options.StartBpm}, standardDeviation {options.StandardDeviation}, windowSeconds "
                    + $"{options.WindowSeconds}; each must be positive, and the window at most {int.MaxValue} samples.");
        }
    }
}
