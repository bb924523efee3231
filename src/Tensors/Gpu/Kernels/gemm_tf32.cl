// CUDA only, from compute capability 8.0 on, and only if asked for: the matrix product of gemm.cl with tensor cores. Operands
// are rounded to TF32, ten bits of fraction, sums are float32. NOT YET RUN ON HARDWARE: derived from the PTX manual, and its
// indices checked against a model of the instruction on a processor.
//
// A group of 256 computes 128 × 128, each of its eight warps 64 × 32 as 4 × 4 products of mma.m16n8k8. In one of these, with
// g = lane / 4 and t = lane % 4, a lane holds
//   a [16, 8]:  (g, t), (g + 8, t), (g, t + 4), (g + 8, t + 4)
//   b [8, 8]:   (t, g), (t + 4, g)
//   sums:       (g, 2t), (g, 2t + 1), (g + 8, 2t), (g + 8, 2t + 1)
// Which k is called t does not matter as long as a and b agree: t stands for 2t of the block, and t + 4 for 2t + 1, so that a
// warp's 32 reads from rows of TILE + 4 numbers fall into 32 banks.

#define WARP_M 64
#define WARP_N 32
#define WARPS_N (TILE_N / WARP_N)
#define PARTS_M (WARP_M / 16)
#define PARTS_N (WARP_N / 8)

DEVICE uint round_to_tf32(float x)
{
    uint bits;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
    return bits;
}

DEVICE void round_all(float *held, int count)
{
    UNROLL
    for (int i = 0; i < count; i++) held[i] = FLOAT_OF(round_to_tf32(held[i]));
}

DEVICE void multiply_fragments(const uint *a, const uint *b, float *sums)
{
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

// a and b point to the warp's first row and column of the blocks, moved by the lane's g and 2t.
DEVICE void multiply_block_tf32(LOCAL_ARG const float *a, LOCAL_ARG const float *b, float *sums)
{
    UNROLL
    for (int k = 0; k < TILE_K; k += 8)
    {
        uint left[PARTS_M * 4], right[PARTS_N * 2];
        UNROLL
        for (int i = 0; i < PARTS_M; i++)
        {
            UNROLL
            for (int l = 0; l < 4; l++) left[i * 4 + l] = BITS_OF(a[(k + l / 2) * PITCH_M + i * 16 + l % 2 * 8]);
        }

        UNROLL
        for (int j = 0; j < PARTS_N; j++)
        {
            UNROLL
            for (int l = 0; l < 2; l++) right[j * 2 + l] = BITS_OF(b[(k + l) * PITCH_N + j * 8]);
        }

        UNROLL
        for (int i = 0; i < PARTS_M; i++)
        {
            UNROLL
            for (int j = 0; j < PARTS_N; j++) multiply_fragments(left + i * 4, right + j * 2, sums + (i * PARTS_N + j) * 4);
        }
    }
}

KERNEL GROUP_SIZE(ITEMS, 1, 1) void gemm_tf32(
    int m, int n, int k, int batches, int depth, ARRAY(float, a), int a_pitch, int a_step, ARRAY(float, b), int b_pitch, int b_step,
    ARRAY_OUT(float, result), int accumulate, ARRAY(float, bias), int cut)
{
    LOCAL float a_blocks[2 * BLOCK_M];
    LOCAL float b_blocks[2 * BLOCK_N];
    int tiles_m = (m + TILE_M - 1) / TILE_M, tiles_n = (n + TILE_N - 1) / TILE_N;
    int row = tile_row(GROUP_ID(0), tiles_m, tiles_n) * TILE_M, column = tile_column(GROUP_ID(0), tiles_m, tiles_n) * TILE_N;
    int begin = GROUP_ID(1) * depth;
    int end = k - begin < depth ? k : begin + depth;
    int warp = LOCAL_ID(0) / 32, g = LOCAL_ID(0) % 32 / 4, t = LOCAL_ID(0) % 4;
    int warp_row = warp / WARPS_N * WARP_M, warp_column = warp % WARPS_N * WARP_N;
    float held_a[HELD_M], held_b[HELD_N], sums[PARTS_M * PARTS_N * 4];
    for (int batch = GROUP_ID(2); batch < batches; batch += GROUP_COUNT(2))
    {
        GLOBAL const float *left = AT(a) + batch * a_step;
        GLOBAL const float *right = AT(b) + batch * b_step;
        UNROLL
        for (int i = 0; i < PARTS_M * PARTS_N * 4; i++) sums[i] = 0.0f;
        int side = 0;
        for (int p = begin - TILE_K; p < end; p += TILE_K)
        {
            int next = p + TILE_K;
            if (next < end)
            {
                fetch(held_a, left, a_pitch, TILE_M, !TRANSPOSE_A, WIDTH_A, row, m, next, end);
                fetch(held_b, right, b_pitch, TILE_N, TRANSPOSE_B, WIDTH_B, column, n, next, end);
            }

            if (p >= begin)
            {
                multiply_block_tf32(
                    a_blocks + side * BLOCK_M + 2 * t * PITCH_M + warp_row + g, b_blocks + side * BLOCK_N + 2 * t * PITCH_N + warp_column + g, sums);
            }

            side ^= 1;
            if (next < end)
            {
                round_all(held_a, HELD_M);
                round_all(held_b, HELD_N);
                place(held_a, a_blocks + side * BLOCK_M, TILE_M, !TRANSPOSE_A, WIDTH_A);
                place(held_b, b_blocks + side * BLOCK_N, TILE_N, TRANSPOSE_B, WIDTH_B);
            }

            BARRIER();
        }

        GLOBAL float *to = AT(result) + (GROUP_ID(1) * batches + batch) * m * n;
        UNROLL
        for (int i = 0; i < PARTS_M * PARTS_N * 4; i++)
        {
            int r = row + warp_row + i / 4 / PARTS_N * 16 + i % 4 / 2 * 8 + g;
            int c = column + warp_column + i / 4 % PARTS_N * 8 + 2 * t + i % 2;
            if (r >= m || c >= n) continue;
            float value = sums[i];
            if (accumulate) value += to[r * n + c];
            if (bias != 0) value += AT(bias)[c];
            to[r * n + c] = cut && value < 0.0f ? 0.0f : value;
        }
    }
}
