using System.Runtime.InteropServices;
using Engine.Dsp;

namespace Engine.Tests.Support;

/// <summary>
/// Compares our <c>[frames, bins]</c> with the arrays of <c>dsp_features_*.npz</c>, which are <c>[bins, frames]</c> and may be
/// thinned to every n-th frame.
/// </summary>
public static class FeatureReference
{
    /// <summary>The signals that have a reference file.</summary>
    public static TheoryData<string> Signals => ["music", "noise", "chirp", "silence"];

    /// <summary>Compares features; the absolute budget is <c>absolute + ofMaximum·max|reference|</c>.</summary>
    /// <param name="signal">The signal's name.</param>
    /// <param name="array">The array's name.</param>
    /// <param name="actual">All our frames.</param>
    /// <param name="frameStep">Every how many frames the reference keeps one.</param>
    /// <param name="absolute">Absolute budget.</param>
    /// <param name="relative">Budget relative to each reference value.</param>
    /// <param name="ofMaximum">Budget relative to the largest reference value.</param>
    public static void Assert(
        string signal, string array, Frames<float> actual, int frameStep = 1, double absolute = 0, double relative = 0,
        double ofMaximum = 0)
    {
        var reference = Vectors.Load("dsp_features_" + signal)[array];
        var picked = Pick(actual, frameStep, reference.Shape, array);
        Compare(reference.ToSingles(), picked, absolute, relative, ofMaximum, $"{signal}/{array}");
    }

    /// <summary>As above, for complex spectra: real and imaginary parts are compared one by one.</summary>
    public static void Assert(string signal, string array, Frames<Complex<float>> actual, int frameStep = 1, double ofMaximum = 0)
    {
        var reference = Vectors.Load("dsp_features_" + signal)[array];
        var picked = Pick(actual, frameStep, reference.Shape, array);
        var expected = MemoryMarshal.Cast<Complex<float>, float>((Complex<float>[])reference.Data);
        Compare(expected, MemoryMarshal.Cast<Complex<float>, float>(picked), 0, 0, ofMaximum, $"{signal}/{array}");
    }

    /// <summary>As above, for an array with one dimension, thinned to every <paramref name="step"/>-th value.</summary>
    public static void Assert(
        string signal, string array, float[] actual, int step = 1, double absolute = 0, double relative = 0, double ofMaximum = 0)
    {
        var picked = actual.Where((_, i) => i % step == 0).ToArray();
        Compare(Vectors.Load("dsp_features_" + signal)[array].ToSingles(), picked, absolute, relative, ofMaximum,
            $"{signal}/{array}");
    }

    // Every frameStep-th frame, transposed to [bins, frames].
    private static T[] Pick<T>(Frames<T> frames, int frameStep, IReadOnlyList<int> shape, string what)
        where T : unmanaged
    {
        var columns = (frames.Count + frameStep - 1) / frameStep;
        Xunit.Assert.True(shape.SequenceEqual([frames.Bins, columns]),
            $"{what}: expected [{string.Join(", ", shape)}], got [{frames.Bins}, {columns}].");
        var picked = new T[frames.Bins * columns];
        for (var column = 0; column < columns; column++)
            for (var k = 0; k < frames.Bins; k++) picked[k * columns + column] = frames[column * frameStep][k];
        return picked;
    }

    private static void Compare(
        ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double absolute, double relative, double ofMaximum, string what)
    {
        var max = 0f;
        foreach (var value in expected) max = Math.Max(max, Math.Abs(value));
        Close.Assert(expected, actual, absolute + ofMaximum * max, relative, what);
    }
}
