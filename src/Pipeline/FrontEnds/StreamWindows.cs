using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// Resamples samples that arrive in blocks to every rate of a front end, and cuts them into the windows that the whole recording
/// would have.
/// </summary>
internal sealed class StreamWindows
{
    private readonly Input[] _inputs;
    private readonly Queue<long> _starts = [];
    private readonly Action<SampleSource, long> _complete;

    /// <summary>For a front end that cuts windows.</summary>
    /// <param name="spec">The front end.</param>
    /// <param name="sampleRate">The rate of the samples that arrive.</param>
    /// <param name="block">Outputs that a resampler computes together.</param>
    /// <param name="complete">
    /// Receives each window, valid only during the call, and where it starts, in samples at the front end's rate.
    /// </param>
    public StreamWindows(FrontEndSpec spec, int sampleRate, int block, Action<SampleSource, long> complete)
    {
        _complete = complete;
        var (rates, hop) = (spec.Rates, spec.HopSamples!.Value);
        _inputs = new Input[rates.Count];
        for (var i = 0; i < rates.Count; i++)
        {
            var (input, rate) = (i, rates[i]);
            var buffer = new WindowBuffer(spec.SegmentAt(rate)!.Value,
                number => WindowGrid.Start(number * hop, spec.SampleRate, rate), (window, start) => Take(input, window, start));
            var resampler = rate == sampleRate ? null : new ResamplerStream(Resampler.For(sampleRate, rate), buffer, block);
            _inputs[i] = new(rate, buffer, resampler);
        }
    }

    /// <summary>Adds the next samples.</summary>
    public void Add(ReadOnlySpan<float> samples)
    {
        foreach (var input in _inputs)
        {
            if (input.Resampler is { } resampler) resampler.Add(samples);
            else input.Buffer.Add(samples);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _starts.Clear();
        foreach (var input in _inputs)
        {
            input.Resampler?.Reset();
            input.Buffer.Reset();
            input.Ready.Clear();
        }
    }

    private void Take(int input, ReadOnlyMemory<float> window, long start)
    {
        if (_inputs.Length == 1)
        {
            _complete(SampleSource.Of(window, _inputs[0].Rate), start);
            return;
        }

        // Resamplers are late by different times, so a window waits until every rate has it.
        _inputs[input].Ready.Enqueue(window.ToArray());
        if (input == 0) _starts.Enqueue(start);
        while (_inputs.All(i => i.Ready.Count > 0))
        {
            SampleSource[] parts = [.. _inputs.Select(i => SampleSource.Of(i.Ready.Dequeue(), i.Rate))];
            _complete(new RatedSource(parts[0], parts[1..]), _starts.Dequeue());
        }
    }

    private sealed record Input(int Rate, WindowBuffer Buffer, ResamplerStream? Resampler)
    {
        // Windows that other rates do not have yet.
        public Queue<float[]> Ready { get; } = [];
    }
}
