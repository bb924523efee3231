using System.Runtime.CompilerServices;

namespace Engine.Dsp;

/// <summary>Checks shared by the functions of a spectrum; the throwing parts stay out of the hot code.</summary>
internal static class SpectrumCheck
{
    /// <summary>Checks that the sample rate is positive and finite, and that the transform has a bin above 0 Hz.</summary>
    public static void Rate(string operation, double sampleRate, int fftSize)
    {
        if (!(sampleRate > 0) || !double.IsFinite(sampleRate))
        {
            throw new ArgumentOutOfRangeException(nameof(sampleRate),
                $"{operation}: sampleRate is {sampleRate}; it must be positive and finite.");
        }

        if (fftSize is < 2 or > Guard.MostPoints)
        {
            throw new ArgumentOutOfRangeException(nameof(fftSize),
                $"{operation}: fftSize is {fftSize}; it must be from 2 to {Guard.MostPoints}.");
        }
    }

    /// <summary>Checks that a frame or an output has exactly the planned number of values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Length(string operation, string what, int length, int expected)
    {
        if (length != expected) ThrowLength(operation, what, length, expected);
    }

    /// <summary>The default transform length for a spectrogram of <paramref name="bins"/> bins.</summary>
    public static int FftSize(int bins, int? fftSize) => fftSize ?? Math.Max(2, 2 * (bins - 1));

    private static void ThrowLength(string operation, string what, int length, int expected) =>
        throw new ArgumentException($"{operation}: {what} has {length} values; {expected} are needed.");
}
