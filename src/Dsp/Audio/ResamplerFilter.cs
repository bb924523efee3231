namespace Engine.Dsp.Audio;

/// <summary>
/// The taps of a Kaiser-windowed sinc, one row per fraction of an input sample. With c the cut-off in cycles per input sample
/// and W the half width, row value j is h(f + Before - j), h(t) = 2c·sinc(2ct)·I0(β·sqrt(1 - (t/W)²)) / I0(β), |t| &lt; W.
/// </summary>
internal sealed class ResamplerFilter
{
    /// <summary>Rows per sample of the lower rate if rows are interpolated: images stay 120 dB down.</summary>
    public const int PhasesPerPeriod = 512;

    /// <summary>The transition runs from 0.9 to 1.0 of the lower Nyquist frequency, with the cut-off in the middle.</summary>
    private const double CutOff = 0.95, Transition = 0.1;

    /// <summary>In dB; slightly more than specified, to allow for rounding and interpolation.</summary>
    private const double Attenuation = 106;

    /// <summary>Kaiser's formulas for β and for the length; the latter in samples of the lower rate.</summary>
    private const double Beta = 0.1102 * (Attenuation - 8.7),
        HalfWidth = (Attenuation - 7.95) / (2.285 * Transition * Math.PI) / 2;

    private const int RowMultiple = 8; // floats of the widest vector used, so that kernels have no tail

    /// <summary>Enough terms that the last is below 1e-17 of the sum.</summary>
    private static readonly double[] s_reciprocalSquares = [.. Enumerable.Range(1, 30).Select(k => 1.0 / (k * k))];

    private static readonly double s_besselBeta = BesselI0(Beta);

    private readonly float[] _rows;

    private ResamplerFilter(double step, int phases, int rows, Func<int, int> phaseOfRow)
    {
        var scale = Math.Max(1, step); // input samples per sample of the lower rate
        var half = (int)Math.Ceiling(HalfWidth * scale);
        Phases = phases;
        Before = half - 1;
        RowLength = (2 * half + RowMultiple - 1) / RowMultiple * RowMultiple;
        var taps = new float[checked(half * phases + 1)]; // h at multiples of 1 / phases; it is even
        for (var i = 0; i < taps.Length; i++) taps[i] = (float)(Tap(i / (phases * scale)) / scale);
        _rows = new float[checked(rows * RowLength)];
        for (var row = 0; row < rows; row++)
        {
            var phase = phaseOfRow(row);
            var target = _rows.AsSpan(row * RowLength, 2 * half);
            for (var j = 0; j < target.Length; j++) target[j] = taps[Math.Abs(phase + (Before - j) * phases)];
        }
    }

    /// <summary>Rows per input sample.</summary>
    public int Phases { get; }

    /// <summary>How many samples a row starts before the input sample at or preceding the output's position.</summary>
    public int Before { get; }

    /// <summary>Taps per row, zero-padded to a multiple of 8.</summary>
    public int RowLength { get; }

    /// <summary>Row k for output k of a period of <paramref name="up"/> outputs and <paramref name="down"/> inputs.</summary>
    public static ResamplerFilter Rational(int up, int down) =>
        new((double)down / up, up, up, k => (int)((long)k * down % up));

    /// <summary>Row k for the fraction k / <see cref="Phases"/>, inclusive.</summary>
    public static ResamplerFilter Interpolated(double step)
    {
        var phases = (int)Math.Ceiling(PhasesPerPeriod / Math.Max(1, step));
        return new(step, phases, phases + 1, k => k);
    }

    /// <summary>The taps of one row.</summary>
    public ReadOnlySpan<float> Row(int row) => _rows.AsSpan(row * RowLength, RowLength);

    /// <summary>The impulse response at <paramref name="t"/> samples of the lower rate.</summary>
    internal static double Tap(double t)
    {
        var x = t / HalfWidth;
        if (Math.Abs(x) >= 1) return 0;
        var angle = Math.PI * CutOff * t;
        var sinc = angle == 0 ? 1 : Math.Sin(angle) / angle;
        return CutOff * sinc * BesselI0(Beta * Math.Sqrt(1 - x * x)) / s_besselBeta;
    }

    /// <summary>The modified Bessel function of order 0, Σ ((x/2)^k / k!)², for |x| up to <see cref="Beta"/>.</summary>
    private static double BesselI0(double x)
    {
        double term = 1, sum = 1, quarter = x * x / 4;
        foreach (var reciprocal in s_reciprocalSquares)
        {
            term *= quarter * reciprocal;
            sum += term;
        }

        return sum;
    }
}
