namespace Engine.Dsp;

/// <summary>
/// The frame positions of a time-domain descriptor: librosa's <c>util.frame</c> with or without centring. A centred signal
/// is padded by half a frame on both sides.
/// </summary>
internal readonly struct FrameGrid
{
    private readonly int _samples;
    private readonly int _hop;
    private readonly int _padding;

    public FrameGrid(string operation, int samples, int frameLength, int hopLength, bool center)
    {
        if (frameLength < 1 || hopLength < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(frameLength),
                $"{operation}: frameLength is {frameLength} and hopLength {hopLength}; both must be at least 1.");
        }

        (_samples, _hop, FrameLength) = (samples, hopLength, frameLength);
        _padding = center ? frameLength / 2 : 0;
        var padded = (long)samples + 2 * _padding;
        Count = padded < frameLength ? 0 : (int)(1 + (padded - frameLength) / hopLength);
    }

    /// <summary>Samples per frame, including padding.</summary>
    public int FrameLength { get; }

    /// <summary>The number of frames.</summary>
    public int Count { get; }

    /// <summary>The samples of the signal under frame <paramref name="t"/>; the rest of the frame is padding.</summary>
    public Range this[int t]
    {
        get
        {
            var start = (long)t * _hop - _padding;
            return (int)Math.Clamp(start, 0, _samples)..(int)Math.Clamp(start + FrameLength, 0, _samples);
        }
    }
}
