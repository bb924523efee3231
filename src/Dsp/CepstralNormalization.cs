namespace Engine.Dsp;

/// <summary>
/// Sliding cepstral mean and variance normalisation: each feature minus its mean, optionally divided by its standard deviation,
/// over a window of frames around it (Viikki and Laurila, 1998). The two common definitions differ at the edges; each has its
/// own method.
/// </summary>
public static class CepstralNormalization
{
    /// <summary>
    /// Like <c>speechpy.processing.cmvnw</c>: a centred window over the features, mirrored at both ends (end frames
    /// repeated); the standard deviation is that of the mean-subtracted features, computed likewise, plus 2⁻³⁰.
    /// </summary>
    /// <param name="features">[frames, features]; not modified.</param>
    /// <param name="window">Frames under the window, odd.</param>
    /// <param name="variance">Whether to divide by the deviation.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is even, or not from 1 to 2²⁴.</exception>
    public static Frames<float> Speechpy(Frames<float> features, int window = 301, bool variance = false)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (window is < 1 or > Guard.MostPoints || window % 2 == 0)
        {
            throw new ArgumentOutOfRangeException(nameof(window),
                $"CepstralNormalization: window is {window}; it must be odd and from 1 to {Guard.MostPoints}.");
        }

        var result = new Frames<float>(features.Count, features.Bins);
        var column = new double[features.Count];
        for (var f = 0; f < features.Bins; f++)
        {
            for (var t = 0; t < column.Length; t++) column[t] = features[t][f];
            var sums = MirroredSums(column, window, squares: false);
            for (var t = 0; t < column.Length; t++) column[t] -= (sums[t + window] - sums[t]) / window;
            if (variance)
            {
                sums = MirroredSums(column, window, squares: false);
                var squares = MirroredSums(column, window, squares: true);
                for (var t = 0; t < column.Length; t++)
                {
                    var mean = (sums[t + window] - sums[t]) / window;
                    var deviation = Math.Sqrt(Math.Max(0, (squares[t + window] - squares[t]) / window - mean * mean));
                    column[t] /= deviation + Math.ScaleB(1, -30);
                }
            }

            for (var t = 0; t < column.Length; t++) result[t][f] = (float)column[t];
        }

        return result;
    }

    /// <summary>
    /// Like Kaldi's <c>apply-cmvn-sliding</c>: near the ends the window is shifted, not mirrored, and variances are at least
    /// 1e-10; variance normalisation turns a single frame into zeros.
    /// </summary>
    /// <param name="features">[frames, features]; not modified.</param>
    /// <param name="window">Frames under the window, at least 1 (<c>cmn-window</c>).</param>
    /// <param name="center">True: the window is centred on the frame; false: it covers the frame and <c>window</c> frames before
    /// it.</param>
    /// <param name="variance">Whether to divide by the deviation (<c>norm-vars</c>).</param>
    /// <param name="minWindow">The minimum length of an uncentred window in frames, at the start of the recording
    /// (<c>min-cmn-window</c>).</param>
    /// <exception cref="ArgumentOutOfRangeException">A window is not from 1 to 2²⁴.</exception>
    public static Frames<float> Kaldi(
        Frames<float> features, int window = 600, bool center = false, bool variance = false, int minWindow = 100)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (window is < 1 or > Guard.MostPoints)
            throw new ArgumentOutOfRangeException(nameof(window),
                $"CepstralNormalization: window is {window}; it must be from 1 to {Guard.MostPoints}.");
        if (minWindow is < 1 or > Guard.MostPoints)
            throw new ArgumentOutOfRangeException(nameof(minWindow),
                $"CepstralNormalization: minWindow is {minWindow}; it must be from 1 to {Guard.MostPoints}.");
        var result = new Frames<float>(features.Count, features.Bins);
        var (sums, squares) = (new double[features.Count + 1], new double[features.Count + 1]);
        for (var f = 0; f < features.Bins; f++)
        {
            for (var t = 0; t < features.Count; t++)
            {
                double x = features[t][f];
                sums[t + 1] = sums[t] + x;
                squares[t + 1] = squares[t] + x * x;
            }

            for (var t = 0; t < features.Count; t++)
            {
                var (start, end) = KaldiWindow(t, features.Count, window, center, minWindow);
                var mean = (sums[end] - sums[start]) / (end - start);
                var value = features[t][f] - mean;
                if (variance)
                {
                    var power = Math.Max(1e-10, (squares[end] - squares[start]) / (end - start) - mean * mean);
                    value = end - start == 1 ? 0 : value / Math.Sqrt(power);
                }

                result[t][f] = (float)value;
            }
        }

        return result;
    }

    private static (int Start, int End) KaldiWindow(int t, int count, int window, bool center, int minWindow)
    {
        var start = center ? t - window / 2 : t - window;
        var end = center ? start + window : t + 1;
        if (start < 0) (start, end) = (0, end - start);
        if (!center && end > t) end = Math.Max(t + 1, minWindow);
        if (end > count) (start, end) = (Math.Max(0, start - (end - count)), count);
        return (start, end);
    }

    // Running sums over the column, mirrored by half a window at both ends with the end values repeated:
    // sums[t + window] - sums[t] is the sum over the window centred on t.
    private static double[] MirroredSums(double[] column, int window, bool squares)
    {
        var n = column.Length;
        var sums = new double[n + window];
        for (var i = 0; i < sums.Length - 1 && n > 0; i++)
        {
            var t = (i - window / 2) % (2 * n);
            if (t < 0) t += 2 * n;
            var x = column[t < n ? t : 2 * n - 1 - t];
            sums[i + 1] = sums[i] + (squares ? x * x : x);
        }

        return sums;
    }
}
