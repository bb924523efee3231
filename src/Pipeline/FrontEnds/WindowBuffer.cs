using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// Cuts samples that arrive in blocks of any size into windows, one every <paramref name="hop"/> samples, and keeps no more than
/// one window.
/// </summary>
/// <param name="length">Samples of a window.</param>
/// <param name="hop">Samples from the start of one window to that of the next.</param>
/// <param name="complete">Receives each window, valid only during the call, and where it starts.</param>
internal sealed class WindowBuffer(int length, int hop, Action<ReadOnlyMemory<float>, long> complete) : ISampleSink
{
    private readonly float[] _window = new float[length];
    private int _held;
    private long _start, _gap; // where the window starts; samples between windows still to come

    public void Add(ReadOnlySpan<float> samples)
    {
        while (!samples.IsEmpty)
        {
            if (_gap > 0)
            {
                var passed = (int)Math.Min(_gap, samples.Length);
                _gap -= passed;
                samples = samples[passed..];
                continue;
            }

            var part = samples[..Math.Min(samples.Length, length - _held)];
            part.CopyTo(_window.AsSpan(_held));
            _held += part.Length;
            samples = samples[part.Length..];
            if (_held == length) Complete();
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Reset() => (_held, _start, _gap) = (0, 0, 0);

    private void Complete()
    {
        var start = _start;
        complete(_window, start);
        _start += hop;
        _held = Math.Max(0, length - hop);
        _gap = Math.Max(0, hop - length);
        _window.AsSpan(length - _held).CopyTo(_window);
    }
}
