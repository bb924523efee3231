// Decibels of rows [rows, n]: factor·ln(max(minimum, x)) - offset, raised to the row's maximum minus the range. A row's maximum
// takes two steps: a group has the largest of each chunk of the row, and every group that maps a chunk the largest of those. The
// order does not matter to a maximum. Comparisons with NaN are false: it is passed over, and stays where it is.

DEVICE float level(float x, float minimum, float factor, float offset)
{
    return factor * logf(max_or_nan(x, minimum)) - offset;
}

// The largest of the group's values, in all its work items.
DEVICE float group_max(LOCAL_ARG float *largest, float value)
{
    largest[LOCAL_ID(0)] = value;
    BARRIER();
    for (int step = 128; step > 0; step /= 2)
    {
        if (LOCAL_ID(0) < step && largest[LOCAL_ID(0) + step] > largest[LOCAL_ID(0)]) largest[LOCAL_ID(0)] = largest[LOCAL_ID(0) + step];
        BARRIER();
    }

    return largest[0];
}

// peaks [rows, chunks] from x [rows, n], of whose row r the first counts[r] values count (all, if counts is null).
KERNEL GROUP_SIZE(256, 1, 1) void chunk_peaks(int n, int chunk, int chunks, int amplitude, ARRAY(float, x), ARRAY(int, counts), ARRAY_OUT(float, peaks))
{
    LOCAL float largest[256];
    int row = GROUP_ID(0) / chunks, first = GROUP_ID(0) % chunks * chunk;
    int counted = counts == 0 ? n : AT(counts)[row];
    if (counted < 0) counted = 0;
    int end = counted - first < chunk ? counted - first : chunk;
    if (n - first < end) end = n - first;
    GLOBAL const float *values = AT(x) + row * n + first;
    float peak = -INFINITY;
    for (int i = LOCAL_ID(0); i < end; i += 256)
    {
        float value = amplitude ? fabsf(values[i]) : values[i];
        if (value > peak) peak = value;
    }

    peak = group_max(largest, peak);
    if (LOCAL_ID(0) == 0) AT(peaks)[GROUP_ID(0)] = peak;
}

// The result may be x. own: the reference is the row's maximum; range < 0: nothing is raised; peaks may be null with neither.
KERNEL GROUP_SIZE(256, 1, 1) void decibels(
    int n, int chunk, int chunks, int amplitude, float minimum, float factor, float offset, int own, float range,
    ARRAY(float, x), ARRAY(float, peaks), ARRAY_OUT(float, result))
{
    LOCAL float largest[256];
    int row = GROUP_ID(0) / chunks, first = GROUP_ID(0) % chunks * chunk;
    float peak = -INFINITY;
    if (peaks != 0)
    {
        for (int i = LOCAL_ID(0); i < chunks; i += 256)
        {
            if (AT(peaks)[row * chunks + i] > peak) peak = AT(peaks)[row * chunks + i];
        }
    }

    peak = group_max(largest, peak);
    if (own) offset = level(fmaxf(peak, 0.0f), minimum, factor, 0.0f);
    float lowest = range < 0.0f ? -INFINITY : level(peak, minimum, factor, offset) - range;
    int end = n - first < chunk ? n - first : chunk;
    int start = row * n + first;
    for (int i = LOCAL_ID(0); i < end; i += 256)
    {
        float value = AT(x)[start + i];
        value = level(amplitude ? fabsf(value) : value, minimum, factor, offset);
        AT(result)[start + i] = value < lowest ? lowest : value;
    }
}
