using Engine.Dsp;
using Engine.Dsp.Fft;

namespace Engine.Plots.Songs;

/// <summary>
/// The tempogram at single frames: the autocorrelation of the onset strength under a Hann window around a frame, scaled to 1 at
/// lag 0, as <c>librosa.feature.tempogram</c>. Not thread-safe.
/// </summary>
internal sealed class LocalTempogram
{
    private readonly float[] _strength;
    private readonly double[] _window;
    private readonly FftPlan<double> _fft;
    private readonly Complex<double>[] _frame;

    /// <summary>Plans it.</summary>
    /// <param name="strength">The onset strength of each frame.</param>
    /// <param name="windowLength">Frames under the window.</param>
    public LocalTempogram(float[] strength, int windowLength)
    {
        (_strength, WindowLength) = (strength, windowLength);
        _window = Windows.Create(WindowKind.Hann, windowLength);
        _fft = new((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(2 * windowLength - 1)));
        _frame = new Complex<double>[_fft.Length];
    }

    /// <summary>Frames under the window, and lags of the result.</summary>
    public int WindowLength { get; }

    /// <summary>The correlation at each lag from 0 on; all 0 where nothing begins.</summary>
    public void Frame(int frame, Span<double> lags)
    {
        Array.Clear(_frame);
        for (var i = 0; i < WindowLength; i++) _frame[i] = new(_window[i] * Padded(frame - WindowLength / 2 + i), 0);
        _fft.Forward(_frame, _frame);
        for (var k = 0; k < _frame.Length; k++)
            _frame[k] = new(_frame[k].Real * _frame[k].Real + _frame[k].Imaginary * _frame[k].Imaginary, 0);
        _fft.Inverse(_frame, _frame);
        var energy = _frame[0].Real;
        for (var lag = 0; lag < WindowLength; lag++) lags[lag] = energy > 1e-300 ? _frame[lag].Real / energy : 0;
    }

    // Ramps from 0 to the first value and from the last one back to 0, as wide as half the window.
    private double Padded(int t)
    {
        var width = WindowLength / 2;
        if (t < 0) return _strength[0] * (double)(t + width) / width;
        return t < _strength.Length ? _strength[t] : _strength[^1] * (double)(_strength.Length - 1 + width - t) / width;
    }
}
