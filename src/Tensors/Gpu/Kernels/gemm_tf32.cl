// CUDA only, from compute capability 8.0 on, and only if asked for: the matrix product of gemm.cl with tensor cores. Operands
// are rounded to TF32, ten bits of fraction, sums are float32. NOT YET RUN ON HARDWARE: derived from the PTX manual, and its
// indices checked against models of the instructions on a processor.
//
// A group of 128 computes 128 × 128, each of its four warps 64 × 64 as 4 × 8 products of mma.m16n8k8. In one of these, with
// g = lane / 4 and t = lane % 4, a lane holds
//   a [16, 8]:  (g, t), (g + 8, t), (g, t + 4), (g + 8, t + 4)
//   b [8, 8]:   (t, g), (t + 4, g)
//   sums:       (g, 2t), (g, 2t + 1), (g + 8, 2t), (g + 8, 2t + 1)
// 32 multiplications for 24 numbers that a lane takes from LOCAL memory; with warps of 64 × 32 there were 16 for as many,
// and the tensor cores would have waited.
//
// Blocks go from memory to LOCAL memory by themselves (cp.async), one side while the other is multiplied, and lie there as
// they lie in memory. An operand that runs along k has rows of TILE_K + 4 numbers, and ldmatrix takes four 8 × 4 pieces at
// once: 16 bytes of each of eight rows, which begin 20 banks apart and so fill all 32. One that runs across k has rows of
// TILE + 8: the four rows t of a piece begin 8 banks apart, and eight neighbours g lie in between.

#define WARP 64
#define PARTS_M (WARP / 16)
#define PARTS_N (WARP / 8)
#define BLOCK_OF(tile, along_k) ((along_k) ? (tile) * (TILE_K + 4) : TILE_K * ((tile) + 8))
#define A_BLOCK BLOCK_OF(TILE_M, !TRANSPOSE_A)
#define B_BLOCK BLOCK_OF(TILE_N, TRANSPOSE_B)

DEVICE uint shared_address(const float *p)
{
    unsigned long long address;
    asm("cvta.to.shared.u64 %0, %1;" : "=l"(address) : "l"(p));
    return (uint)address;
}

// Starts to copy `width` numbers, or zeros.
DEVICE void copy_async(float *to, const float *from, int width, int is_zero)
{
    uint bytes = is_zero ? 0u : 4u * (uint)width;
    if (width == 4) asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" :: "r"(shared_address(to)), "l"(from), "r"(bytes) : "memory");
    else asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" :: "r"(shared_address(to)), "l"(from), "r"(bytes) : "memory");
}

// Waits for what this item has started to copy.
DEVICE void wait_for_copies()
{
    asm volatile("cp.async.wait_all;" ::: "memory");
}

// Four 8 × 4 pieces: lanes 8i … 8i + 7 point to the rows of piece i, of which every lane gets number t of row g.
DEVICE void load_pieces(const float *row, float *pieces)
{
    uint a, b, c, d;
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];" : "=r"(a), "=r"(b), "=r"(c), "=r"(d) : "r"(shared_address(row)) : "memory");
    pieces[0] = FLOAT_OF(a);
    pieces[1] = FLOAT_OF(b);
    pieces[2] = FLOAT_OF(c);
    pieces[3] = FLOAT_OF(d);
}

DEVICE uint round_to_tf32(float x)
{
    uint bits;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
    return bits;
}

DEVICE void multiply_fragments(const uint *a, const uint *b, float *sums)
{
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

// Starts to copy the block of x that begins at (row, k), with zeros beyond rows and end.
DEVICE void copy_block(float *block, GLOBAL const float *x, int pitch, int tile, int along_k, int width, int row, int rows, int k, int end)
{
    UNROLL
    for (int i = 0; i < TILE_K * tile / ITEMS / width; i++)
    {
        int e = LOCAL_ID(0) + i * ITEMS;
        int r = along_k ? e / (TILE_K / width) : e % (tile / width) * width;
        int p = along_k ? e % (TILE_K / width) * width : e / (tile / width);
        int is_zero = row + r >= rows || k + p >= end;
        GLOBAL const float *from = x + (along_k ? (row + r) * pitch + k + p : (k + p) * pitch + row + r);
        copy_async(block + (along_k ? r * (TILE_K + 4) + p : p * (tile + 8) + r), is_zero ? x : from, width, is_zero);
    }
}

// The 16 rows of a from `row` on and the 8 columns of k from `k` on, as a lane holds them.
DEVICE void load_a(const float *block, int row, int k, int lane, uint *a)
{
    float pieces[4];
    if (!TRANSPOSE_A)
    {
        load_pieces(block + (row + lane % 16) * (TILE_K + 4) + k + lane / 16 * 4, pieces);
    }
    else
    {
        UNROLL
        for (int i = 0; i < 4; i++) pieces[i] = block[(k + lane % 4 + i / 2 * 4) * (TILE_M + 8) + row + lane / 4 + i % 2 * 8];
    }

    UNROLL
    for (int i = 0; i < 4; i++) a[i] = round_to_tf32(pieces[i]);
}

// Two neighbouring parts of b: its columns from `column` on, 16 of them, and the 8 rows of k from `k` on.
DEVICE void load_b(const float *block, int column, int k, int lane, uint *b)
{
    float pieces[4];
    if (TRANSPOSE_B)
    {
        load_pieces(block + (column + lane / 16 * 8 + lane % 8) * (TILE_K + 4) + k + lane / 8 % 2 * 4, pieces);
    }
    else
    {
        UNROLL
        for (int i = 0; i < 4; i++) pieces[i] = block[(k + lane % 4 + i % 2 * 4) * (TILE_N + 8) + column + lane / 4 + i / 2 * 8];
    }

    UNROLL
    for (int i = 0; i < 4; i++) b[i] = round_to_tf32(pieces[i]);
}

DEVICE void multiply_block_tf32(const float *a, const float *b, int warp_row, int warp_column, int lane, float *sums)
{
    UNROLL
    for (int k = 0; k < TILE_K; k += 8)
    {
        uint left[PARTS_M * 4], right[PARTS_N * 2];
        UNROLL
        for (int i = 0; i < PARTS_M; i++) load_a(a, warp_row + i * 16, k, lane, left + i * 4);
        UNROLL
        for (int j = 0; j < PARTS_N; j += 2) load_b(b, warp_column + j * 8, k, lane, right + j * 2);
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
    LOCAL float a_blocks[2 * A_BLOCK];
    LOCAL float b_blocks[2 * B_BLOCK];
    int tiles_m = (m + TILE_M - 1) / TILE_M, tiles_n = (n + TILE_N - 1) / TILE_N;
    int row = tile_row(GROUP_ID(0), tiles_m, tiles_n) * TILE_M, column = tile_column(GROUP_ID(0), tiles_m, tiles_n) * TILE_N;
    int begin = GROUP_ID(1) * depth;
    int end = k - begin < depth ? k : begin + depth;
    int lane = LOCAL_ID(0) % 32, warp = LOCAL_ID(0) / 32;
    int warp_row = warp / (TILE_N / WARP) * WARP, warp_column = warp % (TILE_N / WARP) * WARP;
    float sums[PARTS_M * PARTS_N * 4];
    for (int batch = GROUP_ID(2); batch < batches; batch += GROUP_COUNT(2))
    {
        GLOBAL const float *left = AT(a) + batch * a_step;
        GLOBAL const float *right = AT(b) + batch * b_step;
        UNROLL
        for (int i = 0; i < PARTS_M * PARTS_N * 4; i++) sums[i] = 0.0f;

        // The first turn only starts copies. At the barrier a block has arrived, and nobody reads the one before it any more.
        int side = 0;
        for (int p = begin - TILE_K; p < end; p += TILE_K)
        {
            int next = p + TILE_K;
            wait_for_copies();
            BARRIER();
            if (next < end)
            {
                copy_block(a_blocks + side * A_BLOCK, left, a_pitch, TILE_M, !TRANSPOSE_A, WIDTH_A, row, m, next, end);
                copy_block(b_blocks + side * B_BLOCK, right, b_pitch, TILE_N, TRANSPOSE_B, WIDTH_B, column, n, next, end);
            }

            side ^= 1;
            if (p >= begin) multiply_block_tf32(a_blocks + side * A_BLOCK, b_blocks + side * B_BLOCK, warp_row, warp_column, lane, sums);
        }

        GLOBAL float *to = AT(result) + (GROUP_ID(1) * batches + batch) * m * n;
        UNROLL
        for (int i = 0; i < PARTS_M * PARTS_N * 4; i++)
        {
            int r = row + warp_row + i / 4 / PARTS_N * 16 + i % 4 / 2 * 8 + lane / 4;
            int c = column + warp_column + i / 4 % PARTS_N * 8 + lane % 4 * 2 + i % 2;
            if (r >= m || c >= n) continue;
            float value = sums[i];
            if (accumulate) value += to[r * n + c];
            if (bias != 0) value += AT(bias)[c];
            to[r * n + c] = cut && value < 0.0f ? 0.0f : value;
        }
    }
}
