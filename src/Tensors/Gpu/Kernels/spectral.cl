// Spectrograms of frames whose transform fits into local memory: result [signals, frames, FFT/2 + 1].
//
// A frame of FFT real samples, FFT even, is FFT/2 complex points: even samples are real parts, odd ones imaginary parts; an odd
// FFT takes as many points as samples. These TRANSFORM points go through Stockham passes of radix 2, 3, 4, 5 and 7, from one half
// of the frame's local memory to the other; RADICES has the radix of each pass in 4 bits, the first one lowest. If TRANSFORM has
// other prime factors, it is convolved with a chirp (Bluestein 1970) by two transforms of POINTS, a power of two from
// 2·TRANSFORM - 1 on; else POINTS = TRANSFORM. Nothing between the samples and the bins is in global memory.
//
// ITEMS work items share a frame and FRAMES frames a group, each with 4·POINTS floats: real and imaginary parts of two buffers.
// Frames never mix: one that is not finite leaves its neighbours alone. Roots, chirp and its spectrum are tables that the host
// computes in double precision.

#define ROOTS 0
#define TURNS (ROOTS + 2 * POINTS)
#define CHIRP (TURNS + 2 * (FFT / 2 + 1))
#define CHIRP_SPECTRUM (CHIRP + 2 * TRANSFORM)

// In a pass of radix r with s columns done, for b = q + s·p and j, k = 0 … r - 1:
//     to[q + s·(r·p + j)] = exp(-2πi·j·p·s/POINTS)·Σ_k from[b + k·POINTS/r]·exp(-2πi·jk/r)
DEVICE void store_turned(LOCAL_ARG float *to, int place, float re, float im, GLOBAL const float *roots, int root)
{
    float c = roots[2 * root], s = roots[2 * root + 1];
    to[place] = re * c - im * s;
    to[place + POINTS] = re * s + im * c;
}

DEVICE void pass2(LOCAL_ARG const float *from, LOCAL_ARG float *to, GLOBAL const float *roots, int item, int s)
{
    const int m = POINTS / 2;
    for (int b = item; b < m; b += ITEMS)
    {
        int q = b % s, turn = b - q, place = 2 * turn + q;
        float ar = from[b], ai = from[b + POINTS], br = from[b + m], bi = from[b + m + POINTS];
        to[place] = ar + br;
        to[place + POINTS] = ai + bi;
        store_turned(to, place + s, ar - br, ai - bi, roots, turn);
    }
}

DEVICE void pass4(LOCAL_ARG const float *from, LOCAL_ARG float *to, GLOBAL const float *roots, int item, int s)
{
    const int m = POINTS / 4;
    for (int b = item; b < m; b += ITEMS)
    {
        int q = b % s, turn = b - q, place = 4 * turn + q;
        LOCAL_ARG const float *re = from + b;
        LOCAL_ARG const float *im = re + POINTS;
        float even_re = re[0] + re[2 * m], even_im = im[0] + im[2 * m], less_re = re[0] - re[2 * m], less_im = im[0] - im[2 * m];
        float odd_re = re[m] + re[3 * m], odd_im = im[m] + im[3 * m], turned_re = im[m] - im[3 * m], turned_im = re[3 * m] - re[m];
        to[place] = even_re + odd_re;
        to[place + POINTS] = even_im + odd_im;
        store_turned(to, place + s, less_re + turned_re, less_im + turned_im, roots, turn);
        store_turned(to, place + 2 * s, even_re - odd_re, even_im - odd_im, roots, 2 * turn);
        store_turned(to, place + 3 * s, less_re - turned_re, less_im - turned_im, roots, 3 * turn);
    }
}

// An odd radix R by its definition, the points k and R - k taken together: sums of a_k = x_k + x_(R-k) with cosines and of
// b_k = x_k - x_(R-k) with sines give the results j and R - j.
#define ODD_PASS(R) \
    DEVICE void pass##R(LOCAL_ARG const float *from, LOCAL_ARG float *to, GLOBAL const float *roots, int item, int s) \
    { \
        const int m = POINTS / R; \
        for (int b = item; b < m; b += ITEMS) \
        { \
            int q = b % s, turn = b - q, place = R * turn + q; \
            float a_re[R / 2], a_im[R / 2], b_re[R / 2], b_im[R / 2]; \
            float first_re = from[b], first_im = from[b + POINTS], sum_re = first_re, sum_im = first_im; \
            UNROLL \
            for (int k = 1; k <= R / 2; k++) \
            { \
                int left = b + k * m, right = b + (R - k) * m; \
                a_re[k - 1] = from[left] + from[right]; \
                a_im[k - 1] = from[left + POINTS] + from[right + POINTS]; \
                b_re[k - 1] = from[left] - from[right]; \
                b_im[k - 1] = from[left + POINTS] - from[right + POINTS]; \
                sum_re += a_re[k - 1]; \
                sum_im += a_im[k - 1]; \
            } \
            to[place] = sum_re; \
            to[place + POINTS] = sum_im; \
            UNROLL \
            for (int j = 1; j <= R / 2; j++) \
            { \
                float even_re = first_re, even_im = first_im, odd_re = 0.0f, odd_im = 0.0f; \
                UNROLL \
                for (int k = 1; k <= R / 2; k++) \
                { \
                    int root = j * k % R * m; \
                    float c = roots[2 * root], t = roots[2 * root + 1]; \
                    even_re += a_re[k - 1] * c; \
                    even_im += a_im[k - 1] * c; \
                    odd_re += b_re[k - 1] * t; \
                    odd_im += b_im[k - 1] * t; \
                } \
                store_turned(to, place + j * s, even_re - odd_im, even_im + odd_re, roots, j * turn); \
                store_turned(to, place + (R - j) * s, even_re + odd_im, even_im - odd_re, roots, (R - j) * turn); \
            } \
        } \
    }

ODD_PASS(3)
ODD_PASS(5)
ODD_PASS(7)

// All passes over the frame's buffers, the first of which reads from offset at, 0 or 2·POINTS; returns where the result is. Every
// work item of the group comes here, also those of frames that do not exist.
DEVICE int transform(LOCAL_ARG float *frame, int at, GLOBAL const float *roots, int item)
{
    int s = 1;
    UNROLL
    for (int rest = RADICES; rest != 0; rest >>= 4)
    {
        int radix = rest & 15;
        LOCAL_ARG const float *from = frame + at;
        at = 2 * POINTS - at;
        LOCAL_ARG float *to = frame + at;
        if (radix == 4) pass4(from, to, roots, item, s);
        else if (radix == 2) pass2(from, to, roots, item, s);
        else if (radix == 3) pass3(from, to, roots, item, s);
        else if (radix == 5) pass5(from, to, roots, item, s);
        else pass7(from, to, roots, item, s);
        BARRIER();
        s *= radix;
    }

    return at;
}

// (re, im) of a point times a factor; the imaginary part also times sign.
DEVICE void multiply_point(LOCAL_ARG float *point, GLOBAL const float *factor, float sign)
{
    float re = point[0], im = point[POINTS];
    point[0] = re * factor[0] - im * factor[1];
    point[POINTS] = (re * factor[1] + im * factor[0]) * sign;
}

KERNEL GROUP_SIZE(ITEMS * FRAMES, 1, 1) void spectrogram(
    int total, int frames, int samples, int hop, int lead, int reflect, int window_length, int window_start, int values,
    ARRAY(float, signals), ARRAY(float, window), ARRAY(float, tables), ARRAY_OUT(float, result))
{
    LOCAL float buffers[4 * POINTS * FRAMES];
    int item = LOCAL_ID(0) % ITEMS, number = GROUP_ID(0) * FRAMES + LOCAL_ID(0) / ITEMS;
    LOCAL_ARG float *frame = buffers + LOCAL_ID(0) / ITEMS * (4 * POINTS);
    GLOBAL const float *roots = AT(tables) + ROOTS;
    GLOBAL const float *chirp = AT(tables) + CHIRP;
    int exists = number < total;
    int start = number % frames * hop - lead;
    GLOBAL const float *signal = AT(signals) + (exists ? number / frames * samples : 0);

    for (int n = item; n < POINTS; n += ITEMS)
    {
        float re = 0.0f, im = 0.0f;
        if (exists && n < TRANSFORM)
        {
            if (FFT % 2 == 0)
            {
                re = frame_point(signal, samples, reflect, start, AT(window), window_start, window_length, 2 * n);
                im = frame_point(signal, samples, reflect, start, AT(window), window_start, window_length, 2 * n + 1);
            }
            else
            {
                re = frame_point(signal, samples, reflect, start, AT(window), window_start, window_length, n);
            }
        }

        frame[n] = re;
        frame[n + POINTS] = im;
        if (POINTS != TRANSFORM && n < TRANSFORM) multiply_point(frame + n, chirp + 2 * n, 1.0f);
    }

    BARRIER();
    int at = transform(frame, 0, roots, item);
    if (POINTS != TRANSFORM)
    {
        // The transform back is one forth between two conjugations.
        for (int n = item; n < POINTS; n += ITEMS) multiply_point(frame + at + n, AT(tables) + CHIRP_SPECTRUM + 2 * n, -1.0f);
        BARRIER();
        at = transform(frame, at, roots, item);
        for (int n = item; n < TRANSFORM; n += ITEMS)
        {
            frame[at + n + POINTS] = -frame[at + n + POINTS];
            multiply_point(frame + at + n, chirp + 2 * n, 1.0f);
        }

        BARRIER();
    }

    LOCAL_ARG const float *re = frame + at;
    LOCAL_ARG const float *im = re + POINTS;
    int first = number * (FFT / 2 + 1);
    for (int k = item; exists && k <= FFT / 2; k += ITEMS)
    {
        if (FFT % 2 == 0)
        {
            int a = k == TRANSFORM ? 0 : k, b = k == 0 ? 0 : TRANSFORM - k;
            float x[2];
            split_bin(re[a], im[a], re[b], im[b], AT(tables) + TURNS + 2 * k, x);
            store_bin(AT(result), first + k, x[0], x[1], values);
        }
        else
        {
            store_bin(AT(result), first + k, re[k], im[k], values);
        }
    }
}
