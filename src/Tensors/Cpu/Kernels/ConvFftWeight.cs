using Engine.Dsp.Fft;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The weight and bias gradients of a convolution of series by <see cref="SeriesFft"/>, cut into the blocks of
/// <see cref="ConvFft"/>'s forward pass: N inputs with the N - T + 1 gradients that they touch. The products of their spectra,
/// [K, blocks] · [blocks, C] at each point, are summed over all blocks of all images before the only inverse transforms, one for
/// each filter and channel. Rounds of blocks are determined by the shape and added in order, each point by one thread. Results
/// are overwritten; non-finite values spread to all taps of their filter or channel.
/// </summary>
internal sealed unsafe class ConvFftWeight
{
    // Spectra of a round, at most 16 MiB.
    private const long RoundFloats = 4 * 1024 * 1024;

    private readonly SeriesFft _fft;
    private readonly ConvFftBlocks _blocks;
    private readonly ConvSeries _input, _gradient;
    private readonly int _channels, _filters, _stride, _rows;
    private readonly int[] _inputPlaces, _gradientPlaces;

    private ConvFftWeight(in Conv2dGeometry g, float* input, float* gradOutput)
    {
        _blocks = ConvFftBlocks.Forward(g);
        _fft = SeriesFft.Of(_blocks.Length);
        (_channels, _filters, _stride, _rows) = (g.Channels, g.Filters, g.Options.StrideWidth, g.Batch * _blocks.PerSeries);
        _input = new ConvSeries((nint)input, _channels, g.Width, g.Width, _stride, -g.Options.PadLeft);
        _gradient = new ConvSeries((nint)gradOutput, _filters, g.OutputWidth, g.OutputWidth, 1, 0);
        _inputPlaces = SeriesBatch.Places(_fft, _stride);
        _gradientPlaces = SeriesBatch.Places(_fft, 1);
    }

    // Whether the tiles' sixteen columns are filters, because with channels more of them would be empty.
    private bool FiltersAcross => RoundUp(_filters) * _channels < RoundUp(_channels) * _filters;

    /// <summary>Computes gradWeight and, unless null, gradBias, as <see cref="ConvWeightGradient.Run"/>.</summary>
    public static void Run(Conv2dGeometry g, float* input, float* gradOutput, float* gradWeight, float* gradBias) =>
        new ConvFftWeight(g, input, gradOutput).Run(g.KernelWidth, gradWeight, gradBias);

    private void Run(int taps, float* gradWeight, float* gradBias)
    {
        if (_rows == 0)
        {
            new Span<float>(gradWeight, _filters * _channels * taps).Clear();
            if (gradBias is not null) new Span<float>(gradBias, _filters).Clear();
            return;
        }

        var (down, across) = FiltersAcross ? (_channels, _filters) : (_filters, _channels);
        var sums = SeriesSpectra.Of(_stride * down * RoundUp(across));
        using var memory = new Scratch(sums.Size(_fft.Points) + (long)_rows * _filters);
        sums = sums with { Data = (nint)memory.Floats };
        var biases = memory.Floats + sums.Size(_fft.Points);
        var rounds = Math.Clamp((_rows * (long)(_channels * _stride + _filters) * _fft.Length + RoundFloats - 1) / RoundFloats, 1,
            _rows);
        for (var round = 0; round < rounds; round++)
        {
            var first = (int)(round * _rows / rounds);
            Accumulate(first, (int)((round + 1) * _rows / rounds) - first, sums, biases);
        }

        WorkerPool.Run(down * (RoundUp(across) / SeriesFft.Lanes), task =>
        {
            var (row, column) = (task / (RoundUp(across) / SeriesFft.Lanes),
                task % (RoundUp(across) / SeriesFft.Lanes) * SeriesFft.Lanes);
            using var memory = Batch();
            var batch = memory.Floats;
            for (var phase = 0; phase < _stride; phase++)
                sums.Inverse(_fft, (phase * down + row) * RoundUp(across) + column, batch + phase * _fft.BatchLength);
            var pieces = new SeriesBatch();
            for (var lane = 0; lane < Math.Min(SeriesFft.Lanes, across - column); lane++)
            {
                var (filter, channel) = FiltersAcross ? (column + lane, row) : (row, column + lane);
                pieces.Set(lane, gradWeight + ((long)filter * _channels + channel) * taps, 0, taps);
            }

            pieces.Store(_inputPlaces, 0, taps, batch, 1f / _fft.Points, 0, false);
        });
        if (gradBias is null) return;
        for (var filter = 0; filter < _filters; filter++)
        {
            double sum = 0;
            for (var row = 0; row < _rows; row++) sum += biases[(long)row * _filters + filter];
            gradBias[filter] = (float)sum;
        }
    }

    // Adds the products of some blocks; the first round overwrites. Here a batch's lanes iterate over channels, then blocks.
    private void Accumulate(int first, int rows, SeriesSpectra sums, float* biases)
    {
        var inputPhase = RoundUp(rows * _channels);
        var (inputs, gradients) = (SeriesSpectra.Of(_stride * inputPhase), SeriesSpectra.Of(rows * _filters));
        using var memory = new Scratch(inputs.Size(_fft.Points) + gradients.Size(_fft.Points));
        inputs = inputs with { Data = (nint)memory.Floats };
        gradients = gradients with { Data = (nint)(memory.Floats + inputs.Size(_fft.Points)) };
        var inputBatches = inputPhase / SeriesFft.Lanes;
        WorkerPool.Run(inputBatches + gradients.Plane / SeriesFft.Lanes, task =>
        {
            if (task < inputBatches) TransformInputs(first, rows, task * SeriesFft.Lanes, inputs, inputPhase);
            else TransformGradients(first, rows, (task - inputBatches) * SeriesFft.Lanes, gradients, biases);
        });
        WorkerPool.Run(_fft.Points, point =>
        {
            for (var phase = 0; phase < _stride; phase++)
            {
                var x = (nint)(inputs.At(point) + phase * inputPhase);
                var g = (nint)gradients.At(point);
                var (down, across) = FiltersAcross ? (_channels, RoundUp(_filters)) : (_filters, RoundUp(_channels));
                var target = new ComplexMatrix((nint)(sums.At(point) + phase * down * across), sums.Plane, across, 1);
                if (FiltersAcross)
                {
                    var left = new ComplexMatrix(x, inputs.Plane, 1, _channels);
                    var right = new ComplexMatrix(g, gradients.Plane, _filters, 1);
                    SpectralProduct.Run<ConjugateRightSum>(left, right, target, down, across, rows, first > 0);
                }
                else
                {
                    var left = new ComplexMatrix(g, gradients.Plane, 1, _filters);
                    var right = new ComplexMatrix(x, inputs.Plane, _channels, 1);
                    SpectralProduct.Run<ConjugateLeftSum>(left, right, target, down, across, rows, first > 0);
                }
            }
        });
    }

    private void TransformInputs(int first, int rows, int series, SeriesSpectra inputs, int phaseSeries)
    {
        var pieces = new SeriesBatch();
        for (var lane = 0; lane < Math.Min(SeriesFft.Lanes, rows * _channels - series); lane++)
        {
            var (row, channel) = (first + (series + lane) / _channels, (series + lane) % _channels);
            _input.Set(ref pieces, lane, row / _blocks.PerSeries, channel, row % _blocks.PerSeries * _blocks.Step, int.MaxValue);
        }

        using var memory = Batch();
        var batch = memory.Floats;
        pieces.Load(_inputPlaces, batch);
        for (var phase = 0; phase < _stride; phase++)
            inputs.Forward(_fft, batch + phase * _fft.BatchLength, phase * phaseSeries + series);
    }

    private void TransformGradients(int first, int rows, int series, SeriesSpectra gradients, float* biases)
    {
        var pieces = new SeriesBatch();
        for (var lane = 0; lane < Math.Min(SeriesFft.Lanes, rows * _filters - series); lane++)
        {
            var (row, filter) = (first + (series + lane) / _filters, (series + lane) % _filters);
            var start = row % _blocks.PerSeries * _blocks.Step;
            _gradient.Set(ref pieces, lane, row / _blocks.PerSeries, filter, start, _blocks.Step);
            // Summed here, while they are in the cache.
            biases[(long)row * _filters + filter] = Reductions.Sum(
                _gradient.At(row / _blocks.PerSeries, filter) + start, Math.Min(_blocks.Step, _gradient.Length - start));
        }

        using var memory = Batch();
        var batch = memory.Floats;
        pieces.Load(_gradientPlaces, batch);
        gradients.Forward(_fft, batch, series);
    }

    private Scratch Batch() => new((long)_stride * _fft.BatchLength);

    private static int RoundUp(int count) => (count + SeriesFft.Lanes - 1) / SeriesFft.Lanes * SeriesFft.Lanes;
}
