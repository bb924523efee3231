// Sums over any axes and maxima of rows. What is too long for one group is cut into chunks whose length depends on the
// shape alone, and the chunks' results are reduced in turn by the next launch of the same kernel. Results are overwritten.

// Σ of every step-th element, `stride` apart, in four sums, so that four loads are under way at a time.
// Unsigned, as the last step may go beyond 2³¹.
DEVICE float strided_sum(GLOBAL const float *x, uint from, uint to, uint stride, uint step)
{
    float a = 0.0f, b = 0.0f, c = 0.0f, d = 0.0f;
    uint i = from, last = to > 3u * step ? to - 3u * step : 0u;
    for (; i < last; i += 4u * step)
    {
        a += x[i * stride];
        b += x[(i + step) * stride];
        c += x[(i + 2u * step) * stride];
        d += x[(i + 3u * step) * stride];
    }

    for (; i < to; i += step) a += x[i * stride];
    return (a + b) + (c + d);
}

// result [outer, chunks, inner] = the sums over chunks of the middle axis of x [outer, reduced, inner]. An item has a column
// (of inner) and a lane (of the chunk's rows): `columns` neighbours in memory, then `lanes` rows, then outer indices share
// a group. Groups are counted column blocks first, then chunks, then blocks of outer.
KERNEL GROUP_SIZE(256, 1, 1) void sum(
    int outer, int reduced, int inner, int columns, int lanes, int chunk, ARRAY(float, x), ARRAY_OUT(float, result))
{
    LOCAL float sums[GROUP];
    int item = LOCAL_ID(0), lane = item / columns % lanes, team = item / columns / lanes;
    int blocks = (inner + columns - 1) / columns, chunks = (reduced - 1) / chunk + 1;
    int column = GROUP_ID(0) % blocks * columns + item % columns;
    int part = GROUP_ID(0) / blocks % chunks;
    int o = GROUP_ID(0) / blocks / chunks * (GROUP / columns / lanes) + team;
    int there = o < outer && column < inner;
    float value = 0.0f;
    if (there)
    {
        int from = part * chunk, to = reduced - from < chunk ? reduced : from + chunk;
        value = strided_sum(AT(x) + (o * reduced * inner + column), from + lane, to, inner, lanes);
    }

    value = team_sum(sums, value, item, lane, lanes, columns);
    if (there && lane == 0) AT(result)[(o * chunks + part) * inner + column] = value;
}

// Whether value v at place i goes before the value w at place j: NaN first, then the larger, then the earlier.
DEVICE int goes_before(float v, int i, float w, int j)
{
    if (v != v) return w == w || i < j;
    return v > w || (v == w && i < j);
}

// The maximum of each chunk of x [rows, n] and the place of its first occurrence, both [rows, chunks]. Places are columns,
// or what `places` says of them: the columns of an earlier launch. Either result may be null. A team has a row's chunk.
KERNEL GROUP_SIZE(256, 1, 1) void maximum(
    int rows, int n, int lanes, int chunk, ARRAY(float, x), ARRAY(int, places), ARRAY_OUT(float, values), ARRAY_OUT(int, indices))
{
    LOCAL float best[GROUP];
    LOCAL int best_at[GROUP];
    int item = LOCAL_ID(0), lane = item % lanes;
    int chunks = (n - 1) / chunk + 1;
    int part = GROUP_ID(0) % chunks, row = GROUP_ID(0) / chunks * (GROUP / lanes) + item / lanes;

    // A lane without an element loses against any.
    float max = -INFINITY;
    int at = n;
    if (row < rows)
    {
        GLOBAL const float *from = AT(x) + row * n;
        int start = part * chunk, end = n - start < chunk ? n : start + chunk;
        for (uint i = (uint)(start + lane); i < (uint)end; i += (uint)lanes)
        {
            float value = from[i];
            if (goes_before(value, i, max, at))
            {
                max = value;
                at = i;
            }
        }
    }

    best[item] = max;
    best_at[item] = at;
    for (int half_team = lanes / 2; half_team > 0; half_team /= 2)
    {
        BARRIER();
        if (lane < half_team)
        {
            int other = item + half_team;
            if (goes_before(best[other], best_at[other], best[item], best_at[item]))
            {
                best[item] = best[other];
                best_at[item] = best_at[other];
            }
        }
    }

    if (row >= rows || lane != 0) return;
    if (values != 0) AT(values)[row * chunks + part] = best[item];
    if (indices != 0) AT(indices)[row * chunks + part] = places == 0 ? best_at[item] : AT(places)[row * n + best_at[item]];
}

// target [rows, n] = 0, except target[r, indices[r]] = values[r]; a row whose index is no column is NaN.
KERNEL void scatter(int count, int n, ARRAY(float, values), ARRAY(int, indices), ARRAY_OUT(float, target))
{
    EACH(i, count)
    {
        int row = (int)(i / (uint)n), column = (int)(i % (uint)n), index = AT(indices)[row];
        float elsewhere = index >= 0 && index < n ? 0.0f : NAN;
        AT(target)[i] = column == index ? AT(values)[row] : elsewhere;
    }
}
