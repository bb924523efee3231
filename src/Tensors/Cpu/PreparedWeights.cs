namespace Engine.Tensors.Cpu;

/// <summary>What a kernel makes of weights before it multiplies by them.</summary>
internal enum WeightForm
{
    /// <summary>The panels of a convolution's register tiles.</summary>
    Direct,

    /// <summary>The points of 3 × 3 kernels.</summary>
    Winograd,

    /// <summary>The spectra of long filters.</summary>
    Fft,

    /// <summary>The panels of a dense layer.</summary>
    Dense,

    /// <summary>An LSTM's input weights in the order of its columns.</summary>
    LstmInput,

    /// <summary>The panels of an LSTM's hidden weights.</summary>
    LstmHidden,
}

/// <summary>A layout of weights: everything that the prepared floats depend on beside the weights.</summary>
/// <param name="Form">What is made of the weights.</param>
/// <param name="Offset">Where they begin in their storage.</param>
/// <param name="Groups">Groups of filters.</param>
/// <param name="Filters">Filters of a group.</param>
/// <param name="Depth">Channels, or values, that a filter has.</param>
/// <param name="Size">What else the form needs: a stride, a length.</param>
internal readonly record struct WeightLayout(WeightForm Form, int Offset, int Groups, int Filters, int Depth, int Size);

/// <summary>A kernel's weights, and the storage that may keep what is prepared of them.</summary>
internal readonly unsafe ref struct WeightSource
{
    private readonly CpuStorage? _keeper;
    private readonly int _offset;

    /// <summary>Weights that are prepared anew by every call.</summary>
    public WeightSource(float* data) => Data = data;

    /// <summary>The weights of a tensor, which keeps what is prepared of them if <paramref name="keeps"/>.</summary>
    public WeightSource(Tensor weight, bool keeps)
    {
        var storage = (CpuStorage)weight.Storage;
        Data = (float*)storage.Pointer + weight.Offset;
        (_keeper, _offset) = (keeps ? storage : null, weight.Offset);
    }

    /// <summary>The first weight.</summary>
    public float* Data { get; }

    /// <summary>Whether the next call finds what this one prepares.</summary>
    public bool Keeps => _keeper is not null;

    /// <summary>
    /// Memory for the weights in a layout, with a reference that lasts until <see cref="PreparedWeights.Dispose"/>. Unless they
    /// are ready, the caller fills it and calls <see cref="PreparedWeights.Keep"/>.
    /// </summary>
    public PreparedWeights Prepare(in WeightLayout layout, long floats)
    {
        var own = layout with { Offset = _offset };
        var version = _keeper?.Version ?? 0;
        if (_keeper?.FindPrepared(own) is { } ready) return new PreparedWeights(ready, isReady: true);
        return new PreparedWeights(new CpuStorage(Scratch.Pool, floats * sizeof(float)), isReady: false, _keeper, own, version);
    }
}

/// <summary>
/// Weights as a kernel reads them: panels, points, spectra. While no tape records, the weights' storage keeps them, so that a
/// trained network prepares each layer once; an optimiser's next step drops them. While one records they live for one call.
/// </summary>
internal readonly unsafe ref struct PreparedWeights(
    CpuStorage block, bool isReady, CpuStorage? keeper = null, WeightLayout layout = default, int version = 0)
{
    private readonly CpuStorage? _keeper = keeper;
    private readonly WeightLayout _layout = layout;
    private readonly int _version = version;
    private readonly CpuStorage _block = block;

    /// <summary>Whether an earlier call has filled the memory.</summary>
    public bool IsReady { get; } = isReady;

    /// <summary>The memory.</summary>
    public float* Floats => (float*)_block.Pointer;

    /// <summary>Makes the filled memory known to later calls, if the weights' storage keeps it.</summary>
    public void Keep() => _keeper?.KeepPrepared(_layout, _version, _block);

    /// <summary>Releases the memory, unless it is kept.</summary>
    public void Dispose() => _block.Release();
}
