// Reductions inside a group of 256 work items, which is cut into teams. The `lanes` items of a team, a power of two, lie
// `step` items apart; each brings one value and all get the result. The order depends on lanes alone, and a sum's error
// grows with its logarithm. Every item of the group must take part, since the group waits for each half.

#define GROUP 256

// A team for each row of [rows, n]. Lanes beyond the last row have no elements.
#define TEAM_OF_ROW \
    LOCAL float shared[GROUP]; \
    int item = LOCAL_ID(0), lane = item % lanes, row = GROUP_ID(0) * (GROUP / lanes) + item / lanes; \
    int end = row < rows ? n : 0, first = row < rows ? row * n : 0

DEVICE float team_sum(LOCAL_ARG float *values, float value, int item, int lane, int lanes, int step)
{
    // The last result may still be being read.
    BARRIER();
    values[item] = value;
    for (int half_team = lanes / 2; half_team > 0; half_team /= 2)
    {
        BARRIER();
        if (lane < half_team) values[item] += values[item + half_team * step];
    }

    BARRIER();
    return values[item - lane * step];
}

DEVICE float team_max(LOCAL_ARG float *values, float value, int item, int lane, int lanes)
{
    BARRIER();
    values[item] = value;
    for (int half_team = lanes / 2; half_team > 0; half_team /= 2)
    {
        BARRIER();
        if (lane < half_team) values[item] = max_or_nan(values[item], values[item + half_team]);
    }

    BARRIER();
    return values[item - lane];
}
