// Batch normalisation of x [N, C, L] and layer normalisation of rows [rows, n], forwards and backwards. A channel's N·L
// values are counted through: number j is x[j / L, c, j % L]. They are cut into chunks whose length depends on the shape
// alone; a group has `columns` neighbouring channels and `lanes` items for the chunk of each. Results are overwritten.

#define CHANNELS \
    LOCAL float shared[GROUP]; \
    int item = LOCAL_ID(0), lane = item / columns; \
    int blocks = (channels + columns - 1) / columns, chunks = (size - 1) / chunk + 1; \
    int channel = GROUP_ID(0) % blocks * columns + item % columns, part = GROUP_ID(0) / blocks; \
    int from = part * chunk, to = size - from < chunk ? size : from + chunk; \
    int first = from + lane, end = channel < channels ? to : from; \
    int first_at = first % length, first_i = (first / length * channels + channel) * length + first_at; \
    int step_at = lanes % length, step_i = lanes / length * channels * length + step_at

// A lane's values: i is the element of number j, and `at` its place in its run. Going from one to the next takes no
// division, which would cost more than the sum.
#define EACH_VALUE(i) \
    for (int j = first, at = first_at, i = first_i; j < end; j += lanes, at += step_at, i += step_i, \
        i += at < length ? 0 : (channels - 1) * length, at -= at < length ? 0 : length)

// For each chunk its mean m, what m is short of by Σ (x - m)/count, and Σ (x - mean)²: the corrected two-pass algorithm of
// Chan, Golub and LeVeque (1983), whose mean is good to twice a float's digits. Each is [channels, chunks].
KERNEL GROUP_SIZE(256, 1, 1) void channel_moments(
    int size, int channels, int length, int columns, int lanes, int chunk, ARRAY(float, x),
    ARRAY_OUT(float, means), ARRAY_OUT(float, rests), ARRAY_OUT(float, squares))
{
    CHANNELS;
    float count = (float)(to - from), sum = 0.0f;
    EACH_VALUE(i) sum += AT(x)[i];
    float mean = team_sum(shared, sum, item, lane, lanes, columns) / count;
    float rest = 0.0f, square = 0.0f;
    EACH_VALUE(i)
    {
        float deviation = AT(x)[i] - mean;
        rest += deviation;
        square = fmaf(deviation, deviation, square);
    }

    rest = team_sum(shared, rest, item, lane, lanes, columns) / count;
    square = team_sum(shared, square, item, lane, lanes, columns);
    if (channel >= channels || lane != 0) return;
    AT(means)[channel * chunks + part] = mean;
    AT(rests)[channel * chunks + part] = rest;
    AT(squares)[channel * chunks + part] = square - count * rest * rest;
}

// Puts the chunks of a channel together: their means relative to the first one's, which is close to them all even where x
// is far from 0, and with those the squares. A team has a channel.
KERNEL GROUP_SIZE(256, 1, 1) void channel_statistics(
    int size, int channels, int lanes, int chunks, int chunk, ARRAY(float, means), ARRAY(float, rests), ARRAY(float, squares),
    ARRAY_OUT(float, mean), ARRAY_OUT(float, variance))
{
    LOCAL float shared[GROUP];
    int item = LOCAL_ID(0), lane = item % lanes, channel = GROUP_ID(0) * (GROUP / lanes) + item / lanes;
    int end = channel < channels ? chunks : 0;
    int at = channel < channels ? channel * chunks : 0;
    float origin = AT(means)[at], sum = 0.0f;
    for (int i = lane; i < end; i += lanes)
    {
        float count = (float)(size - i * chunk < chunk ? size - i * chunk : chunk);
        sum += count * (AT(means)[at + i] - origin + AT(rests)[at + i]);
    }

    float offset = team_sum(shared, sum, item, lane, lanes, 1) / (float)size, square = 0.0f;
    for (int i = lane; i < end; i += lanes)
    {
        float count = (float)(size - i * chunk < chunk ? size - i * chunk : chunk);
        float deviation = AT(means)[at + i] - origin + AT(rests)[at + i] - offset;
        square += AT(squares)[at + i] + count * deviation * deviation;
    }

    square = team_sum(shared, square, item, lane, lanes, 1);
    if (channel >= channels || lane != 0) return;
    AT(mean)[channel] = origin + offset;
    AT(variance)[channel] = square / (float)size;
}

// running = (1 - momentum)·running + momentum·statistic, for both statistics of n channels; the variance is corrected.
KERNEL void follow_statistics(
    int n, float momentum, float correction, ARRAY(float, mean), ARRAY(float, variance), ARRAY_OUT(float, running_mean), ARRAY_OUT(float, running_variance))
{
    EACH(i, n)
    {
        AT(running_mean)[i] = fmaf(AT(mean)[i], momentum, AT(running_mean)[i] * (1.0f - momentum));
        AT(running_variance)[i] = fmaf(AT(variance)[i], momentum * correction, AT(running_variance)[i] * (1.0f - momentum));
    }
}

// inverse = 1/√(variance + epsilon) and scale = inverse·weight, of n channels.
KERNEL void channel_scale(int n, float epsilon, ARRAY(float, variance), ARRAY(float, weight), ARRAY_OUT(float, inverse), ARRAY_OUT(float, scale))
{
    EACH(i, n)
    {
        float root = 1.0f / sqrtf(AT(variance)[i] + epsilon);
        AT(inverse)[i] = root;
        AT(scale)[i] = root * AT(weight)[i];
    }
}

// EACH over [N, C, L] that knows the channel of i, again without a division for each element.
#define EACH_OF_CHANNELS(i, n) \
    uint run = (uint)length, at = (uint)GLOBAL_ID(0) % run, step_at = (uint)GLOBAL_SIZE(0) % run; \
    uint channel = (uint)GLOBAL_ID(0) / run % (uint)channels, step_channel = (uint)GLOBAL_SIZE(0) / run % (uint)channels; \
    for (uint i = (uint)GLOBAL_ID(0); i < (uint)(n); i += (uint)GLOBAL_SIZE(0), at += step_at, channel += step_channel, \
        channel += at < run ? 0u : 1u, at -= at < run ? 0u : run, channel -= channel < (uint)channels ? 0u : (uint)channels)

// result = (x - mean)·scale + shift, by channel.
KERNEL void normalize_channels(
    int n, int channels, int length, ARRAY(float, x), ARRAY(float, mean), ARRAY(float, scale), ARRAY(float, shift), ARRAY_OUT(float, result))
{
    EACH_OF_CHANNELS(i, n) AT(result)[i] = fmaf(AT(x)[i] - AT(mean)[channel], AT(scale)[channel], AT(shift)[channel]);
}

// For each chunk Σ g and Σ g·(x - mean)·inverse, both [chunks, channels].
KERNEL GROUP_SIZE(256, 1, 1) void channel_gradients(
    int size, int channels, int length, int columns, int lanes, int chunk, ARRAY(float, x), ARRAY(float, mean), ARRAY(float, inverse),
    ARRAY(float, g), ARRAY_OUT(float, products), ARRAY_OUT(float, sums))
{
    CHANNELS;
    float center = channel < channels ? AT(mean)[channel] : 0.0f, sum = 0.0f, product = 0.0f;
    EACH_VALUE(i)
    {
        float gradient = AT(g)[i];
        sum += gradient;
        product = fmaf(gradient, AT(x)[i] - center, product);
    }

    sum = team_sum(shared, sum, item, lane, lanes, columns);
    product = team_sum(shared, product, item, lane, lanes, columns);
    if (channel >= channels || lane != 0) return;
    AT(sums)[part * channels + channel] = sum;
    AT(products)[part * channels + channel] = product * AT(inverse)[channel];
}

// With x̂ = (x - mean)·inverse: result = weight·inverse·(g - gradBias/size - x̂·gradWeight/size), or weight·inverse·g where
// the statistics are constants (size 0). result may be g.
KERNEL void batch_norm_gradient(
    int n, int channels, int length, float size, ARRAY(float, x), ARRAY(float, mean), ARRAY(float, inverse), ARRAY(float, weight),
    ARRAY(float, grad_weight), ARRAY(float, grad_bias), ARRAY(float, g), ARRAY_OUT(float, result))
{
    EACH_OF_CHANNELS(i, n)
    {
        float factor = AT(weight)[channel] * AT(inverse)[channel], gradient = AT(g)[i];
        if (size > 0.0f)
        {
            float slope = AT(grad_weight)[channel] * AT(inverse)[channel] / size;
            gradient = gradient - AT(grad_bias)[channel] / size - (AT(x)[i] - AT(mean)[channel]) * slope;
        }

        AT(result)[i] = gradient * factor;
    }
}

// result = (x - mean)·inverse·weight + bias and, for each row, (mean, 1/√(variance + epsilon)). A team has a row.
KERNEL GROUP_SIZE(256, 1, 1) void layer_norm(
    int rows, int n, int lanes, float epsilon, ARRAY(float, x), ARRAY(float, weight), ARRAY(float, bias),
    ARRAY_OUT(float, result), ARRAY_OUT(float, statistics))
{
    TEAM_OF_ROW;
    GLOBAL const float *from = AT(x) + first;
    float sum = 0.0f, square = 0.0f;
    for (int i = lane; i < end; i += lanes) sum += from[i];
    float mean = team_sum(shared, sum, item, lane, lanes, 1) / (float)n;
    for (int i = lane; i < end; i += lanes) square = fmaf(from[i] - mean, from[i] - mean, square);
    float inverse = 1.0f / sqrtf(team_sum(shared, square, item, lane, lanes, 1) / (float)n + epsilon);
    for (int i = lane; i < end; i += lanes) AT(result)[first + i] = fmaf((from[i] - mean) * inverse, AT(weight)[i], AT(bias)[i]);
    if (row >= rows || lane != 0) return;
    AT(statistics)[2 * row] = mean;
    AT(statistics)[2 * row + 1] = inverse;
}

// For each chunk of rows Σ g·x̂ and Σ g over its rows, both [chunks, n]. A group has `columns` columns of a chunk.
KERNEL GROUP_SIZE(256, 1, 1) void layer_norm_columns(
    int rows, int n, int columns, int lanes, int chunk, ARRAY(float, x), ARRAY(float, statistics), ARRAY(float, g),
    ARRAY_OUT(float, products), ARRAY_OUT(float, sums))
{
    LOCAL float shared[GROUP];
    int item = LOCAL_ID(0), lane = item / columns;
    int blocks = (n + columns - 1) / columns;
    int column = GROUP_ID(0) % blocks * columns + item % columns, part = GROUP_ID(0) / blocks;
    int from = part * chunk, to = rows - from < chunk ? rows : from + chunk;
    int end = column < n ? to : from;
    float sum = 0.0f, product = 0.0f;
    for (int row = from + lane; row < end; row += lanes)
    {
        float gradient = AT(g)[row * n + column];
        sum += gradient;
        product += gradient * (AT(x)[row * n + column] - AT(statistics)[2 * row]) * AT(statistics)[2 * row + 1];
    }

    sum = team_sum(shared, sum, item, lane, lanes, columns);
    product = team_sum(shared, product, item, lane, lanes, columns);
    if (column >= n || lane != 0) return;
    AT(sums)[part * n + column] = sum;
    AT(products)[part * n + column] = product;
}

// With h = g·weight: result = inverse·(h - mean(h) - x̂·mean(h·x̂)) in each row. result may be g. A team has a row.
KERNEL GROUP_SIZE(256, 1, 1) void layer_norm_gradient(
    int rows, int n, int lanes, ARRAY(float, x), ARRAY(float, statistics), ARRAY(float, weight), ARRAY(float, g), ARRAY_OUT(float, result))
{
    TEAM_OF_ROW;
    float mean = row < rows ? AT(statistics)[2 * row] : 0.0f, inverse = row < rows ? AT(statistics)[2 * row + 1] : 0.0f;
    float sum = 0.0f, product = 0.0f;
    for (int i = lane; i < end; i += lanes)
    {
        float h = AT(g)[first + i] * AT(weight)[i];
        sum += h;
        product += h * (AT(x)[first + i] - mean) * inverse;
    }

    float constant_part = team_sum(shared, sum, item, lane, lanes, 1) / (float)n;
    float slope = team_sum(shared, product, item, lane, lanes, 1) / (float)n;
    for (int i = lane; i < end; i += lanes)
    {
        float h = AT(g)[first + i] * AT(weight)[i];
        AT(result)[first + i] = inverse * (h - constant_part - (AT(x)[first + i] - mean) * inverse * slope);
    }
}
