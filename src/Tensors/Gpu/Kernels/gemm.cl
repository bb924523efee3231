// result[batch, m, n] = a · b with a [batch, m, k] or, if TRANSPOSE_A, [batch, k, m], and b [batch, k, n] or, if
// TRANSPOSE_B, [batch, n, k]; a step of 0 between batches serves all with one matrix. On request the result is added to,
// then bias [n] is added and negatives are cut to zero (a NaN stays). Grid: tiles, splits of k, batches. Each split writes a
// whole result of its own, which split_k.cl adds up, if there is more than one. WIDTH_A and WIDTH_B are 4 where every row
// as it lies in memory begins at a multiple of 16 bytes and is whole float4 long, and else 1.

// The item's sums to a result of pitch n, from (row, column) on, width at a time.
DEVICE void store(
    const float *sums, GLOBAL float *result, int row, int column, int m, int n, int accumulate, GLOBAL const float *bias, int cut, int width)
{
    UNROLL
    for (int j = 0; j < ITEM_N; j += width)
    {
        int c = column + column_step(j);
        if (c >= n) continue;
        float shift[4];
        UNROLL
        for (int l = 0; l < width; l++) shift[l] = bias == 0 ? 0.0f : bias[c + l];
        UNROLL
        for (int i = 0; i < ITEM_M; i++)
        {
            int r = row + row_step(i);
            if (r >= m) continue;
            GLOBAL float *to = result + r * n + c;
            float values[4];
            UNROLL
            for (int l = 0; l < width; l++)
            {
                float value = sums[i * ITEM_N + j + l] + shift[l];
                if (accumulate) value += to[l];
                values[l] = cut && value < 0.0f ? 0.0f : value;
            }

            if (width == 1) *to = values[0];
            else STORE4(to, FLOAT4(values[0], values[1], values[2], values[3]));
        }
    }
}

KERNEL GROUP_SIZE(ITEMS, 1, 1) void gemm(
    int m, int n, int k, int batches, int depth, ARRAY(float, a), int a_pitch, int a_step, ARRAY(float, b), int b_pitch, int b_step,
    ARRAY_OUT(float, result), int by_four, int accumulate, ARRAY(float, bias), int cut)
{
    LOCAL float a_blocks[2 * BLOCK_M];
    LOCAL float b_blocks[2 * BLOCK_N];
    int tiles_m = (m + TILE_M - 1) / TILE_M, tiles_n = (n + TILE_N - 1) / TILE_N;
    int row = tile_row(GROUP_ID(0), tiles_m, tiles_n) * TILE_M, column = tile_column(GROUP_ID(0), tiles_m, tiles_n) * TILE_N;
    int begin = GROUP_ID(1) * depth;
    int end = k - begin < depth ? k : begin + depth;
    int my_row = item_row(LOCAL_ID(0)), my_column = item_column(LOCAL_ID(0));
    float held_a[HELD_M], held_b[HELD_N], sums[ITEM_M * ITEM_N];
    for (int batch = GROUP_ID(2); batch < batches; batch += GROUP_COUNT(2))
    {
        GLOBAL const float *left = AT(a) + batch * a_step;
        GLOBAL const float *right = AT(b) + batch * b_step;
        clear_sums(sums);

        // While one side is multiplied, the next block is on its way into registers, and from there to the other side. The
        // first turn only fetches.
        int side = 0;
        for (int p = begin - TILE_K; p < end; p += TILE_K)
        {
            int next = p + TILE_K;
            if (next < end)
            {
                fetch(held_a, left, a_pitch, TILE_M, !TRANSPOSE_A, WIDTH_A, row, m, next, end);
                fetch(held_b, right, b_pitch, TILE_N, TRANSPOSE_B, WIDTH_B, column, n, next, end);
            }

            if (p >= begin) multiply_block(a_blocks + side * BLOCK_M + my_row, b_blocks + side * BLOCK_N + my_column, sums);
            side ^= 1;
            if (next < end)
            {
                place(held_a, a_blocks + side * BLOCK_M, TILE_M, !TRANSPOSE_A, WIDTH_A);
                place(held_b, b_blocks + side * BLOCK_N, TILE_N, TRANSPOSE_B, WIDTH_B);
            }

            BARRIER();
        }

        GLOBAL float *to = AT(result) + (GROUP_ID(1) * batches + batch) * m * n;
        GLOBAL const float *shift = bias == 0 ? bias : AT(bias);
        if (by_four) store(sums, to, row + my_row, column + my_column, m, n, accumulate, shift, cut, 4);
        else store(sums, to, row + my_row, column + my_column, m, n, accumulate, shift, cut, 1);
    }
}
