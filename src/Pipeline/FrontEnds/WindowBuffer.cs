using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// Cuts samples that arrive in blocks of any size into windows, and keeps no more than one window.
/// </summary>
/// <param name="length">Samples of a window.</param>
/// <param name="startOf">Where each window starts, which rises with its number; the first starts at 0.</param>
/// <param name="complete">Receives each window, valid only during the call, and where it starts.</param>
internal sealed class WindowBuffer(int length, Func<long, long> startOf, Action<ReadOnlyMemory<float>, long> complete)
    : ISampleSink
{
    private readonly float[] _window = new float[length];
    private int _held;
    private long _number, _start, _gap; // the window and where it starts; samples between windows still to come

    /// <summary>Windows at equal steps of <paramref name="hop"/> samples.</summary>
    public WindowBuffer(int length, int hop, Action<ReadOnlyMemory<float>, long> complete)
        : this(length, number => number * hop, complete)
    {
    }

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
    public void Reset() => (_held, _number, _start, _gap) = (0, 0, 0, 0);

    private void Complete()
    {
        var start = _start;
        complete(_window, start);
        _start = startOf(++_number);
        var hop = _start - start;
        _held = (int)Math.Max(0, length - hop);
        _gap = Math.Max(0, hop - length);
        _window.AsSpan(length - _held).CopyTo(_window);
    }
}
