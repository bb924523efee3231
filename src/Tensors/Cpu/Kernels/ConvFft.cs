using Engine.Dsp.Fft;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The forward pass and input gradient of convolutions of series with long filters, [N, C, L] with [K, C, T], by
/// <see cref="SeriesFft"/> and overlap-save: a block of N samples gives N - T + 1 outputs, and where the direct sum multiplies
/// every output by every tap, each of the N/2 points of the block's spectra takes one small complex product, [K, C] · [C,
/// blocks]. A stride splits series and filters into phases, n mod stride, which count as channels. The input gradient is the same
/// with the filter's spectrum conjugated and the phases in the result. Blocks are transformed, multiplied and transformed back in
/// rounds determined by the shape alone; nothing is summed across tasks. Results are overwritten. Rounding errors and non-finite
/// values spread over a block's outputs of all filters.
/// </summary>
internal sealed unsafe class ConvFft
{
    // A round that one thread runs alone in its second-level cache, if there are enough rounds for all threads ...
    private const long OwnFloats = 384 * 1024;
    private const int OwnRounds = 16;

    // ... or that all threads run together, at most 16 MiB.
    private const long SharedFloats = 4 * 1024 * 1024;

    private readonly SeriesFft _fft;
    private readonly ConvSeries _source, _target;
    private readonly int _channels, _filters, _taps, _stride, _kernels, _skip, _step, _rows;
    private readonly int[] _sourcePlaces, _targetPlaces, _weightPlaces;

    // The phases are in the source in the forward pass, in the target in the input gradient.
    private ConvFft(in Conv2dGeometry g, ConvFftBlocks blocks, ConvSeries source, ConvSeries target, bool transposed)
    {
        (_fft, _step, _source, _target) = (SeriesFft.Of(blocks.Length), blocks.Step, source, target);
        (_channels, _filters, _taps, _stride) = (g.Channels, g.Filters, g.KernelWidth, g.Options.StrideWidth);
        _kernels = SeriesSpectra.Of(_channels * _filters).Plane;
        _skip = transposed ? _stride * (blocks.Length - blocks.Step) : 0;
        _rows = g.Batch * blocks.PerSeries;
        _sourcePlaces = SeriesBatch.Places(_fft, source.Stride);
        _targetPlaces = SeriesBatch.Places(_fft, target.Stride);
        _weightPlaces = SeriesBatch.Places(_fft, _stride);
        Transposed = transposed;
        PerSeries = blocks.PerSeries;
    }

    private bool Transposed { get; }

    private int PerSeries { get; }

    private int SourceSeries => _source.Channels * _source.Stride;

    private int TargetSeries => _target.Channels * _target.Stride;

    /// <summary>output = bias + weight ∗ input, as <see cref="Conv2d.Forward"/>.</summary>
    public static void Forward(Conv2dGeometry g, float* input, WeightSource weight, float* bias, bool relu, float* output)
    {
        if (g.OutputShape.Count == 0) return;
        var blocks = ConvFftBlocks.Forward(g);
        var source = new ConvSeries((nint)input, g.Channels, g.Width, g.Width, g.Options.StrideWidth, -g.Options.PadLeft);
        new ConvFft(g, blocks, source, new ConvSeries((nint)output, g.Filters, g.OutputWidth, g.OutputWidth, 1, 0),
            false).Run(weight, bias, relu);
    }

    /// <summary>gradInput from gradOutput, as <see cref="Conv2d.InputGradient"/>.</summary>
    public static void InputGradient(Conv2dGeometry g, float* gradOutput, float* weight, float* gradInput)
    {
        var reach = ConvFftBlocks.Reach(g);
        for (var series = 0; series < g.Batch * g.Channels; series++)
            new Span<float>(gradInput + (long)series * g.Width + reach, g.Width - reach).Clear();
        if (g.Batch * g.Channels * reach == 0) return;
        var blocks = ConvFftBlocks.InputGradient(g);
        // Sample n of phase 0 is input n·stride - pad; `first` is the first that exists.
        var first = g.Options.PadLeft / g.Options.StrideWidth;
        var source = new ConvSeries((nint)gradOutput, g.Filters, g.OutputWidth, g.OutputWidth, 1,
            first - (blocks.Length - blocks.Step));
        var target = new ConvSeries((nint)gradInput, g.Channels, g.Width, reach, g.Options.StrideWidth,
            first * g.Options.StrideWidth - g.Options.PadLeft);
        new ConvFft(g, blocks, source, target, true).Run(new WeightSource(weight), null, false);
    }

    private void Run(WeightSource weight, float* bias, bool relu)
    {
        var kernels = SeriesSpectra.Of(_stride * _kernels);
        using var prepared = weight.Prepare(
            new WeightLayout(WeightForm.Fft, 0, _stride, _filters, _channels * _taps, _fft.Length), kernels.Size(_fft.Points));
        kernels = kernels with { Data = (nint)prepared.Floats };
        if (!prepared.IsReady)
        {
            var filters = (nint)weight.Data;
            WorkerPool.Run(
                _kernels / SeriesFft.Lanes, task => TransformWeights((float*)filters, task * SeriesFft.Lanes, kernels));
            prepared.Keep();
        }

        var rowFloats = (long)(SourceSeries + TargetSeries) * _fft.Length;
        var rows = RoundUp(_rows, SeriesFft.Lanes);
        var own = (int)Math.Clamp(OwnFloats / rowFloats / SeriesFft.Lanes, 1, 4) * SeriesFft.Lanes;
        if (own * rowFloats <= 2 * OwnFloats && rows / own >= OwnRounds)
        {
            // Loops inside a loop run on the thread that calls them.
            WorkerPool.Run(Count(rows, own), round => Round(kernels, round * own, own, bias, relu));
            return;
        }

        var rounds = (int)Math.Clamp((rows * rowFloats + SharedFloats - 1) / SharedFloats, 1, rows / SeriesFft.Lanes);
        var shared = RoundUp(Count(rows, rounds), SeriesFft.Lanes);
        for (var first = 0; first < rows; first += shared) Round(kernels, first, Math.Min(shared, rows - first), bias, relu);
    }

    // Transforms sixteen pairs of filter and channel.
    private void TransformWeights(float* weight, int first, SeriesSpectra kernels)
    {
        var pieces = new SeriesBatch();
        for (var lane = 0; lane < SeriesFft.Lanes; lane++)
        {
            var kernel = first + lane;
            pieces.Set(lane, weight + (long)kernel * _taps, 0, kernel < _channels * _filters ? _taps : 0);
        }

        using var memory = Batch(_stride);
        var batch = memory.Floats;
        pieces.Load(_weightPlaces, batch);
        for (var phase = 0; phase < _stride; phase++)
            kernels.Forward(_fft, batch + phase * _fft.BatchLength, phase * _kernels + first);
    }

    private void Round(SeriesSpectra kernels, int first, int rows, float* bias, bool relu)
    {
        var (sources, targets) = (SeriesSpectra.Of(SourceSeries * rows), SeriesSpectra.Of(TargetSeries * rows));
        using var memory = new Scratch(sources.Size(_fft.Points) + targets.Size(_fft.Points));
        sources = sources with { Data = (nint)memory.Floats };
        targets = targets with { Data = (nint)(memory.Floats + sources.Size(_fft.Points)) };
        var groups = rows / SeriesFft.Lanes;
        WorkerPool.Run(_source.Channels * groups, task =>
        {
            var (channel, group) = (task / groups, task % groups * SeriesFft.Lanes);
            var pieces = Pieces(_source, first + group, channel);
            using var memory = Batch(_source.Stride);
            var batch = memory.Floats;
            pieces.Load(_sourcePlaces, batch);
            for (var phase = 0; phase < _source.Stride; phase++)
                sources.Forward(_fft, batch + phase * _fft.BatchLength, (phase * _source.Channels + channel) * rows + group);
        });
        WorkerPool.Run(_fft.Points, point => Multiply(kernels, sources, targets, point, rows));
        WorkerPool.Run(_target.Channels * groups, task =>
        {
            var (channel, group) = (task / groups, task % groups * SeriesFft.Lanes);
            using var memory = Batch(_target.Stride);
            var batch = memory.Floats;
            for (var phase = 0; phase < _target.Stride; phase++)
                targets.Inverse(_fft, (phase * _target.Channels + channel) * rows + group, batch + phase * _fft.BatchLength);
            var pieces = Pieces(_target, first + group, channel);
            pieces.Store(_targetPlaces, _skip, _step * _target.Stride, batch, 1f / _fft.Points, bias is null ? 0 : bias[channel],
                relu);
        });
    }

    private void Multiply(SeriesSpectra kernels, SeriesSpectra sources, SeriesSpectra targets, int point, int rows)
    {
        for (var phase = 0; phase < _stride; phase++)
        {
            var weights = new ComplexMatrix((nint)(kernels.At(point) + phase * _kernels), kernels.Plane,
                Transposed ? 1 : _channels, Transposed ? _channels : 1);
            var from = sources.At(point) + (Transposed ? 0 : (long)phase * _channels * rows);
            var to = targets.At(point) + (Transposed ? (long)phase * _channels * rows : 0);
            var source = new ComplexMatrix((nint)from, sources.Plane, rows, 1);
            var target = new ComplexMatrix((nint)to, targets.Plane, rows, 1);
            var (height, depth) = (_target.Channels, _source.Channels);
            // Multiplied by a conjugated spectrum, a filter slides along without being reversed.
            if (Transposed) SpectralProduct.Run<PlainSum>(weights, source, target, height, rows, depth, false);
            else SpectralProduct.Run<ConjugateLeftSum>(weights, source, target, height, rows, depth, phase > 0);
        }
    }

    private SeriesBatch Pieces(ConvSeries series, int row, int channel)
    {
        var pieces = new SeriesBatch();
        for (var lane = 0; lane < SeriesFft.Lanes; lane++, row++)
        {
            if (row < _rows) series.Set(ref pieces, lane, row / PerSeries, channel, row % PerSeries * _step, int.MaxValue);
        }

        return pieces;
    }

    private Scratch Batch(int phases) => new((long)phases * _fft.BatchLength);

    private static int Count(int size, int block) => (size + block - 1) / block;

    private static int RoundUp(int count, int multiple) => Count(count, multiple) * multiple;
}
