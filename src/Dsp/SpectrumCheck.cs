using System.Runtime.CompilerServices;

namespace Engine.Dsp;

/// <summary>The rules that every function of one spectrum shares; the throwing halves stay out of the hot code.</summary>
internal static class SpectrumCheck
{
    /// <summary>The sample rate is positive and finite, and the transform long enough to have a bin above 0 Hz.</summary>
    public static void Rate(string operation, double sampleRate, int fftSize)
    {
        if (!(sampleRate > 0) || !double.IsFinite(sampleRate))
        {
            throw new ArgumentOutOfRangeException(nameof(sampleRate), $"{operation}: sampleRate is {sampleRate}; it must be positive and finite.");
        }

        if (fftSize is < 2 or > Guard.MostPoints)
        {
            throw new ArgumentOutOfRangeException(nameof(fftSize), $"{operation}: fftSize is {fftSize}; it must be from 2 to {Guard.MostPoints}.");
        }
    }

    /// <summary>A frame or an output has exactly the planned number of values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Length(string operation, string what, int length, int expected)
    {
        if (length != expected) ThrowLength(operation, what, length, expected);
    }

    /// <summary>The transform length that a spectrogram of <paramref name="bins"/> bins stands for when the caller names none.</summary>
    public static int FftSize(int bins, int? fftSize) => fftSize ?? Math.Max(2, 2 * (bins - 1));

    private static void ThrowLength(string operation, string what, int length, int expected) =>
        throw new ArgumentException($"{operation}: {what} has {length} values; {expected} are needed.");
}
