using Engine.Dsp.Fft;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Spectra of many series by <see cref="SeriesFft"/>: at each point, a plane of real parts and one of imaginary parts.
/// </summary>
/// <param name="Data">Point 0.</param>
/// <param name="Plane">Floats of a plane, a multiple of sixteen.</param>
internal readonly unsafe record struct SeriesSpectra(nint Data, int Plane)
{
    /// <summary>Floats between points; an odd number of cache lines, so that a column of them spreads over many sets.</summary>
    public int Step => 2 * Plane + SeriesFft.Lanes;

    /// <summary>
    /// Room for this many series; each point ends with sixteen floats that a vector may read past the last series.
    /// </summary>
    public static SeriesSpectra Of(int series) => new(0, (series + SeriesFft.Lanes - 1) / SeriesFft.Lanes * SeriesFft.Lanes);

    /// <summary>Floats of all points.</summary>
    public long Size(int points) => (long)points * Step;

    public float* At(int point) => (float*)Data + (long)point * Step;

    /// <summary>Transforms a batch, which is overwritten, to the spectra from <paramref name="series"/> on.</summary>
    public void Forward(SeriesFft fft, float* batch, int series) =>
        fft.Forward(new(batch, fft.BatchLength), From(fft, series), Plane, Step);

    /// <summary>Transforms the spectra from <paramref name="series"/> on back to a batch, scaled by N/2.</summary>
    public void Inverse(SeriesFft fft, int series, float* batch) =>
        fft.Inverse(From(fft, series), Plane, Step, new(batch, fft.BatchLength));

    private Span<float> From(SeriesFft fft, int series) => new(At(0) + series, checked((int)(Size(fft.Points) - series)));
}
