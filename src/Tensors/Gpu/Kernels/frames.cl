// What the kernels of spectrograms share: reading a frame, and storing a bin of it.

// Sample i of a signal of n, beyond whose ends are mirrored samples or zeros.
DEVICE float padded_sample(GLOBAL const float *signal, int i, int n, int reflect)
{
    if (reflect)
    {
        if (i < 0) i = -i;
        if (i >= n) i = 2 * (n - 1) - i;
    }

    return i >= 0 && i < n ? signal[i] : 0.0f;
}

// Point j of the frame that begins at sample start; the window covers window_length points from window_start on.
DEVICE float frame_point(
    GLOBAL const float *signal, int samples, int reflect, int start, GLOBAL const float *window, int window_start, int window_length, int j)
{
    int i = j - window_start;
    return i >= 0 && i < window_length ? window[i] * padded_sample(signal, start + j, samples, reflect) : 0.0f;
}

// values: 0 power, 1 magnitude, 2 real and imaginary part side by side.
DEVICE void store_bin(GLOBAL float *result, int bin, float re, float im, int values)
{
    if (values == 2)
    {
        result[2 * bin] = re;
        result[2 * bin + 1] = im;
    }
    else
    {
        float power = re * re + im * im;
        result[bin] = values == 1 ? sqrtf(power) : power;
    }
}

// Bin k of FFT real samples from the points a = k and b = FFT/2 - k of their transform as FFT/2 complex ones, turn being
// w = exp(-2πi·k/FFT): X = ½(a + conj b) - (i/2)·w·(a - conj b), real and imaginary part.
DEVICE void split_bin(float a_re, float a_im, float b_re, float b_im, GLOBAL const float *turn, float *x)
{
    float c = turn[0], s = turn[1];
    float sum_re = a_re + b_re, sum_im = a_im - b_im, less_re = a_re - b_re, less_im = a_im + b_im;
    x[0] = 0.5f * (sum_re + (c * less_im + s * less_re));
    x[1] = 0.5f * (sum_im - (c * less_re - s * less_im));
}
