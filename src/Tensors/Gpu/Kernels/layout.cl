// Copies between layouts, of 32-bit words that may be of either type. Results are overwritten.

#define TILE 32

// target = source, n times `width` words that lie side by side in both: four where both begin at a multiple of 16 bytes,
// or one. (Commands of the drivers could copy and fill as well; kernels are what a graph of launches can hold.)
KERNEL void copy(int n, int width, ARRAY(float, source), ARRAY_OUT(float, target))
{
    EACH(i, n)
    {
        if (width == 4) STORE4(AT(target) + 4 * i, LOAD4(AT(source) + 4 * i));
        else AT(target)[i] = AT(source)[i];
    }
}

// All n times `width` elements of target = value.
KERNEL void fill(int n, int width, float value, ARRAY_OUT(float, target))
{
    EACH(i, n)
    {
        if (width == 4) STORE4(AT(target) + 4 * i, FLOAT4(value, value, value, value));
        else AT(target)[i] = value;
    }
}

// target at Σ iₖ·tₖ = source at Σ iₖ·sₖ for all i of [d1, d2, d3, d4], n in all, of which only the last `axes` axes are
// longer than 1. A work item copies a word: neighbours on the last axis lie side by side in one of the two at least.
KERNEL void copy_axes(
    int n, int axes, int d2, int d3, int d4, ARRAY(uint, source), int s1, int s2, int s3, int s4,
    ARRAY_OUT(uint, target), int t1, int t2, int t3, int t4)
{
    EACH(i, n)
    {
        // Divisions cost more than the copy, so only those that are needed are made.
        uint i1 = 0u, i2 = 0u, i3 = i / (uint)d4, i4 = i % (uint)d4;
        if (axes > 2)
        {
            i2 = i3 / (uint)d3;
            i3 -= i2 * (uint)d3;
        }

        if (axes > 3)
        {
            i1 = i2 / (uint)d2;
            i2 -= i1 * (uint)d2;
        }

        int from = (int)i1 * s1 + (int)i2 * s2 + (int)i3 * s3 + (int)i4 * s4;
        int to = (int)i1 * t1 + (int)i2 * t2 + (int)i3 * t3 + (int)i4 * t4;
        AT(target)[to] = AT(source)[from];
    }
}

// Matrices whose rows lie side by side in the source and whose columns do in the target: target[r·target_row + c] =
// source[r + c·source_column], for each matrix of a batch [outer, inner] with strides of its own. A group turns a tile in
// local memory, so that both sides are read and written in whole lines; the tile's rows are one word longer than they
// need be, or a column would lie in a single bank.
KERNEL GROUP_SIZE(32, 8, 1) void transpose_tiles(
    int rows, int columns, int inner, ARRAY(uint, source), int source_column, int source_outer, int source_inner,
    ARRAY_OUT(uint, target), int target_row, int target_outer, int target_inner)
{
    LOCAL uint tile[TILE * (TILE + 1)];
    int x = LOCAL_ID(0);
    int across = (columns + TILE - 1) / TILE, down = (rows + TILE - 1) / TILE;
    int column = GROUP_ID(0) % across * TILE, row = GROUP_ID(0) / across % down * TILE;
    int matrix = GROUP_ID(0) / across / down;
    GLOBAL const uint *from = AT(source) + (matrix / inner * source_outer + matrix % inner * source_inner);
    GLOBAL uint *to = AT(target) + (matrix / inner * target_outer + matrix % inner * target_inner);
    for (int y = LOCAL_ID(1); y < TILE; y += 8)
    {
        if (row + x < rows && column + y < columns) tile[y * (TILE + 1) + x] = from[row + x + (column + y) * source_column];
    }

    BARRIER();
    for (int y = LOCAL_ID(1); y < TILE; y += 8)
    {
        if (row + y < rows && column + x < columns) to[(row + y) * target_row + column + x] = tile[x * (TILE + 1) + y];
    }
}

// result[r] = source[indices[r]], rows of n out of source_rows; NaN for a row that is not there.
KERNEL void gather_rows(int count, int n, int source_rows, ARRAY(float, source), ARRAY(int, indices), ARRAY_OUT(float, result))
{
    EACH(i, count)
    {
        int row = AT(indices)[i / (uint)n];
        AT(result)[i] = row >= 0 && row < source_rows ? AT(source)[row * n + (int)(i % (uint)n)] : NAN;
    }
}

// target [.., n] = 0, then target[indices[r]] += source[r] in the order of r. A group owns 256 elements of the target; it
// reads the indices in blocks of 256, notes those of its own rows in a bit each, and every item adds what is for its row.
KERNEL GROUP_SIZE(256, 1, 1) void scatter_add_rows(int count, int n, int rows, ARRAY(float, source), ARRAY(int, indices), ARRAY_OUT(float, target))
{
    LOCAL int chosen[256];
    LOCAL uint mine[8];
    int item = LOCAL_ID(0), element = GROUP_ID(0) * 256 + item;
    int first = GROUP_ID(0) * 256 / n, last = (GROUP_ID(0) * 256 + 255) / n;
    int row = element / n, column = element % n;
    float sum = 0.0f;
    for (int block = 0; block < rows; block += 256)
    {
        chosen[item] = block + item < rows ? AT(indices)[block + item] : -1;
        BARRIER();
        if (item < 8)
        {
            uint bits = 0u;
            for (int bit = 0; bit < 32; bit++)
            {
                int index = chosen[item * 32 + bit];
                if (index >= first && index <= last) bits |= 1u << bit;
            }

            mine[item] = bits;
        }

        BARRIER();
        for (int word = 0; word < 8; word++)
        {
            for (uint bits = mine[word]; bits != 0u; bits &= bits - 1u)
            {
                int r = word * 32 + 31 - (int)clz(bits & (0u - bits));
                if (chosen[r] == row && element < count) sum += AT(source)[(block + r) * n + column];
            }
        }

        // Nobody writes the next block's indices while another still reads these.
        BARRIER();
    }

    if (element < count) AT(target)[element] = sum;
}
