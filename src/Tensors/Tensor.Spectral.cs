using Engine.Tensors.Autograd;

namespace Engine.Tensors;

public sealed partial class Tensor
{
    /// <summary>
    /// The spectrogram of a batch of signals: frames are cut, windowed and transformed in one pass. [N, L] to
    /// [N, frames, fftSize/2 + 1], with a last axis of 2 for complex values. It has no gradient.
    /// </summary>
    /// <param name="samples">Signals [N, L].</param>
    /// <param name="window">[W], at most fftSize; it lies in the middle of a frame.</param>
    /// <param name="options">Frames, transform and what the result holds.</param>
    /// <exception cref="ArgumentException">
    /// A shape, a device or an option does not fit, or the signals are too short to be reflected.
    /// </exception>
    /// <exception cref="InvalidOperationException">A gradient is asked for.</exception>
    public static Tensor Spectrogram(Tensor samples, Tensor window, SpectrogramOptions options)
    {
        CheckOperands(nameof(Spectrogram), samples, window);
        var geometry = new SpectrogramGeometry(samples.Shape, window.Shape, options, nameof(Spectrogram));
        ExpectConstant(nameof(Spectrogram), samples);
        ExpectConstant(nameof(Spectrogram), window);
        var result = Empty(geometry.Output, samples.Device);
        if (result.Count > 0) samples.Device.Backend.Spectrogram(geometry, samples, window, result);
        return result;
    }

    /// <summary>
    /// The values in decibels; the first axis counts the signals, each with a maximum of its own. It has no gradient.
    /// </summary>
    /// <param name="options">Reference, smallest value and range.</param>
    /// <param name="counts">
    /// How many of each signal's values count towards its maximum, int32 [N], if shorter signals are padded; null: all. Numbers
    /// below 0 mean none, numbers above the size all.
    /// </param>
    /// <exception cref="ArgumentException">A shape, a device or a number does not fit.</exception>
    /// <exception cref="InvalidOperationException">A gradient is asked for.</exception>
    public Tensor ToDecibels(DecibelOptions options, Tensor? counts = null)
    {
        Expect(ElementType.Float32, nameof(ToDecibels));
        if (Rank < 1) Throw.Argument($"ToDecibels: input {Shape} must have an axis, which counts the signals.");
        if (!(options.Floor > 0)) Throw.Argument($"ToDecibels: minimum is {options.Floor} for {Shape}; it must be positive.");
        if (options.TopDecibels is { } range && !(range >= 0))
            Throw.Argument($"ToDecibels: topDecibels is {range} for {Shape}; it must be at least 0.");
        if (options.Reference is { } reference && float.IsNaN(reference))
            Throw.Argument($"ToDecibels: reference is {reference} for {Shape}; it must be a number.");
        if (counts is not null)
        {
            counts.Expect(ElementType.Int32, nameof(ToDecibels));
            ExpectOneDevice(nameof(ToDecibels), "input", this, nameof(counts), counts);
            if (counts.Rank != 1 || counts.Count != Shape[0])
                Throw.Argument($"ToDecibels: counts {counts.Shape} must be [{Shape[0]}], one for each signal of {Shape}.");
        }

        ExpectConstant(nameof(ToDecibels), this);
        var result = Empty(Shape, Device);
        if (Count == 0) return result;
        var rows = new Shape(Shape[0], Count / Shape[0]);
        using var source = Alias(rows);
        using var target = result.Alias(rows);
        Device.Backend.Decibels(options, source, counts, target);
        return result;
    }

    // A gradient that is silently missing would look like one that is zero.
    private static void ExpectConstant(string operation, Tensor x)
    {
        if (Tape.NeedsGradient(x))
            Throw.Invalid($"{operation}: {x.Shape} requires a gradient, and {operation} has none; use Detach to say that it "
                + "is constant.");
    }
}
