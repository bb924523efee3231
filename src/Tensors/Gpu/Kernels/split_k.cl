// Adds up what the splits of a sum over k have written, partial [splits, count]. A group of 256 takes 32 results, and
// an item every eighth split of one of them; the eight sums are then added in one order, so that the bits depend on the
// number of splits alone, and that on the shape.

#define RESULTS 32
#define SLICES 8

// The sum of result i in item 0 … 31 of the group; all items of the group must call it.
DEVICE float sum_of_splits(LOCAL_ARG float *slices, GLOBAL const float *partial, int splits, int count, int i)
{
    int slice = LOCAL_ID(0) / RESULTS;
    float sum = 0.0f;
    if (i < count)
    {
        for (int split = slice; split < splits; split += SLICES) sum += partial[split * count + i];
    }

    slices[LOCAL_ID(0)] = sum;
    BARRIER();
    sum = 0.0f;
    if (slice == 0)
    {
        for (int s = 0; s < SLICES; s++) sum += slices[s * RESULTS + LOCAL_ID(0)];
    }

    return sum;
}

// The end of a matrix product: result [rows, n] from partial [splits, rows, n], as gemm.cl would have written it.
KERNEL GROUP_SIZE(RESULTS * SLICES, 1, 1) void finish_product(
    int splits, int count, int n, ARRAY(float, partial), ARRAY_OUT(float, result), int accumulate, ARRAY(float, bias), int cut)
{
    LOCAL float slices[RESULTS * SLICES];
    int i = GROUP_ID(0) * RESULTS + LOCAL_ID(0) % RESULTS;
    float value = sum_of_splits(slices, AT(partial), splits, count, i);
    if (LOCAL_ID(0) < RESULTS && i < count)
    {
        if (accumulate) value += AT(result)[i];
        if (bias != 0) value += AT(bias)[i % n];
        AT(result)[i] = cut && value < 0.0f ? 0.0f : value;
    }
}

// The end of a convolution's weight gradient: partial [splits, rows, n] has taps columns for gradWeight [rows, taps] and,
// if n is one more, the sum of each row's gradients for gradBias [rows].
KERNEL GROUP_SIZE(RESULTS * SLICES, 1, 1) void finish_weight_gradient(
    int splits, int count, int n, int taps, ARRAY(float, partial), ARRAY_OUT(float, grad_weight), ARRAY_OUT(float, grad_bias))
{
    LOCAL float slices[RESULTS * SLICES];
    int i = GROUP_ID(0) * RESULTS + LOCAL_ID(0) % RESULTS;
    float value = sum_of_splits(slices, AT(partial), splits, count, i);
    if (LOCAL_ID(0) < RESULTS && i < count)
    {
        int row = i / n, tap = i % n;
        if (tap < taps) AT(grad_weight)[row * taps + tap] = value;
        else AT(grad_bias)[row] = value;
    }
}
