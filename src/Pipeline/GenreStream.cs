using System.Globalization;
using Engine.Classifiers;
using Engine.Dsp.Audio;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline;

/// <summary>
/// Labels samples as they come, in memory that does not grow: <see cref="GenreModel.OpenStream"/> makes one. Windows lie where
/// they would in a recording of everything pushed.
/// </summary>
/// <remarks>
/// <para>
/// Samples at the recipe's rate: <see cref="Current"/> is what <see cref="GenreModel.Predict(ReadOnlySpan{float}, int)"/> gives
/// for the samples from its start to its end, with the same bits if the recipe has a classifier; a network's last bits may
/// differ, as it then computes fewer windows at once. A hop other than the recipe's gives other windows than <c>Predict</c>
/// averages, unless a prediction looks back one window.
/// </para>
/// <para>
/// Samples at another rate: they are resampled with the bits that the whole recording would have, so each window is one of
/// <see cref="GenreModel.Timeline(ReadOnlySpan{float}, int, double?, double?)"/>. <c>Predict</c> of a part on its own differs a
/// little, since its resampling knows no samples beyond the part's ends. It computes blocks, which delays a prediction: by less
/// than 0.2 s for the usual rates.
/// </para>
/// <para>
/// <see cref="Push"/> and <see cref="Reset"/> are for one thread at a time; <see cref="Current"/> and the other properties may be
/// read by any. When a window is complete, <see cref="Push"/> computes its features and asks the model, which takes as long as a
/// prediction: keep it off a thread that must not wait, such as an audio callback. Otherwise it copies the samples, or resamples
/// them, and allocates nothing.
/// </para>
/// </remarks>
public sealed class GenreStream
{
    private const string Name = "stream";

    // Outputs that are resampled together: 46 ms at 22,050 Hz.
    private const int Block = 1024;

    private readonly GenreModel _model;
    private readonly FrontEnd _frontEnd;
    private readonly StreamWindows _cutter;
    private readonly Queue<Scored> _windows;
    private readonly int _most;
    private bool _isNew;
    private State _state = new(null, null);

    internal GenreStream(GenreModel model, FrontEnd frontEnd, int sampleRate, int windows)
    {
        (_model, _frontEnd, _most, SampleRate) = (model, frontEnd, windows, sampleRate);
        _windows = new(windows);
        _cutter = new(frontEnd.Spec, sampleRate, Block, Complete);
    }

    /// <summary>The rate of the samples pushed, in Hz.</summary>
    public int SampleRate { get; }

    /// <summary>The seconds that a prediction looks back, once as many have been pushed.</summary>
    public double Window =>
        (_frontEnd.Spec.SegmentSamples!.Value + (_most - 1.0) * _frontEnd.Spec.HopSamples!.Value) / _frontEnd.Spec.SampleRate;

    /// <summary>Seconds from one prediction to the next.</summary>
    public double Hop => (double)_frontEnd.Spec.HopSamples!.Value / _frontEnd.Spec.SampleRate;

    /// <summary>
    /// The genres of the last seconds, and which seconds these are, counted from the first sample; null before the first window
    /// is complete, and where <see cref="Problem"/> says why.
    /// </summary>
    public WindowPrediction? Current => Volatile.Read(ref _state).Current;

    /// <summary>
    /// Why the last seconds have no genre: they are silent, or features are undefined for them; null if they have one, or before
    /// the first window.
    /// </summary>
    public string? Problem => Volatile.Read(ref _state).Problem;

    /// <summary>Adds the next samples.</summary>
    /// <param name="samples">Mono samples in [-1, 1], as many as there are.</param>
    /// <returns>Whether a window was completed, so that <see cref="Current"/> or <see cref="Problem"/> is new.</returns>
    /// <exception cref="EngineException">A sample is not finite; none of the samples was added.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public bool Push(ReadOnlySpan<float> samples)
    {
        var bad = FrontEnd.IndexOfNotFinite(samples);
        if (bad >= 0)
            throw new EngineException($"{Name}: sample {bad} of those pushed is {samples[bad]}; every sample must be finite.");
        _isNew = false;
        _cutter.Add(samples);
        return _isNew;
    }

    /// <summary>Forgets all samples, as if the stream were new.</summary>
    public void Reset()
    {
        _cutter.Reset();
        _windows.Clear();
        Volatile.Write(ref _state, new(null, null));
    }

    private void Complete(SampleSource window, long start)
    {
        if (_windows.Count == _most) _windows.Dequeue();
        _windows.Enqueue(Ask(window, start));
        _isNew = true;
        Volatile.Write(ref _state, Join([.. _windows]));
    }

    private Scored Ask(SampleSource window, long start)
    {
        var isSilent = !Samples.ToArray(window).AsSpan().ContainsAnyExcept(0f);
        try
        {
            return new(start, isSilent, _model.Score(_frontEnd, window, Name), null);
        }
        catch (EngineException e)
        {
            return new(start, isSilent, null, e.Message);
        }
    }

    // A recording may have silent windows but must not be silent; every window needs features.
    private State Join(Scored[] windows)
    {
        double rate = _frontEnd.Spec.SampleRate;
        var (start, end) = (windows[0].Start / rate, (windows[^1].Start + _frontEnd.Spec.SegmentSamples!.Value) / rate);
        if (windows.All(w => w.IsSilent))
        {
            return new(null, string.Create(CultureInfo.InvariantCulture,
                $"{Name}: the last {end - start:0.##} s are silent, which has no genre."));
        }

        return windows.FirstOrDefault(w => w.Problem is not null) is { } spoilt
            ? new(null, spoilt.Problem)
            : new(new(start, end, _model.OfMean([.. windows.Select(w => w.Scores!)])), null);
    }

    private sealed record Scored(long Start, bool IsSilent, FeatureMatrix? Scores, string? Problem);

    private sealed record State(WindowPrediction? Current, string? Problem);
}
