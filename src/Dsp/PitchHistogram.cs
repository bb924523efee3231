namespace Engine.Dsp;

/// <summary>
/// A histogram of how far frequencies are from the nearest pitch, in fractions of a bin in [-0.5, 0.5), as
/// <c>librosa.pitch_tuning</c>.
/// </summary>
/// <param name="binsPerOctave">The bins of an octave.</param>
/// <param name="counts">How many intervals there are.</param>
internal readonly struct PitchHistogram(int binsPerOctave, int counts)
{
    private readonly double _step = 1.0 / counts;

    /// <summary>The interval of a positive frequency in Hz.</summary>
    public int IndexOf(float frequency)
    {
        // The deviation is rounded to float at each step, as librosa's is; 27.5 Hz is A440 four octaves down.
        var bins = binsPerOctave * (float)Math.Log2(frequency / 27.5f);
        var deviation = bins - MathF.Floor(bins);
        if (deviation >= 0.5f) deviation -= 1;
        var index = Math.Clamp((int)((deviation + 0.5) * counts), 0, counts - 1);
        while (index > 0 && deviation < Edge(index)) index--;
        while (index < counts - 1 && deviation >= Edge(index + 1)) index++;
        return index;
    }

    /// <summary>The lower edge of the fullest interval; 0 when all are empty.</summary>
    public double Tuning(ReadOnlySpan<long> counted)
    {
        var best = 0;
        for (var i = 1; i < counted.Length; i++)
        {
            if (counted[i] > counted[best]) best = i;
        }

        return counted[best] == 0 ? 0 : Edge(best);
    }

    private double Edge(int index) => index * _step - 0.5;
}
