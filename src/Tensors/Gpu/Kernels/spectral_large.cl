// Spectrograms of frames whose transform does not fit into local memory: the steps of spectral.cl as kernels of their own, over
// a chunk of frames [chunk, points] in global memory, real and imaginary parts interleaved, from one buffer to another. points
// is a power of two; where it is not the number of points transformed, they are convolved with a chirp.

DEVICE void store_product(GLOBAL float *to, float re, float im, GLOBAL const float *factor, float sign)
{
    float c = factor[0], s = factor[1];
    to[0] = re * c - im * s;
    to[1] = (re * s + im * c) * sign;
}

// Frames first … first + chunk - 1, windowed; times the chirp unless it is null; zero from transform on.
KERNEL void load_frames(
    int count, int first, int frames, int samples, int hop, int lead, int reflect, int window_length, int window_start, int even,
    int transform, int points, ARRAY(float, signals), ARRAY(float, window), ARRAY(float, chirp), ARRAY_OUT(float, x))
{
    EACH(i, count)
    {
        int n = (int)(i % (uint)points), number = first + (int)(i / (uint)points);
        float re = 0.0f, im = 0.0f;
        if (n < transform)
        {
            GLOBAL const float *signal = AT(signals) + number / frames * samples;
            int start = number % frames * hop - lead;
            if (even)
            {
                re = frame_point(signal, samples, reflect, start, AT(window), window_start, window_length, 2 * n);
                im = frame_point(signal, samples, reflect, start, AT(window), window_start, window_length, 2 * n + 1);
            }
            else
            {
                re = frame_point(signal, samples, reflect, start, AT(window), window_start, window_length, n);
            }
        }

        GLOBAL float *to = AT(x) + 2 * i;
        if (chirp != 0 && n < transform) store_product(to, re, im, AT(chirp) + 2 * n, 1.0f);
        else
        {
            to[0] = re;
            to[1] = im;
        }
    }
}

KERNEL void radix2_pass(int count, int points, int s, ARRAY(float, x), ARRAY(float, roots), ARRAY_OUT(float, y))
{
    EACH(i, count)
    {
        int m = points / 2, b = (int)(i % (uint)m), q = b % s, turn = b - q;
        int frame = 2 * (int)(i / (uint)m) * points;
        GLOBAL const float *from = AT(x) + frame + 2 * b;
        GLOBAL float *to = AT(y) + frame + 2 * (2 * turn + q);
        float ar = from[0], ai = from[1], br = from[2 * m], bi = from[2 * m + 1];
        to[0] = ar + br;
        to[1] = ai + bi;
        store_product(to + 2 * s, ar - br, ai - bi, AT(roots) + 2 * turn, 1.0f);
    }
}

KERNEL void radix4_pass(int count, int points, int s, ARRAY(float, x), ARRAY(float, roots), ARRAY_OUT(float, y))
{
    EACH(i, count)
    {
        int m = points / 4, b = (int)(i % (uint)m), q = b % s, turn = b - q;
        int frame = 2 * (int)(i / (uint)m) * points, step = 2 * s;
        GLOBAL const float *p0 = AT(x) + frame + 2 * b;
        GLOBAL const float *p1 = p0 + 2 * m;
        GLOBAL const float *p2 = p1 + 2 * m;
        GLOBAL const float *p3 = p2 + 2 * m;
        GLOBAL float *to = AT(y) + frame + 2 * (4 * turn + q);
        float even_re = p0[0] + p2[0], even_im = p0[1] + p2[1], less_re = p0[0] - p2[0], less_im = p0[1] - p2[1];
        float odd_re = p1[0] + p3[0], odd_im = p1[1] + p3[1], turned_re = p1[1] - p3[1], turned_im = p3[0] - p1[0];
        to[0] = even_re + odd_re;
        to[1] = even_im + odd_im;
        store_product(to + step, less_re + turned_re, less_im + turned_im, AT(roots) + 2 * turn, 1.0f);
        store_product(to + 2 * step, even_re - odd_re, even_im - odd_im, AT(roots) + 4 * turn, 1.0f);
        store_product(to + 3 * step, less_re - turned_re, less_im - turned_im, AT(roots) + 6 * turn, 1.0f);
    }
}

// In place, point n of each frame times factor n, of which there are as many; the conjugate of x is taken before, or of the
// product after.
KERNEL void multiply_points(int count, int points, int constants, int conjugate_before, ARRAY_OUT(float, x), ARRAY(float, factor))
{
    EACH(i, count)
    {
        int n = (int)(i % (uint)points);
        GLOBAL float *at = AT(x) + 2 * i;
        float im = conjugate_before ? -at[1] : at[1];
        if (n < constants) store_product(at, at[0], im, AT(factor) + 2 * n, conjugate_before ? 1.0f : -1.0f);
    }
}

KERNEL void store_bins(
    int count, int first, int bins, int even, int transform, int points, int values, ARRAY(float, x), ARRAY(float, turns), ARRAY_OUT(float, result))
{
    EACH(i, count)
    {
        int k = (int)(i % (uint)bins);
        GLOBAL const float *z = AT(x) + 2 * (int)(i / (uint)bins) * points;
        float bin[2];
        bin[0] = z[2 * (k == transform ? 0 : k)];
        bin[1] = z[2 * (k == transform ? 0 : k) + 1];
        if (even)
        {
            int b = k == 0 ? 0 : transform - k;
            split_bin(bin[0], bin[1], z[2 * b], z[2 * b + 1], AT(turns) + 2 * k, bin);
        }

        store_bin(AT(result), first * bins + i, bin[0], bin[1], values);
    }
}
