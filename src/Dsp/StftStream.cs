namespace Engine.Dsp;

/// <summary>
/// A short-time Fourier transform of samples that arrive in pieces: push them, read the frames that are complete. The
/// frames are bit for bit those of <see cref="Stft.Forward(ReadOnlySpan{float})"/> with <c>center=false</c> on the whole
/// signal, however it is split. Not thread-safe. Keeps only the samples that later frames need.
/// </summary>
public sealed class StftStream
{
    private readonly Stft _stft;
    private readonly float[] _frame;
    private float[] _pending;
    private int _start;
    private int _end;
    private int _skip;

    /// <summary>Starts a stream.</summary>
    /// <exception cref="ArgumentException">The transform is centred: padding needs the signal's end.</exception>
    /// <exception cref="ArgumentOutOfRangeException">As for <see cref="Stft"/>.</exception>
    public StftStream(StftOptions options)
    {
        _stft = new(options);
        if (options.Center)
            throw new ArgumentException("StftStream: center is True; a stream has no padding, so it must be False.",
                nameof(options));
        _frame = new float[options.FftSize];
        _pending = new float[2 * options.FftSize];
    }

    /// <summary>Bins per frame, FftSize/2 + 1.</summary>
    public int Bins => _stft.Bins;

    /// <summary>Frames that can be read now.</summary>
    public int Available => _stft.FrameCount(_end - _start);

    /// <summary>Appends samples.</summary>
    public void Push(ReadOnlySpan<float> samples)
    {
        var skipped = Math.Min(_skip, samples.Length);
        _skip -= skipped;
        samples = samples[skipped..];
        if (_end + samples.Length > _pending.Length) MakeRoom(samples.Length);
        samples.CopyTo(_pending.AsSpan(_end));
        _end += samples.Length;
    }

    /// <summary>
    /// Writes the next frame's spectrum, of <see cref="Bins"/> values; returns false if more samples are needed.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="spectrum"/> has the wrong length.</exception>
    public bool TryRead(Span<Complex<float>> spectrum)
    {
        if (spectrum.Length != Bins)
            throw new ArgumentException($"StftStream: the output has {spectrum.Length} values; it must have {Bins}.");
        if (Available == 0) return false;
        _stft.Transform(_pending.AsSpan(_start, _end - _start), 0, _frame, spectrum);
        var used = Math.Min(_stft.Options.Hop, _end - _start);
        _skip = _stft.Options.Hop - used;
        _start += used;
        return true;
    }

    // Moves pending samples to the front, and to a larger buffer if they would fill more than half of this one.
    private void MakeRoom(int samples)
    {
        var pending = _pending.AsSpan(_start, _end - _start);
        var needed = 2 * (pending.Length + samples);
        var room = needed > _pending.Length ? new float[needed] : _pending;
        pending.CopyTo(room);
        (_pending, _start, _end) = (room, 0, pending.Length);
    }
}
