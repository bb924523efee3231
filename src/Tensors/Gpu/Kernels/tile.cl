// What the matrix product and the convolutions share: a group computes a tile of TILE_M × TILE_N sums over k, in blocks of
// TILE_K, each of its ITEMS work items ITEM_M × ITEM_N of them in registers. Both operands of a block lie in LOCAL memory
// with k outermost, [TILE_K, TILE_M] and [TILE_K, TILE_N], so that a step of k reads neighbours, four at once. The families
// differ in how they fill the blocks and where they put the sums. docs/kernels/gpu.md has the picture.

#define ITEMS_M (TILE_M / ITEM_M)
#define ITEMS_N (TILE_N / ITEM_N)
#define ITEMS (ITEMS_M * ITEMS_N)

// The rows of a block are four numbers longer than the tile. Eight neighbours along k of four neighbours along the tile, or
// the two halves of eight neighbours along k of sixteen along the tile, then fall into 32 different banks when they are
// written, and every row still begins at a multiple of 16 bytes.
#define PITCH_M (TILE_M + 4)
#define PITCH_N (TILE_N + 4)
#define BLOCK_M (TILE_K * PITCH_M)
#define BLOCK_N (TILE_K * PITCH_N)

// Numbers of a block that an item carries there.
#define HELD_M ((TILE_K * TILE_M + ITEMS - 1) / ITEMS)
#define HELD_N ((TILE_K * TILE_N + ITEMS - 1) / ITEMS)

// An item's sums are chunks of 4 × 4 that lie CHUNK_M and CHUNK_N apart, so that neighbouring items read neighbouring float4.
#define CHUNK_M (TILE_M / (ITEM_M / 4))
#define CHUNK_N (TILE_N / (ITEM_N / 4))

// 32 items that run in step make a patch of LANES_M × LANES_N of the ITEMS_M × ITEMS_N. Its neighbours along m alternate
// lane by lane: half of the lanes then read 8 float4 of b (128 bytes, all banks once) and 2 of a. The order is that of Scott
// Gray's maxas; rows of 32 lanes would read four times as much.
#define LANES_M (ITEMS_M < 4 ? ITEMS_M : 4)
#define LANES_N (32 / LANES_M)
#define PATCHES_N (ITEMS_N / LANES_N)

// Where the item's first chunk lies in the tile.
DEVICE int item_row(int item)
{
    int lane = item % 32;
    int lane_m = LANES_M == 4 ? (lane & 1) | (lane >> 4 << 1) : LANES_M == 2 ? lane & 1 : 0;
    return 4 * (item / 32 / PATCHES_N * LANES_M + lane_m);
}

DEVICE int item_column(int item)
{
    int lane = item % 32;
    int lane_n = LANES_M == 4 ? lane >> 1 & 7 : LANES_M == 2 ? lane >> 1 : lane;
    return 4 * (item / 32 % PATCHES_N * LANES_N + lane_n);
}

// From there to the item's row i and column j.
DEVICE int row_step(int i) { return i / 4 * CHUNK_M + i % 4; }
DEVICE int column_step(int j) { return j / 4 * CHUNK_N + j % 4; }

DEVICE void clear_sums(float *sums)
{
    UNROLL
    for (int i = 0; i < ITEM_M * ITEM_N; i++) sums[i] = 0.0f;
}

// sums += the block of a, transposed, times the block of b; a and b point to the item's first chunk in each. Eight steps of
// k are written out, which makes their addresses constants; more would only fill the instruction cache.
DEVICE void multiply_block(LOCAL_ARG const float *a, LOCAL_ARG const float *b, float *sums)
{
    for (int eight = 0; eight < TILE_K / 8; eight++)
    {
        UNROLL
        for (int k = 0; k < 8; k++)
        {
            float left[ITEM_M], right[ITEM_N];
            UNROLL
            for (int i = 0; i < ITEM_M; i += 4)
            {
                float4 v = LOCAL_LOAD4(a + k * PITCH_M + row_step(i));
                left[i] = v.x;
                left[i + 1] = v.y;
                left[i + 2] = v.z;
                left[i + 3] = v.w;
            }

            UNROLL
            for (int j = 0; j < ITEM_N; j += 4)
            {
                float4 v = LOCAL_LOAD4(b + k * PITCH_N + column_step(j));
                right[j] = v.x;
                right[j + 1] = v.y;
                right[j + 2] = v.z;
                right[j + 3] = v.w;
            }

            UNROLL
            for (int i = 0; i < ITEM_M; i++)
            {
                UNROLL
                for (int j = 0; j < ITEM_N; j++) sums[i * ITEM_N + j] = fmaf(left[i], right[j], sums[i * ITEM_N + j]);
            }
        }

        a += 8 * PITCH_M;
        b += 8 * PITCH_N;
    }
}

// The tile of a group among tiles_m × tiles_n. Groups that run at the same time should share operands in the cache, so they
// go through bands of eight rows of tiles, down before right.
#define BAND 8
DEVICE int band_rows(int group, int tiles_m, int tiles_n)
{
    int left = tiles_m - group / (BAND * tiles_n) * BAND;
    return left < BAND ? left : BAND;
}

DEVICE int tile_row(int group, int tiles_m, int tiles_n)
{
    return group / (BAND * tiles_n) * BAND + group % (BAND * tiles_n) % band_rows(group, tiles_m, tiles_n);
}

DEVICE int tile_column(int group, int tiles_m, int tiles_n)
{
    return group % (BAND * tiles_n) / band_rows(group, tiles_m, tiles_n);
}
