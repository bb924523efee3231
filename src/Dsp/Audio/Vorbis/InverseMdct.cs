using Engine.Dsp.Fft;

namespace Engine.Dsp.Audio.Vorbis;

/// <summary>
/// The inverse MDCT of n/2 lines to n samples, y[i] = Σ x[k]·cos(2π/n·(i + 1/2 + n/4)·(k + 1/2)): a DCT-IV, by a complex FFT of
/// n/4 between two rotations, unfolded by its symmetries.
/// </summary>
internal sealed class InverseMdct
{
    private readonly FftPlan<float> _fft;
    private readonly Complex<float>[] _rotations, _input, _output;
    private readonly float[] _folded;

    /// <summary>Plans blocks of <paramref name="length"/> samples.</summary>
    public InverseMdct(int length)
    {
        var points = length / 4;
        _fft = new(points);
        (_input, _output) = (new Complex<float>[points], new Complex<float>[points]);
        _folded = new float[2 * points];
        _rotations = new Complex<float>[points];
        for (var k = 0; k < points; k++)
        {
            var (sine, cosine) = Math.SinCos(-Math.PI * (k + 0.125) / (2 * points));
            _rotations[k] = new((float)cosine, (float)sine);
        }
    }

    /// <summary>Transforms <paramref name="lines"/> to twice as many samples.</summary>
    public void Transform(ReadOnlySpan<float> lines, Span<float> samples)
    {
        var count = _folded.Length;
        for (var k = 0; k < _input.Length; k++)
            _input[k] = new Complex<float>(lines[2 * k], lines[count - 1 - 2 * k]) * _rotations[k];
        _fft.Forward(_input, _output);
        for (var k = 0; k < _output.Length; k++)
        {
            var value = _output[k] * _rotations[k];
            _folded[2 * k] = value.Real;
            _folded[count - 1 - 2 * k] = -value.Imaginary;
        }

        var half = count / 2;
        for (var i = 0; i < half; i++)
        {
            samples[i] = _folded[half + i];
            samples[half + i] = -_folded[count - 1 - i];
            samples[count + i] = -_folded[half - 1 - i];
            samples[count + half + i] = -_folded[i];
        }
    }
}
