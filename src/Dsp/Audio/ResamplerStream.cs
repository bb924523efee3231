namespace Engine.Dsp.Audio;

/// <summary>
/// Resamples a signal that arrives in blocks of any size, in bounded memory, with the same bits as
/// <see cref="Resampler.Apply(ReadOnlySpan{float})"/> for the whole signal. One thread at a time.
/// </summary>
public sealed class ResamplerStream
{
    private const int BlockOutputs = 1 << 14, BlockInputs = 1 << 18; // per call to the resampler, whichever is fewer

    private readonly Resampler _resampler;
    private readonly ISampleSink _sink;
    private readonly float[] _output;
    private float[] _input = new float[1 << 15];
    private int _held; // inputs in the buffer
    private long _start; // where the buffer starts in the whole signal
    private long _written; // outputs written so far

    /// <summary>Writes the result to <paramref name="sink"/>.</summary>
    /// <param name="resampler">The rates.</param>
    /// <param name="sink">Receives the outputs, in blocks.</param>
    /// <param name="block">
    /// Outputs to a block, which also says how late they come; rounded up to what the ratio of the rates computes together.
    /// Larger blocks take less time a sample.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="block"/> is below 1.</exception>
    public ResamplerStream(Resampler resampler, ISampleSink sink, int block = BlockOutputs)
    {
        ArgumentNullException.ThrowIfNull(resampler);
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentOutOfRangeException.ThrowIfLessThan(block, 1);
        (_resampler, _sink) = (resampler, sink);
        var outputs = Math.Clamp(resampler.OutputLength((long)BlockInputs), 1, Math.Min(block, BlockOutputs));
        _output = new float[(outputs + resampler.Group - 1) / resampler.Group * resampler.Group];
    }

    /// <summary>Adds the next inputs.</summary>
    public void Add(ReadOnlySpan<float> samples)
    {
        while (!samples.IsEmpty)
        {
            var part = samples[..Math.Min(samples.Length, BlockOutputs)];
            samples = samples[part.Length..];
            if (_held + part.Length > _input.Length) Array.Resize(ref _input, Math.Max(2 * _input.Length, _held + part.Length));
            part.CopyTo(_input.AsSpan(_held));
            Tiny.Flush(_input.AsSpan(_held, part.Length));
            _held += part.Length;
            while (_resampler.EndInput(_written + _output.Length - 1) <= _start + _held) Give(_output.Length);
            Forget();
        }
    }

    /// <summary>Writes the outputs that reach beyond the last input.</summary>
    public void Finish()
    {
        var total = _resampler.OutputLength(_start + _held);
        while (_written < total) Give((int)Math.Min(_output.Length, total - _written));
    }

    /// <summary>Forgets everything, as if nothing had been added.</summary>
    public void Reset() => (_held, _start, _written) = (0, 0, 0);

    private void Give(int count)
    {
        var output = _output.AsSpan(0, count);
        _resampler.Apply(_input.AsSpan(0, _held), _start, output, _written);
        Tiny.Flush(output);
        _sink.Add(output);
        _written += count;
    }

    /// <summary>Drops the inputs that no later output depends on.</summary>
    private void Forget()
    {
        var passed = (int)Math.Clamp(_resampler.FirstInput(_written) - _start, 0, _held);
        if (passed == 0) return;
        _input.AsSpan(passed, _held - passed).CopyTo(_input);
        _held -= passed;
        _start += passed;
    }
}
