// Convolutions as matrix products whose second operand, the matrix of patches, is never in memory: the block of it that is
// multiplied next is gathered from the pictures. Three uses, two kernels:
//
// correlate        forward: rows are filters, columns output positions, k runs over channels and taps;
//                  input gradient: rows are channels, columns input positions, k runs over filters and taps.
// weight_gradient  rows are filters, columns channels and taps, k runs over output positions.
//
// All indices are products of small sizes that only the host knows, so it sends what turns their division into a product:
// Granlund and Montgomery, PLDI 1994, for n below 2³¹.
#define DIVISOR(d) int d, uint d##_magic, int d##_shift
#define DIVIDE(n, d) ((int)((mul_hi((uint)(n), d##_magic) + (uint)(n)) >> d##_shift))

// 32 items that run in step take a row of the block of patches, neighbours side by side: they share the tap, and
// neighbouring positions lie side by side in the picture.
#define IN_STEP (ITEMS / 32)
#define PATCH_ROWS (TILE_K / IN_STEP)
#define PATCH_COLUMNS (TILE_N / 32)

// Where both operands run along k, eight neighbours of k are read together.
#define ROWS_AT_ONCE (ITEMS / 8)
#define ROWS_OF(tile) (((tile) + ROWS_AT_ONCE - 1) / ROWS_AT_ONCE)

// Puts what was read in eights along k into LOCAL memory, k outermost. A macro, so that no compiler sees the loops before it
// knows how often they run: registers can only be indexed by constants.
#define PLACE_ALONG_K(held, block, tile) \
    UNROLL \
    for (int i = 0; i < TILE_K / 8; i++) \
    { \
        UNROLL \
        for (int j = 0; j < ROWS_OF(tile); j++) \
        { \
            int r = LOCAL_ID(0) / 8 + j * ROWS_AT_ONCE; \
            if (tile % ROWS_AT_ONCE == 0 || r < tile) (block)[(LOCAL_ID(0) % 8 + 8 * i) * (tile + 4) + r] = held[i * ROWS_OF(tile) + j]; \
        } \
    }

// The item's sums to their rows and positions, width neighbours at a time. A width of 4 asks that positions lie side by
// side, and that four from a multiple of four on are of one image and begin at a multiple of 16 bytes.
DEVICE void store_positions(
    const float *sums, int row, int column, int m, int n, DIVISOR(positions), DIVISOR(positions_x),
    GLOBAL float *target, int target_image, int target_plane, int target_y, int target_x, GLOBAL const float *bias, int cut, int width)
{
    UNROLL
    for (int j = 0; j < ITEM_N; j += width)
    {
        int position = column + column_step(j);
        if (position >= n) continue;
        int image = DIVIDE(position, positions);
        int within = position - image * positions;
        if (width == 1)
        {
            int y = DIVIDE(within, positions_x);
            within = y * target_y + (within - y * positions_x) * target_x;
        }

        UNROLL
        for (int i = 0; i < ITEM_M; i++)
        {
            int r = row + row_step(i);
            if (r >= m) continue;
            float shift = bias == 0 ? 0.0f : bias[r];
            float values[4];
            UNROLL
            for (int l = 0; l < width; l++)
            {
                float value = sums[i * ITEM_N + j + l] + shift;
                values[l] = cut && value < 0.0f ? 0.0f : value;
            }

            GLOBAL float *to = target + image * target_image + r * target_plane + within;
            if (width == 1) *to = values[0];
            else STORE4(to, FLOAT4(values[0], values[1], values[2], values[3]));
        }
    }
}

#define STORE_POSITIONS(width) \
    store_positions( \
        sums, row + my_row, column + my_column, m, n, positions, positions_magic, positions_shift, positions_x, positions_x_magic, positions_x_shift, \
        rows, target_image, target_plane, target_y, target_x, shift, cut, width)

// target[image, row, y, x] = Σ over (plane, u, v) of weight[row, plane, u, v] · source[image, plane, y·step_y + first_y + u·tap_y,
// x·step_x + first_x + v·tap_x], with zeros beyond the source's [height, width], for each group of rows and planes; then a
// bias [rows] is added and negatives are cut to zero (a NaN stays). m rows, n positions (image, y, x), k = planes · taps.
// The target's positions may lie apart, so that an input gradient with a stride can be computed phase by phase. CHECKED is
// 0 if no tap leaves the source. Grid: tiles, 1, groups.
KERNEL GROUP_SIZE(ITEMS, 1, 1) void correlate(
    int m, int n, int k, int groups, DIVISOR(taps), DIVISOR(taps_x), DIVISOR(positions), DIVISOR(positions_x),
    ARRAY(float, weight), int first_weight, int weight_group, int weight_row, int weight_plane, int weight_y, int weight_x,
    ARRAY(float, source), int source_image, int source_group, int height, int width,
    int step_y, int first_y, int tap_y, int step_x, int first_x, int tap_x,
    ARRAY_OUT(float, target), int first_target, int target_image, int target_plane, int target_y, int target_x, int by_four,
    ARRAY(float, bias), int cut)
{
    LOCAL float a_blocks[2 * BLOCK_M];
    LOCAL float b_blocks[2 * BLOCK_N];
    int tiles_m = (m + TILE_M - 1) / TILE_M, tiles_n = (n + TILE_N - 1) / TILE_N;
    int row = tile_row(GROUP_ID(0), tiles_m, tiles_n) * TILE_M, column = tile_column(GROUP_ID(0), tiles_m, tiles_n) * TILE_N;
    int my_row = item_row(LOCAL_ID(0)), my_column = item_column(LOCAL_ID(0));
    float held_a[HELD_M], held_b[HELD_N], sums[ITEM_M * ITEM_N];

    // The item's columns of the block of patches, once for all taps. Columns beyond n are computed from the first and dropped.
    int corner[PATCH_COLUMNS], corner_y[PATCH_COLUMNS], corner_x[PATCH_COLUMNS];
    UNROLL
    for (int j = 0; j < PATCH_COLUMNS; j++)
    {
        int position = column + LOCAL_ID(0) % 32 + 32 * j;
        if (position >= n) position = 0;
        int image = DIVIDE(position, positions);
        position -= image * positions;
        int y = DIVIDE(position, positions_x);
        corner_y[j] = y * step_y + first_y;
        corner_x[j] = (position - y * positions_x) * step_x + first_x;
        corner[j] = image * source_image + corner_y[j] * width + corner_x[j];
    }

    for (int group = GROUP_ID(2); group < groups; group += GROUP_COUNT(2))
    {
        GLOBAL const float *filters = AT(weight) + first_weight + group * weight_group;
        GLOBAL const float *pictures = AT(source) + group * source_group;
        clear_sums(sums);
        int side = 0;
        for (int p = -TILE_K; p < k; p += TILE_K)
        {
            int next = p + TILE_K;
            if (next < k)
            {
                UNROLL
                for (int i = 0; i < TILE_K / 8; i++)
                {
                    int at = next + LOCAL_ID(0) % 8 + 8 * i;
                    int plane = DIVIDE(at, taps);
                    int u = DIVIDE(at - plane * taps, taps_x);
                    int offset = plane * weight_plane + u * weight_y + (at - plane * taps - u * taps_x) * weight_x;
                    UNROLL
                    for (int j = 0; j < ROWS_OF(TILE_M); j++)
                    {
                        int r = row + LOCAL_ID(0) / 8 + j * ROWS_AT_ONCE;
                        held_a[i * ROWS_OF(TILE_M) + j] = at < k && r < m ? filters[r * weight_row + offset] : 0.0f;
                    }
                }

                UNROLL
                for (int i = 0; i < PATCH_ROWS; i++)
                {
                    int at = next + LOCAL_ID(0) / 32 + i * IN_STEP;
                    int plane = DIVIDE(at, taps);
                    int u = DIVIDE(at - plane * taps, taps_x);
                    int y = u * tap_y, x = (at - plane * taps - u * taps_x) * tap_x;
                    int offset = (plane * height + y) * width + x;
                    UNROLL
                    for (int j = 0; j < PATCH_COLUMNS; j++)
                    {
                        int inside = at < k;
                        if (CHECKED) inside = inside && (uint)(corner_y[j] + y) < (uint)height && (uint)(corner_x[j] + x) < (uint)width;
                        held_b[i * PATCH_COLUMNS + j] = inside ? pictures[corner[j] + offset] : 0.0f;
                    }
                }
            }

            if (p >= 0) multiply_block(a_blocks + side * BLOCK_M + my_row, b_blocks + side * BLOCK_N + my_column, sums);
            side ^= 1;
            if (next < k)
            {
                PLACE_ALONG_K(held_a, a_blocks + side * BLOCK_M, TILE_M)
                UNROLL
                for (int i = 0; i < PATCH_ROWS; i++)
                {
                    UNROLL
                    for (int j = 0; j < PATCH_COLUMNS; j++)
                    {
                        b_blocks[side * BLOCK_N + (LOCAL_ID(0) / 32 + i * IN_STEP) * PITCH_N + LOCAL_ID(0) % 32 + 32 * j] = held_b[i * PATCH_COLUMNS + j];
                    }
                }
            }

            BARRIER();
        }

        GLOBAL float *rows = AT(target) + first_target + group * m * target_plane;
        GLOBAL const float *shift = bias == 0 ? bias : AT(bias) + group * m;
        if (by_four) STORE_POSITIONS(4);
        else STORE_POSITIONS(1);
    }
}

// partial[split, row, tap] = Σ over the split's positions of grad[image, row, y, x] · source[image, plane, y·step_y + first_y +
// u·tap_y, x·step_x + first_x + v·tap_x], where a tap is (plane, u, v), for each group of m rows. With ones = 1 there is one more
// tap that reads ones everywhere: the gradient of the bias costs a column instead of another pass over grad. n is the
// taps with it, k the positions (image, y, x). CHECKED is 0 if no tap leaves the source. Grid: tiles, splits of k, groups.
KERNEL GROUP_SIZE(ITEMS, 1, 1) void weight_gradient(
    int m, int n, int k, int groups, int depth, int ones, DIVISOR(taps), DIVISOR(taps_x), DIVISOR(positions), DIVISOR(positions_x),
    ARRAY(float, grad), int grad_image, ARRAY(float, source), int source_image, int source_group, int height, int width,
    int step_y, int first_y, int tap_y, int step_x, int first_x, int tap_x, ARRAY_OUT(float, partial))
{
    LOCAL float a_blocks[2 * BLOCK_M];
    LOCAL float b_blocks[2 * BLOCK_N];
    int tiles_m = (m + TILE_M - 1) / TILE_M, tiles_n = (n + TILE_N - 1) / TILE_N;
    int row = tile_row(GROUP_ID(0), tiles_m, tiles_n) * TILE_M, column = tile_column(GROUP_ID(0), tiles_m, tiles_n) * TILE_N;
    int my_row = item_row(LOCAL_ID(0)), my_column = item_column(LOCAL_ID(0));
    int begin = GROUP_ID(1) * depth;
    int end = k - begin < depth ? k : begin + depth;
    float held_a[TILE_K / 8 * ROWS_OF(TILE_M)], held_b[TILE_K / 8 * ROWS_OF(TILE_N)], sums[ITEM_M * ITEM_N];

    // The item's columns of the block of patches, once for all positions. Columns beyond n are computed from the first and dropped.
    int tap_at[ROWS_OF(TILE_N)], tap_row[ROWS_OF(TILE_N)], tap_column[ROWS_OF(TILE_N)];
    UNROLL
    for (int j = 0; j < ROWS_OF(TILE_N); j++)
    {
        int tap = column + LOCAL_ID(0) / 8 + j * ROWS_AT_ONCE;
        if (tap >= n - ones) tap = 0;
        int plane = DIVIDE(tap, taps);
        int u = DIVIDE(tap - plane * taps, taps_x);
        tap_row[j] = u * tap_y;
        tap_column[j] = (tap - plane * taps - u * taps_x) * tap_x;
        tap_at[j] = (plane * height + tap_row[j]) * width + tap_column[j];
    }

    for (int group = GROUP_ID(2); group < groups; group += GROUP_COUNT(2))
    {
        GLOBAL const float *rows = AT(grad) + group * m * positions;
        GLOBAL const float *pictures = AT(source) + group * source_group;
        clear_sums(sums);
        int side = 0;
        for (int p = begin - TILE_K; p < end; p += TILE_K)
        {
            int next = p + TILE_K;
            if (next < end)
            {
                UNROLL
                for (int i = 0; i < TILE_K / 8; i++)
                {
                    int at = next + LOCAL_ID(0) % 8 + 8 * i;
                    int image = DIVIDE(at, positions);
                    int position = at - image * positions;
                    UNROLL
                    for (int j = 0; j < ROWS_OF(TILE_M); j++)
                    {
                        int r = row + LOCAL_ID(0) / 8 + j * ROWS_AT_ONCE;
                        held_a[i * ROWS_OF(TILE_M) + j] = at < end && r < m ? rows[image * grad_image + r * positions + position] : 0.0f;
                    }

                    int y = DIVIDE(position, positions_x);
                    int x = (position - y * positions_x) * step_x + first_x;
                    y = y * step_y + first_y;
                    int corner = image * source_image + y * width + x;
                    UNROLL
                    for (int j = 0; j < ROWS_OF(TILE_N); j++)
                    {
                        int tap = column + LOCAL_ID(0) / 8 + j * ROWS_AT_ONCE;
                        int inside = at < end && tap < n - ones;
                        if (CHECKED) inside = inside && (uint)(y + tap_row[j]) < (uint)height && (uint)(x + tap_column[j]) < (uint)width;
                        float outside = at < end && tap == n - ones ? 1.0f : 0.0f;
                        held_b[i * ROWS_OF(TILE_N) + j] = inside ? pictures[corner + tap_at[j]] : outside;
                    }
                }
            }

            if (p >= begin) multiply_block(a_blocks + side * BLOCK_M + my_row, b_blocks + side * BLOCK_N + my_column, sums);
            side ^= 1;
            if (next < end)
            {
                PLACE_ALONG_K(held_a, a_blocks + side * BLOCK_M, TILE_M)
                PLACE_ALONG_K(held_b, b_blocks + side * BLOCK_N, TILE_N)
            }

            BARRIER();
        }

        GLOBAL float *to = AT(partial) + (GROUP_ID(1) * groups + group) * m * n;
        UNROLL
        for (int i = 0; i < ITEM_M; i++)
        {
            int r = row + my_row + row_step(i);
            UNROLL
            for (int j = 0; j < ITEM_N; j++)
            {
                int c = column + my_column + column_step(j);
                if (r < m && c < n) to[r * n + c] = sums[i * ITEM_N + j];
            }
        }
    }
}
