using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// Spectrograms of frames whose transform fits into shared memory: result [signals, frames, Bins].
/// A frame of an even number of real samples is half as many complex points, else as many. These points go through Stockham
/// passes of radix 2, 3, 4, 5 and 7, from one half of the frame's shared memory to the other. If their number has other prime
/// factors, they are convolved with a chirp (Bluestein 1970) by two transforms of a power of two of points. Nothing between the
/// samples and the bins is in global memory.
/// FrameItems work items share a frame, and a group has as many frames as its items suffice for. Frames never mix: one that is
/// not finite leaves its neighbours alone. Roots, chirp and its spectrum are tables that the host computes in double precision.
/// </summary>
internal struct Spectrogram<TMemory> : IKernel
    where TMemory : struct, ISpectralMemory
{
    /// <summary>Frames of all signals.</summary>
    public int Total;

    /// <summary>Bins of a frame.</summary>
    public int Bins;

    /// <summary>Points that a frame has, and points of the passes: as many unless the transform is a convolution.</summary>
    public int Transform, Points;

    /// <summary>Work items of a frame, a power of two.</summary>
    public int FrameItems;

    public FrameSource Source;
    public ArrayView<SpectralStep> Steps;
    public ArrayView<ComplexF> Roots, Turns, Chirp, ChirpSpectrum;
    public BinTarget Target;

    public readonly void Run()
    {
        var slot = Group.IdxX / FrameItems;
        var frame = Grid.IdxX * (Group.DimX / FrameItems) + slot;
        var first = 2 * Points * slot;
        var buffers = new SpectralBuffers
        {
            Item = Group.IdxX - slot * FrameItems,
            Items = FrameItems,
            Memory = SharedMemory.Allocate<ComplexF>(TMemory.Points),
            From = first + Points,
            To = first,
            Roots = Roots,
        };
        Load(buffers, frame);
        Group.Barrier();

        // Every item of the group comes here, also those of frames that do not exist.
        for (var i = 0; i < Steps.Length; i++)
        {
            var step = Steps[i];
            buffers.From = i % 2 == 0 ? first : first + Points;
            buffers.To = i % 2 == 0 ? first + Points : first;
            if (step.Kind == 4) buffers.Radix4(step);
            else if (step.Kind == 2) buffers.Radix2(step);
            else if (step.Kind == 3) buffers.Radix3(step);
            else if (step.Kind == 5) buffers.Radix5(step);
            else if (step.Kind == 7) buffers.Radix7(step);
            else if (step.Kind == SpectralStep.Spectrum) buffers.MultiplyThenConjugate(ChirpSpectrum, step.Count);
            else buffers.ConjugateThenMultiply(Chirp, step.Count);
            Group.Barrier();
        }

        buffers.From = Steps.Length % 2 == 0 ? first : first + Points;
        if (frame < Total) Store(buffers, frame);
    }

    private readonly void Load(in SpectralBuffers buffers, int frame)
    {
        var place = Source.Place(frame, buffers.Item);
        for (var n = buffers.Item; n < Points; n += FrameItems, place = place.Plus(Source.Width * FrameItems))
        {
            var x = frame < Total && n < Transform ? Source.Point(place, n) : default;
            if (Points != Transform && n < Transform) x *= Chirp[n];
            buffers.Write(n, x);
        }
    }

    private readonly void Store(in SpectralBuffers buffers, int frame)
    {
        var first = frame * Bins;
        for (var k = buffers.Item; k < Bins; k += FrameItems)
        {
            if (Source.IsPaired != 0)
            {
                int a = k == Transform ? 0 : k, b = k == 0 ? 0 : Transform - k;
                Target.Store(first + k, BinTarget.Split(buffers.Read(a), buffers.Read(b), Turns[k]));
            }
            else
            {
                Target.Store(first + k, buffers.Read(k));
            }
        }
    }
}

/// <summary>Shared memory of a group: its size is compiled in, so there are a few of them.</summary>
internal interface ISpectralMemory
{
    /// <summary>Complex numbers, two for each point of the group's frames.</summary>
    static abstract int Points { get; }
}

/// <summary>16 KiB.</summary>
internal readonly struct SpectralMemory16 : ISpectralMemory
{
    public static int Points => 2 * 1024;
}

/// <summary>32 KiB, which every OpenCL device has.</summary>
internal readonly struct SpectralMemory32 : ISpectralMemory
{
    public static int Points => 4 * 1024;
}

/// <summary>48 KiB, what CUDA grants a kernel without asking.</summary>
internal readonly struct SpectralMemory48 : ISpectralMemory
{
    public static int Points => 6 * 1024;
}
