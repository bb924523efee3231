// GRU steps. inputs [rows, steps, 3 · units] are the sums of the input product for r, z, n; history [rows, steps, 4 · units]
// holds r, z, n and the hidden part of n before r scales it. Grid: (rows of the batch, units).

// The step at `time` from the hidden state at `before` (-1: zeros): u = U h + bias; r, z = σ(x + u), n = tanh(x + r·u),
// h = (1 - z)·n + z·h.
KERNEL GROUP_SIZE(STEP_ITEMS, 1, 1) void gru_step(
    int rows, int steps, int units, int depth, int time, int before, ARRAY(float, packed), ARRAY(float, bias), ARRAY(float, inputs),
    ARRAY_OUT(float, history), ARRAY_OUT(float, output))
{
    LOCAL float state_tile[STEP_ROWS * PITCH];
    LOCAL float weight_tile[DEPTH * UNITS * 4];
    float4 sums[ROWS];
    int row = GROUP_ID(0) * STEP_ROWS, unit = GROUP_ID(1) * UNITS + LOCAL_ID(0) % UNITS;
    UNROLL
    for (int i = 0; i < ROWS; i++) sums[i] = FLOAT4(0.0f, 0.0f, 0.0f, 0.0f);
    if (before >= 0)
    {
        add_hidden(
            row, rows, steps * units, units, AT(output) + before * units, AT(packed) + GROUP_ID(1) * depth * UNITS * 4,
            state_tile, weight_tile, sums);
    }

    UNROLL
    for (int i = 0; i < ROWS; i++)
    {
        int r = row + i * LANES + LOCAL_ID(0) / UNITS;
        if (r >= rows || unit >= units) continue;
        int at = r * steps + time;
        GLOBAL const float *x = AT(inputs) + 3 * at * units + unit;
        GLOBAL float *saved = AT(history) + 4 * at * units + unit;
        float hidden = sums[i].z + AT(bias)[2 * units + unit];
        float reset = sigmoid(x[0] + (sums[i].x + AT(bias)[unit]));
        float update = sigmoid(x[units] + (sums[i].y + AT(bias)[units + unit]));
        float candidate = tanhf(x[2 * units] + reset * hidden);
        float kept = before >= 0 ? update * AT(output)[(r * steps + before) * units + unit] : 0.0f;
        saved[0] = reset;
        saved[units] = update;
        saved[2 * units] = candidate;
        saved[3 * units] = hidden;
        AT(output)[at * units + unit] = (1.0f - update) * candidate + kept;
    }
}

// The gradients of the sums of the step at `time`, with respect to the input's part and to the hidden state's, both
// [rows, steps, 3 · units]: they differ in n alone. h′ = g + carried + from_hidden(later) · weight, where later is -1 for the
// last step; carried [rows, units] is what z hands from one step to the one before.
KERNEL GROUP_SIZE(GRADIENT_ITEMS, 1, 1) void gru_step_gradient(
    int rows, int steps, int units, int depth, int time, int before, int later, ARRAY(float, packed), ARRAY(float, history),
    ARRAY(float, output), ARRAY(float, g), ARRAY_OUT(float, carried), ARRAY_OUT(float, from_input), ARRAY_OUT(float, from_hidden))
{
    LOCAL float gate_tile[GATES * TILE_ROWS * PITCH];
    LOCAL float weight_tile[GATES * DEPTH * UNITS];
    int row = GROUP_ID(0) * TILE_ROWS, block = GROUP_ID(1) * UNITS;
    hidden_gradients(
        later >= 0, row, rows, 3 * steps * units, units, depth, AT(from_hidden) + 3 * (later >= 0 ? later : 0) * units,
        AT(packed) + block * GATES * depth, gate_tile, weight_tile);
    for (int i = LOCAL_ID(0); i < TILE_ROWS * UNITS; i += GRADIENT_ITEMS)
    {
        int r = row + i / UNITS, unit = block + i % UNITS;
        if (r >= rows || unit >= units) continue;
        int at = r * steps + time;
        GLOBAL const float *saved = AT(history) + 4 * at * units + unit;
        GLOBAL float *x = AT(from_input) + 3 * at * units + unit;
        GLOBAL float *u = AT(from_hidden) + 3 * at * units + unit;
        float reset = saved[0], update = saved[units], candidate = saved[2 * units];
        float previous = before >= 0 ? AT(output)[(r * steps + before) * units + unit] : 0.0f;
        float hidden = hidden_gradient(gate_tile, i) + AT(carried)[r * units + unit] + AT(g)[at * units + unit];
        float to_candidate = hidden * (1.0f - update) * (1.0f - candidate * candidate);
        float to_reset = to_candidate * saved[3 * units] * reset * (1.0f - reset);
        float to_update = hidden * (previous - candidate) * update * (1.0f - update);
        x[0] = to_reset;
        x[units] = to_update;
        x[2 * units] = to_candidate;
        u[0] = to_reset;
        u[units] = to_update;
        u[2 * units] = to_candidate * reset;
        AT(carried)[r * units + unit] = hidden * update;
    }
}
