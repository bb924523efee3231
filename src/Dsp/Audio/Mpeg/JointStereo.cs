namespace Engine.Dsp.Audio.Mpeg;

/// <summary>Undoes layer III's joint stereo: sum and difference, and intensity (ISO/IEC 11172-3, 2.4.3.4.9; 13818-3,
/// 2.4.3.2).</summary>
internal static class JointStereo
{
    private const float Half = 0.70710678f; // the root of one half

    private static readonly (float Left, float Right)[] s_directions = [.. Enumerable.Range(0, 7).Select(Direction)];

    // MPEG-2: by the lowest bit of the right channel's scalefac_compress, the step of directions.
    private static readonly (float Left, float Right)[][] s_lowDirections =
        [.. Enumerable.Range(0, 2).Select(step => Enumerable.Range(0, 16).Select(p => LowDirection(step, p)).ToArray())];

    /// <summary>Replaces a granule's two coded spectra by those of the left and right channels.</summary>
    /// <param name="header">Says how they are joined.</param>
    /// <param name="right">The right channel's side information; its scale factors are directions.</param>
    /// <param name="first">The left channel, or the sum.</param>
    /// <param name="second">The right channel, or the difference.</param>
    /// <param name="used">Where both have only zeros from.</param>
    public static void Separate(in MpegHeader header, Granule right, Span<float> first, Span<float> second, int used)
    {
        if (header.HasIntensity) Intensity(header, right, first, second);
        else if (header.HasMidSide) MidSide(first[..used], second[..used], 1);
    }

    /// <summary>From the top down, bands in which the right channel is 0 have a direction; those from the first that is not on
    /// are coded as without intensity. Short windows are told apart.</summary>
    private static void Intensity(in MpegHeader header, Granule right, Span<float> first, Span<float> second)
    {
        var directions = !header.IsLow ? s_directions : s_lowDirections[right.ScaleFactorCompress & 1];
        var (line, rate) = (SpectrumDecoder.Lines, header.RateIndex);
        Span<bool> ended = stackalloc bool[3];
        for (var band = 12; band >= right.FirstShortBand; band--)
        {
            // The last band has the direction of the one below it.
            var factors = right.LongBands + 3 * (Math.Min(band, 11) - right.FirstShortBand);
            var width = ScaleFactorBands.Short[rate][band];
            for (var window = 2; window >= 0; window--)
            {
                line -= width;
                Band(header, first.Slice(line, width), second.Slice(line, width), directions,
                    right.ScaleFactors[factors + window], ref ended[window]);
            }
        }

        var hasEnded = ended[0] || ended[1] || ended[2];
        for (var band = right.LongBands - 1; band >= 0; band--)
        {
            var width = ScaleFactorBands.Long[rate][band];
            line -= width;
            Band(header, first.Slice(line, width), second.Slice(line, width), directions,
                right.ScaleFactors[Math.Min(band, 20)], ref hasEnded);
        }
    }

    private static void Band(in MpegHeader header, Span<float> first, Span<float> second,
        (float Left, float Right)[] directions, int direction, ref bool hasEnded)
    {
        hasEnded |= second.ContainsAnyExcept(0f);
        if (!hasEnded && direction < directions.Length)
        {
            var (left, right) = directions[direction];
            for (var i = 0; i < first.Length; i++) (first[i], second[i]) = (first[i] * left, first[i] * right);
        }
        else if (header.HasMidSide)
        {
            MidSide(first, second, Half);
        }
    }

    private static void MidSide(Span<float> first, Span<float> second, float scale)
    {
        for (var i = 0; i < first.Length; i++)
        {
            var (sum, difference) = (first[i] + second[i], first[i] - second[i]);
            (first[i], second[i]) = (sum * scale, difference * scale);
        }
    }

    private static (float Left, float Right) Direction(int position)
    {
        var (sine, cosine) = Math.SinCos(position * Math.PI / 12);
        return ((float)(sine / (sine + cosine)), (float)(cosine / (sine + cosine)));
    }

    private static (float Left, float Right) LowDirection(int step, int position)
    {
        var factor = (float)Math.Pow(2, -(step + 1) * ((position + 1) / 2) / 4.0);
        return position % 2 == 1 ? (factor, 1) : (1, factor);
    }
}
