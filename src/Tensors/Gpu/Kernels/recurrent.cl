// What LSTM and GRU share: the two products of a step. A group takes some rows of the batch and UNITS units with all their
// gates, so that it can apply the gates to its sums at once and a step is one launch.
//
// Compiled in: GATES (4 or 3), UNITS, DEPTH, LANES, GRADIENT_LANES, and the rows of a work item, ROWS forwards and
// GRADIENT_ROWS backwards. Few rows make many groups, which a small batch needs; many rows make fewer reads for each
// multiplication. Each sum runs over k in order, alone in its work item: its rounding does not depend on the choice.
//
// Both products have a tile of DEPTH k's in local memory, and the next one on its way in registers meanwhile.

// Rows of a tile begin 4 banks apart, so that two rows are read at once; a multiple of 4, for loads of four.
#define PITCH (DEPTH + 4)

// Forwards: UNITS × LANES work items; item (lane, unit) has the rows lane, lane + LANES, ...
#define STEP_ITEMS (UNITS * LANES)
#define STEP_ROWS (LANES * ROWS)
#define STEP_STATES (STEP_ROWS * DEPTH / STEP_ITEMS)
#define STEP_WEIGHTS (UNITS * DEPTH / STEP_ITEMS)

// Backwards: one item for a sum over GATES · units terms would leave too few busy. Each gate has its own
// UNITS × GRADIENT_LANES items, and the gates' sums are added up in local memory, in order.
#define GATE_ITEMS (UNITS * GRADIENT_LANES)
#define GRADIENT_ITEMS (GATES * GATE_ITEMS)
#define TILE_ROWS (GRADIENT_LANES * GRADIENT_ROWS)
#define TILE_GATES (TILE_ROWS * DEPTH / GATE_ITEMS)
#define TILE_WEIGHTS (UNITS * DEPTH / 4 / GATE_ITEMS)

// packed [blocks, depth, UNITS, 4] = the weight [GATES · units, units] with a unit's gates side by side and k outside, zeros
// where unit, gate or k ends; depth is a multiple of DEPTH.
KERNEL void pack_for_step(int n, int units, int depth, ARRAY(float, weight), ARRAY_OUT(float, packed))
{
    EACH(i, n)
    {
        int gate = (int)(i % 4u), lane = (int)(i / 4u % UNITS), rest = (int)(i / (4u * UNITS));
        int k = rest % depth, unit = rest / depth * UNITS + lane;
        AT(packed)[i] = gate < GATES && k < units && unit < units ? AT(weight)[(gate * units + unit) * units + k] : 0.0f;
    }
}

// packed [blocks, GATES, depth, UNITS] = the weight [GATES · units, units] cut into blocks of columns, zeros as above.
KERNEL void pack_for_gradient(int n, int units, int depth, ARRAY(float, weight), ARRAY_OUT(float, packed))
{
    EACH(i, n)
    {
        int lane = (int)(i % UNITS), rest = (int)(i / UNITS);
        int k = rest % depth, gate = rest / depth % GATES, unit = rest / depth / GATES * UNITS + lane;
        AT(packed)[i] = k < units && unit < units ? AT(weight)[(gate * units + k) * units + unit] : 0.0f;
    }
}

// before [rows, steps, units] = the hidden state that each step started from; shift is -1, or 1 if time runs backwards.
KERNEL void states_before(int n, int steps, int units, int shift, ARRAY(float, output), ARRAY_OUT(float, before))
{
    EACH(i, n)
    {
        int time = (int)(i / (uint)units % (uint)steps) + shift;
        AT(before)[i] = time >= 0 && time < steps ? AT(output)[(int)i + shift * units] : 0.0f;
    }
}

DEVICE void add_product(float state, float4 weights, float4 *sums)
{
    sums->x = fmaf(state, weights.x, sums->x);
    sums->y = fmaf(state, weights.y, sums->y);
    sums->z = fmaf(state, weights.z, sums->z);
    if (GATES == 4) sums->w = fmaf(state, weights.w, sums->w);
}

DEVICE void fetch_states(int row, int rows, int row_stride, int units, int k, GLOBAL const float *states, float *fetched)
{
    UNROLL
    for (int i = 0; i < STEP_STATES; i++)
    {
        int at = LOCAL_ID(0) + i * STEP_ITEMS;
        int r = row + at / DEPTH, c = k + at % DEPTH;
        fetched[i] = r < rows && c < units ? states[r * row_stride + c] : 0.0f;
    }
}

// Numbers one by one in an array stay in registers; compilers are less sure about an array of float4.
DEVICE void fetch_four(GLOBAL const float *source, float *fetched)
{
    float4 v = LOAD4(source);
    fetched[0] = v.x;
    fetched[1] = v.y;
    fetched[2] = v.z;
    fetched[3] = v.w;
}

DEVICE void fetch_step_weights(int k, GLOBAL const float *packed, float *fetched)
{
    UNROLL
    for (int i = 0; i < STEP_WEIGHTS; i++) fetch_four(packed + 4 * (k * UNITS + LOCAL_ID(0) + i * STEP_ITEMS), fetched + 4 * i);
}

DEVICE void keep_four(const float *fetched, LOCAL_ARG float *target)
{
    LOCAL_STORE4(target, FLOAT4(fetched[0], fetched[1], fetched[2], fetched[3]));
}

// sums[i] += the gates' products for row `row` + lane + i · LANES and this item's unit, where states [rows, units] has rows
// row_stride apart and packed is this block's.
DEVICE void add_hidden(
    int row, int rows, int row_stride, int units, GLOBAL const float *states, GLOBAL const float *packed,
    LOCAL_ARG float *state_tile, LOCAL_ARG float *weight_tile, float4 *sums)
{
    float next_states[STEP_STATES];
    float next_weights[4 * STEP_WEIGHTS];
    int unit = LOCAL_ID(0) % UNITS, lane = LOCAL_ID(0) / UNITS;
    fetch_states(row, rows, row_stride, units, 0, states, next_states);
    fetch_step_weights(0, packed, next_weights);
    for (int k = 0; k < units; k += DEPTH)
    {
        UNROLL
        for (int i = 0; i < STEP_STATES; i++)
        {
            int at = LOCAL_ID(0) + i * STEP_ITEMS;
            state_tile[at / DEPTH * PITCH + at % DEPTH] = next_states[i];
        }

        UNROLL
        for (int i = 0; i < STEP_WEIGHTS; i++) keep_four(next_weights + 4 * i, weight_tile + 4 * (LOCAL_ID(0) + i * STEP_ITEMS));
        BARRIER();
        if (k + DEPTH < units)
        {
            fetch_states(row, rows, row_stride, units, k + DEPTH, states, next_states);
            fetch_step_weights(k + DEPTH, packed, next_weights);
        }

        UNROLL
        for (int j = 0; j < DEPTH; j += 4)
        {
            float4 w0 = LOCAL_LOAD4(weight_tile + 4 * (j * UNITS + unit));
            float4 w1 = LOCAL_LOAD4(weight_tile + 4 * ((j + 1) * UNITS + unit));
            float4 w2 = LOCAL_LOAD4(weight_tile + 4 * ((j + 2) * UNITS + unit));
            float4 w3 = LOCAL_LOAD4(weight_tile + 4 * ((j + 3) * UNITS + unit));
            UNROLL
            for (int i = 0; i < ROWS; i++)
            {
                float4 state = LOCAL_LOAD4(state_tile + (i * LANES + lane) * PITCH + j);
                add_product(state.x, w0, sums + i);
                add_product(state.y, w1, sums + i);
                add_product(state.z, w2, sums + i);
                add_product(state.w, w3, sums + i);
            }
        }

        BARRIER();
    }
}

DEVICE void fetch_gates(int row, int rows, int row_stride, int units, int k, GLOBAL const float *gates, float *fetched)
{
    UNROLL
    for (int i = 0; i < TILE_GATES; i++)
    {
        int at = LOCAL_ID(0) % GATE_ITEMS + i * GATE_ITEMS;
        int r = row + at / DEPTH, c = k + at % DEPTH;
        fetched[i] = r < rows && c < units ? gates[r * row_stride + c] : 0.0f;
    }
}

DEVICE void fetch_gradient_weights(int k, GLOBAL const float *packed, float *fetched)
{
    UNROLL
    for (int i = 0; i < TILE_WEIGHTS; i++) fetch_four(packed + k * UNITS + 4 * (LOCAL_ID(0) % GATE_ITEMS + i * GATE_ITEMS), fetched + 4 * i);
}

// Leaves in gate_tile [GATES, TILE_ROWS, UNITS] the sums over each gate's part of gates′ · weight, where gates′
// [rows, GATES · units] of the later step has rows row_stride apart and packed is this block's; zeros if there is no later
// step. For hidden_gradient.
DEVICE void hidden_gradients(
    int has_later, int row, int rows, int row_stride, int units, int depth, GLOBAL const float *gates, GLOBAL const float *packed,
    LOCAL_ARG float *gate_tile, LOCAL_ARG float *weight_tile)
{
    float next_gates[TILE_GATES];
    float next_weights[4 * TILE_WEIGHTS];
    float sums[GRADIENT_ROWS];
    int gate = LOCAL_ID(0) / GATE_ITEMS, item = LOCAL_ID(0) % GATE_ITEMS, unit = item % UNITS, lane = item / UNITS;
    int terms = has_later ? units : 0;
    GLOBAL const float *own_gates = gates + gate * units;
    GLOBAL const float *own_packed = packed + gate * depth * UNITS;
    LOCAL_ARG float *own_gate_tile = gate_tile + gate * TILE_ROWS * PITCH;
    LOCAL_ARG float *own_weight_tile = weight_tile + gate * DEPTH * UNITS;
    UNROLL
    for (int i = 0; i < GRADIENT_ROWS; i++) sums[i] = 0.0f;
    if (terms > 0)
    {
        fetch_gates(row, rows, row_stride, units, 0, own_gates, next_gates);
        fetch_gradient_weights(0, own_packed, next_weights);
    }

    for (int k = 0; k < terms; k += DEPTH)
    {
        UNROLL
        for (int i = 0; i < TILE_GATES; i++)
        {
            int at = item + i * GATE_ITEMS;
            own_gate_tile[at / DEPTH * PITCH + at % DEPTH] = next_gates[i];
        }

        UNROLL
        for (int i = 0; i < TILE_WEIGHTS; i++) keep_four(next_weights + 4 * i, own_weight_tile + 4 * (item + i * GATE_ITEMS));
        BARRIER();
        if (k + DEPTH < terms)
        {
            fetch_gates(row, rows, row_stride, units, k + DEPTH, own_gates, next_gates);
            fetch_gradient_weights(k + DEPTH, own_packed, next_weights);
        }

        UNROLL
        for (int j = 0; j < DEPTH; j += 4)
        {
            float w0 = own_weight_tile[j * UNITS + unit], w1 = own_weight_tile[(j + 1) * UNITS + unit];
            float w2 = own_weight_tile[(j + 2) * UNITS + unit], w3 = own_weight_tile[(j + 3) * UNITS + unit];
            UNROLL
            for (int i = 0; i < GRADIENT_ROWS; i++)
            {
                float4 g = LOCAL_LOAD4(own_gate_tile + (i * GRADIENT_LANES + lane) * PITCH + j);
                sums[i] = fmaf(g.w, w3, fmaf(g.z, w2, fmaf(g.y, w1, fmaf(g.x, w0, sums[i]))));
            }
        }

        BARRIER();
    }

    UNROLL
    for (int i = 0; i < GRADIENT_ROWS; i++) gate_tile[(gate * TILE_ROWS + i * GRADIENT_LANES + lane) * UNITS + unit] = sums[i];
    BARRIER();
}

// The hidden state's gradient at place i of the group's TILE_ROWS × UNITS: the sum over the gates.
DEVICE float hidden_gradient(LOCAL_ARG const float *gate_tile, int i)
{
    float sum = 0.0f;
    UNROLL
    for (int gate = 0; gate < GATES; gate++) sum += gate_tile[gate * TILE_ROWS * UNITS + i];
    return sum;
}
