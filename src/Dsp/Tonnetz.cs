namespace Engine.Dsp;

/// <summary>
/// Tonal centroids: chroma projected onto the circles of fifths, minor thirds and major thirds, as
/// <c>librosa.feature.tonnetz</c> (C. Harte, M. Sandler, M. Gasser, "Detecting harmonic change in musical audio", 2006).
/// </summary>
public static class Tonnetz
{
    /// <summary>The number of coordinates: sine and cosine on each of the three circles.</summary>
    public const int Dimensions = 6;

    /// <summary>The tonal centroid of every frame, [frames, 6], each coordinate in [-1, 1]; 0 for a silent frame.</summary>
    /// <param name="chroma">Chroma [frames, classes]; each frame is scaled to a sum of 1 first.</param>
    /// <exception cref="ArgumentException">There are no classes.</exception>
    public static Frames<float> Of(Frames<float> chroma)
    {
        ArgumentNullException.ThrowIfNull(chroma);
        if (chroma.Bins < 1) throw new ArgumentException("Tonnetz: chroma has 0 classes; at least 1 is needed.", nameof(chroma));
        var result = new Frames<float>(chroma.Count, Dimensions);
        Of(chroma.Data, chroma.Bins, result.Data);
        return result;
    }

    /// <summary>The same, from and to consecutive frames.</summary>
    internal static void Of(ReadOnlySpan<float> chroma, int classes, Span<float> result)
    {
        var basis = Basis(classes);
        var scaled = new float[classes];
        for (var t = 0; t < chroma.Length / classes; t++)
        {
            chroma.Slice(t * classes, classes).CopyTo(scaled);
            Chroma.Normalize(scaled, ChromaNorm.Sum);
            for (var d = 0; d < Dimensions; d++) result[t * Dimensions + d] = VectorMath.Dot(basis[d], scaled);
        }
    }

    // A semitone turns the circle of fifths by 7/6, of minor thirds by 3/2 and of major thirds by 2/3 of half a turn; the
    // last has half the radius. The even coordinates are sines, the odd ones cosines.
    private static Frames<float> Basis(int classes)
    {
        ReadOnlySpan<double> turns = [7.0 / 6, 3.0 / 2, 2.0 / 3];
        ReadOnlySpan<double> radii = [1, 1, 0.5];
        var basis = new Frames<float>(Dimensions, classes);
        for (var d = 0; d < Dimensions; d++)
        {
            for (var c = 0; c < classes; c++)
            {
                var angle = Math.PI * turns[d / 2] * c * 12 / classes;
                basis[d][c] = (float)(radii[d / 2] * (d % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle)));
            }
        }

        return basis;
    }
}
