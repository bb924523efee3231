// Softmax, log-softmax and cross entropy of rows [rows, n]. The maximum is subtracted first, so nothing overflows; a row
// with a NaN becomes NaN. A team of `lanes` items has a row, which it reads once for the maximum, once for the sum and once
// for the result: after the first time from the cache.

// ln Σ eˣ of a row is max + ln sum; lanes beyond the last row have no elements.
DEVICE float row_maximum(LOCAL_ARG float *shared, GLOBAL const float *x, int end, int item, int lane, int lanes)
{
    float max = -INFINITY;
    for (int i = lane; i < end; i += lanes) max = max_or_nan(max, x[i]);
    return team_max(shared, max, item, lane, lanes);
}

DEVICE float row_exponentials(LOCAL_ARG float *shared, GLOBAL const float *x, float max, int end, int item, int lane, int lanes)
{
    float sum = 0.0f;
    for (int i = lane; i < end; i += lanes) sum += expf(x[i] - max);
    return team_sum(shared, sum, item, lane, lanes, 1);
}

// result = eˣ / Σ eˣ, or x - max - ln Σ.
KERNEL GROUP_SIZE(256, 1, 1) void softmax(int rows, int n, int lanes, int logarithm, ARRAY(float, x), ARRAY_OUT(float, result))
{
    TEAM_OF_ROW;
    GLOBAL const float *from = AT(x) + first;
    GLOBAL float *to = AT(result) + first;
    float max = row_maximum(shared, from, end, item, lane, lanes);
    float sum = row_exponentials(shared, from, max, end, item, lane, lanes);
    float log_sum = logf(sum), scale = 1.0f / sum;
    for (int i = lane; i < end; i += lanes) to[i] = logarithm ? from[i] - max - log_sum : expf(from[i] - max) * scale;
}

// y·(g - Σ g·y) for the softmax y, g - eʸ·Σ g for its logarithm.
KERNEL GROUP_SIZE(256, 1, 1) void softmax_gradient(int rows, int n, int lanes, int logarithm, ARRAY(float, y), ARRAY(float, g), ARRAY_OUT(float, result))
{
    TEAM_OF_ROW;
    GLOBAL const float *output = AT(y) + first;
    GLOBAL const float *gradient = AT(g) + first;
    GLOBAL float *to = AT(result) + first;
    float sum = 0.0f;
    for (int i = lane; i < end; i += lanes) sum += logarithm ? gradient[i] : gradient[i] * output[i];
    sum = team_sum(shared, sum, item, lane, lanes, 1);
    for (int i = lane; i < end; i += lanes) to[i] = logarithm ? gradient[i] - expf(output[i]) * sum : output[i] * (gradient[i] - sum);
}

// The loss of each row against (1 - smoothing) on its label and smoothing spread over all classes; and, unless null,
// softmax - target. A label that is no class makes both NaN.
KERNEL GROUP_SIZE(256, 1, 1) void cross_entropy(
    int rows, int n, int lanes, float smoothing, ARRAY(float, x), ARRAY(int, labels), ARRAY_OUT(float, losses), ARRAY_OUT(float, gradient))
{
    TEAM_OF_ROW;
    GLOBAL const float *from = AT(x) + first;
    float max = row_maximum(shared, from, end, item, lane, lanes);
    float sum = row_exponentials(shared, from, max, end, item, lane, lanes);
    float offset = max + logf(sum), spread = smoothing / (float)n;
    float spread_loss = 0.0f;
    if (smoothing > 0.0f)
    {
        for (int i = lane; i < end; i += lanes) spread_loss += spread * (offset - from[i]);
        spread_loss = team_sum(shared, spread_loss, item, lane, lanes, 1);
    }

    if (row >= rows) return;
    int label = AT(labels)[row];
    int known = label >= 0 && label < n;
    if (lane == 0) AT(losses)[row] = known ? (1.0f - smoothing) * (offset - from[label]) + spread_loss : NAN;
    if (gradient == 0) return;
    GLOBAL float *to = AT(gradient) + first;
    for (int i = lane; i < end; i += lanes)
    {
        float target = i == label ? 1.0f - smoothing : 0.0f;
        to[i] = known ? expf(from[i] - max) / sum - spread - target : NAN;
    }
}
