// LSTM steps. History: gates [rows, steps, 4 · units], first the sums of the input product, then activations i, f, g, o, at
// last the gradients of the sums; behind them the cell states [rows, steps, units]. Grid: (rows of the batch, units).

DEVICE GLOBAL float *cells_of(GLOBAL float *history, int rows, int steps, int units)
{
    return history + 4 * rows * steps * units;
}

// The step at `time` from the hidden and cell states at `before` (-1: zeros): i, f, o = σ(sums), g = tanh(sums),
// c = f·c + i·g, h = o·tanh(c). Sums become activations in place; the last step leaves c in `last` too (or null).
KERNEL GROUP_SIZE(STEP_ITEMS, 1, 1) void lstm_step(
    int rows, int steps, int units, int depth, int time, int before, ARRAY(float, packed),
    ARRAY_OUT(float, history), ARRAY_OUT(float, output), ARRAY_OUT(float, last))
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

    GLOBAL float *cells = cells_of(AT(history), rows, steps, units);
    UNROLL
    for (int i = 0; i < ROWS; i++)
    {
        int r = row + i * LANES + LOCAL_ID(0) / UNITS;
        if (r >= rows || unit >= units) continue;
        int at = r * steps + time;
        GLOBAL float *gates = AT(history) + 4 * at * units + unit;
        float input = sigmoid(gates[0] + sums[i].x);
        float forget = sigmoid(gates[units] + sums[i].y);
        float candidate = tanhf(gates[2 * units] + sums[i].z);
        float out = sigmoid(gates[3 * units] + sums[i].w);
        float previous = before >= 0 ? cells[(r * steps + before) * units + unit] : 0.0f;
        float cell = fmaf(forget, previous, input * candidate);
        gates[0] = input;
        gates[units] = forget;
        gates[2 * units] = candidate;
        gates[3 * units] = out;
        cells[at * units + unit] = cell;
        AT(output)[at * units + unit] = out * tanhf(cell);
        if (last != 0) AT(last)[r * units + unit] = cell;
    }
}

// The gradients of the sums of the step at `time`, in place of its activations. h′ = g + gates′(later) · weight, where
// later is -1 for the last step; cell_gradient [rows, units] goes from one step to the one before.
KERNEL GROUP_SIZE(GRADIENT_ITEMS, 1, 1) void lstm_step_gradient(
    int rows, int steps, int units, int depth, int time, int before, int later, ARRAY(float, packed),
    ARRAY_OUT(float, history), ARRAY(float, g), ARRAY_OUT(float, cell_gradient))
{
    LOCAL float gate_tile[GATES * TILE_ROWS * PITCH];
    LOCAL float weight_tile[GATES * DEPTH * UNITS];
    int row = GROUP_ID(0) * TILE_ROWS, block = GROUP_ID(1) * UNITS;
    hidden_gradients(
        later >= 0, row, rows, 4 * steps * units, units, depth, AT(history) + 4 * (later >= 0 ? later : 0) * units,
        AT(packed) + block * GATES * depth, gate_tile, weight_tile);
    GLOBAL float *cells = cells_of(AT(history), rows, steps, units);
    for (int i = LOCAL_ID(0); i < TILE_ROWS * UNITS; i += GRADIENT_ITEMS)
    {
        int r = row + i / UNITS, unit = block + i % UNITS;
        if (r >= rows || unit >= units) continue;
        int at = r * steps + time;
        GLOBAL float *gates = AT(history) + 4 * at * units + unit;
        float input = gates[0], forget = gates[units], candidate = gates[2 * units], out = gates[3 * units];
        float tanh_cell = tanhf(cells[at * units + unit]);
        float previous = before >= 0 ? cells[(r * steps + before) * units + unit] : 0.0f;
        float hidden = hidden_gradient(gate_tile, i) + AT(g)[at * units + unit];
        float cell = fmaf(hidden * out, 1.0f - tanh_cell * tanh_cell, AT(cell_gradient)[r * units + unit]);
        gates[0] = cell * candidate * input * (1.0f - input);
        gates[units] = cell * previous * forget * (1.0f - forget);
        gates[2 * units] = cell * input * (1.0f - candidate * candidate);
        gates[3 * units] = hidden * tanh_cell * out * (1.0f - out);
        AT(cell_gradient)[r * units + unit] = cell * forget;
    }
}
