/* FFTW's side of fft.py, single precision, one thread. */
#include <complex.h>
#include <fftw3.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    fftwf_plan plan;
    float *real, *padded, *frame, *window;
    fftwf_complex *bins;
    int size, hop, frames, samples;
} job;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e9 * t.tv_sec + t.tv_nsec;
}

const char *peer_version(void) { return fftwf_version; }

static double time_plan(fftwf_plan plan, int calls) {
    double start = now();
    for (int i = 0; i < calls; i++) fftwf_execute(plan);
    return now() - start;
}

static void fill(float *x, int n) {
    for (int i = 0; i < n; i++) x[i] = rand() / (float)RAND_MAX - 0.5f;
}

static fftwf_plan make(job *j, int inverse, unsigned effort) {
    int n[] = {j->size}, bins = j->size / 2 + 1;
    return inverse
        ? fftwf_plan_many_dft_c2r(1, n, j->frames, j->bins, NULL, 1, bins, j->real, NULL, 1, j->size, effort | FFTW_PRESERVE_INPUT)
        : fftwf_plan_many_dft_r2c(1, n, j->frames, j->real, NULL, 1, j->size, j->bins, NULL, 1, bins, effort);
}

/* Plans with both efforts and keeps the plan that is faster: the patient one is not always. */
job *peer_prepare(int size, int frames, int inverse) {
    job *j = calloc(1, sizeof *j);
    j->size = size;
    j->frames = frames;
    j->real = fftwf_malloc(sizeof(float) * (size_t)size * frames);
    j->bins = fftwf_malloc(sizeof(fftwf_complex) * (size_t)(size / 2 + 1) * frames);
    fftwf_plan measured = make(j, inverse, FFTW_MEASURE), patient = make(j, inverse, FFTW_PATIENT);
    fill(j->real, size * frames);
    for (int i = 0; i < (size / 2 + 1) * frames; i++) j->bins[i] = rand() / (float)RAND_MAX - 0.5f;
    int calls = 1 + 2000000 / (size * frames);
    double a = 1e300, b = 1e300;
    for (int round = 0; round < 5; round++) {
        a = fmin(a, time_plan(measured, calls));
        b = fmin(b, time_plan(patient, calls));
    }
    j->plan = a < b ? measured : patient;
    return j;
}

double peer_time(job *j, int calls) { return time_plan(j->plan, calls); }

/* What librosa.stft does with its defaults: periodic Hann, hop of a quarter, zeros on both sides. */
job *peer_prepare_stft(int size, int samples) {
    job *j = calloc(1, sizeof *j);
    j->size = size;
    j->hop = size / 4;
    j->samples = samples;
    j->frames = 1 + samples / j->hop;
    j->real = fftwf_malloc(sizeof(float) * samples);
    j->padded = fftwf_malloc(sizeof(float) * (samples + size));
    j->frame = fftwf_malloc(sizeof(float) * size);
    j->window = fftwf_malloc(sizeof(float) * size);
    j->bins = fftwf_malloc(sizeof(fftwf_complex) * (size / 2 + 1));
    j->plan = fftwf_plan_dft_r2c_1d(size, j->frame, j->bins, FFTW_PATIENT);
    for (int i = 0; i < size; i++) j->window[i] = 0.5f - 0.5f * cosf(2 * (float)M_PI * i / size);
    fill(j->real, samples);
    return j;
}

double peer_time_stft(job *j, int calls) {
    int bins = j->size / 2 + 1;
    double start = now();
    for (int call = 0; call < calls; call++) {
        fftwf_complex *result = malloc(sizeof(fftwf_complex) * (size_t)bins * j->frames);
        memset(j->padded, 0, sizeof(float) * (j->size / 2));
        memcpy(j->padded + j->size / 2, j->real, sizeof(float) * j->samples);
        memset(j->padded + j->size / 2 + j->samples, 0, sizeof(float) * (j->size / 2));
        for (int t = 0; t < j->frames; t++) {
            const float *x = j->padded + t * j->hop;
            for (int i = 0; i < j->size; i++) j->frame[i] = x[i] * j->window[i];
            fftwf_execute(j->plan);
            memcpy(result + (size_t)t * bins, j->bins, sizeof(fftwf_complex) * bins);
        }
        free(result);
    }
    return now() - start;
}
