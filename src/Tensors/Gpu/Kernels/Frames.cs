using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>Where a spectrogram's frames come from: windowed pieces of signals [N, Samples], padded at their ends.</summary>
internal struct FrameSource
{
    /// <summary>Frames of a signal, and samples of it.</summary>
    public int Frames, Samples;

    /// <summary>Samples between two frames, and of padding before the first one.</summary>
    public int Hop, Lead;

    /// <summary>Not 0: beyond a signal's ends are mirrored samples, else zeros.</summary>
    public int Reflects;

    /// <summary>The points under the window: so many, from this one on. The others are zero.</summary>
    public int WindowLength, WindowStart;

    /// <summary>Not 0: a point is two samples, an even one as real and an odd one as imaginary part, else one sample.</summary>
    public int IsPaired;

    public ArrayView<float> Signals, Window;

    /// <summary>Samples of a complex point.</summary>
    public readonly int Width
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsPaired != 0 ? 2 : 1;
    }

    /// <summary>Where complex point n of a frame begins: counted in its signal, and in all signals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly FramePlace Place(int frame, int n)
    {
        var signal = frame / Frames;
        var sample = (frame - signal * Frames) * Hop - Lead + Width * n;
        return new() { Sample = sample, Element = signal * Samples + sample };
    }

    /// <summary>Complex point n, which begins at a place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ComplexF Point(FramePlace place, int n) => IsPaired != 0
        ? new(Windowed(place, 2 * n - WindowStart), Windowed(place.Plus(1), 2 * n + 1 - WindowStart))
        : new(Windowed(place, n - WindowStart), 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Windowed(FramePlace place, int i) =>
        i >= 0 && i < WindowLength ? Window[i] * Padded(place) : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Padded(FramePlace place)
    {
        var sample = place.Sample;
        if (Reflects != 0)
        {
            if (sample < 0) sample = -sample;
            if (sample >= Samples) sample = 2 * (Samples - 1) - sample;
        }

        return sample >= 0 && sample < Samples ? Signals[place.Element + (sample - place.Sample)] : 0;
    }
}

/// <summary>
/// A sample counted in its signal, and in all signals. Loops carry it along: ILGPU moves what does not change in a loop into it,
/// also the division that finds a frame's signal.
/// </summary>
internal struct FramePlace
{
    public int Sample, Element;

    /// <summary>So many samples on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly FramePlace Plus(int samples) => new() { Sample = Sample + samples, Element = Element + samples };
}

/// <summary>Where a spectrogram's bins go, and what is kept of them.</summary>
internal struct BinTarget
{
    /// <summary>A number of <see cref="SpectrogramValues"/>.</summary>
    public int Values;

    public ArrayView<float> Result;

    /// <summary>
    /// Bin k of 2m real samples from points k and m - k of their transform as m complex ones, turn w being exp(-2πi·k/2m):
    /// X = ½(a + conj b) - (i/2)·w·(a - conj b).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexF Split(ComplexF a, ComplexF b, ComplexF turn)
    {
        ComplexF sum = a + b.Conjugate, less = a - b.Conjugate;
        return new(
            0.5f * (sum.Re + (turn.Re * less.Im + turn.Im * less.Re)), 0.5f * (sum.Im - (turn.Re * less.Re - turn.Im * less.Im)));
    }

    /// <summary>Stores a bin, counted from the first frame's on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(int bin, ComplexF x)
    {
        if (Values == (int)SpectrogramValues.Complex)
        {
            Result[2 * bin] = x.Re;
            Result[2 * bin + 1] = x.Im;
        }
        else
        {
            var power = x.Re * x.Re + x.Im * x.Im;
            Result[bin] = Values == (int)SpectrogramValues.Magnitude ? MathF.Sqrt(power) : power;
        }
    }
}
