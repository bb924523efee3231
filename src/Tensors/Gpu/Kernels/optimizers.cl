// Optimiser steps and squared lengths, of up to eight tensors in one launch: networks have many small parameters, and a
// launch takes longer than the update of a bias. A group owns SPAN elements of one tensor; groups are counted through the
// tensors in order. The eight sets of arguments stay below the 1024 bytes that OpenCL 1.2 promises; those not used are empty.

#define SPANS(n) (((n) + SPAN - 1) / SPAN)
#define EIGHT(each) each(0) each(1) each(2) each(3) each(4) each(5) each(6) each(7)

#define PARAMETER(k) \
    int count##k, float decay##k, ARRAY(float, gradient##k), ARRAY_OUT(float, parameter##k), ARRAY_OUT(float, first##k), ARRAY_OUT(float, second##k),

// Makes n, and the pointers, those of the tensor that group number `span` falls into.
#define CHOOSE_PARAMETER(k) \
    if (n == 0 && span >= SPANS(count##k)) span -= SPANS(count##k); \
    else if (n == 0) \
    { \
        n = count##k; \
        weight_decay = decay##k; \
        gradient = AT(gradient##k); \
        parameter = AT(parameter##k); \
        first = first##k == 0 ? first##k : AT(first##k); \
        second = second##k == 0 ? second##k : AT(second##k); \
    }

// One step of a rule (IBackend.Optimizers.cs has the formulas) on every element: parameters and states are read once and
// written once. The rule is the same for all items, so that its choice costs nothing beside the memory. The gradients' scale
// is one number in memory, where clip_scale left it; a null pointer stands for 1.
KERNEL GROUP_SIZE(256, 1, 1) void update(
    EIGHT(PARAMETER) int rule, ARRAY(float, gradient_scale), float clip, float direct_decay, float gradient_rate, float state_rate,
    float first_decay, float first_share, float second_decay, float second_share, float second_scale, float epsilon)
{
    int span = GROUP_ID(0), n = 0;
    float weight_decay = 0.0f;
    GLOBAL const float *gradient = 0;
    GLOBAL float *parameter = 0;
    GLOBAL float *first = 0;
    GLOBAL float *second = 0;
    EIGHT(CHOOSE_PARAMETER)
    float scale = gradient_scale == 0 ? 1.0f : AT(gradient_scale)[0];
    int start = span * SPAN, end = n - start < SPAN ? n - start : SPAN;
    for (int i = LOCAL_ID(0); i < end; i += 256)
    {
        float p = parameter[start + i], g = gradient[start + i] * scale, step = 0.0f;
        float m = first == 0 ? 0.0f : first[start + i], v = second == 0 ? 0.0f : second[start + i];
        // Comparisons with NaN are false, so a NaN stays.
        g = g > clip ? clip : g;
        g = g < -clip ? -clip : g;
        g = fmaf(p, weight_decay, g);
        if (rule == PLAIN)
        {
            step = g * gradient_rate;
        }
        else if (rule == MOMENTUM)
        {
            m = fmaf(m, first_decay, g);
            step = fmaf(g, gradient_rate, m * state_rate);
        }
        else if (rule == ADAM)
        {
            m = fmaf(g - m, first_share, m);
            v = fmaf(g * g - v, second_share, v);
            step = fmaf(g, gradient_rate, m * state_rate) / fmaf(sqrtf(v), second_scale, epsilon);
        }
        else if (rule == ADAMAX)
        {
            m = fmaf(g - m, first_share, m);
            v = max_or_nan(v * second_decay, fabsf(g) + epsilon);
            step = m * state_rate / v;
        }
        else if (rule == ADAGRAD)
        {
            v = fmaf(g, g, v);
            step = g * gradient_rate / (sqrtf(v) + epsilon);
        }
        else if (rule == RMS_PROP)
        {
            v = fmaf(g * g - v, second_share, v);
            step = g * gradient_rate / (sqrtf(v) + epsilon);
        }
        else
        {
            v = fmaf(g * g - v, second_share, v);
            m = fmaf(m, first_decay, g / (sqrtf(v) + epsilon));
            step = m * state_rate;
        }

        parameter[start + i] = fmaf(p, -direct_decay, p) - step;
        if (first != 0) first[start + i] = m;
        if (second != 0) second[start + i] = v;
    }
}

#define OPERAND(k) int count##k, ARRAY(float, x##k),

#define CHOOSE_OPERAND(k) \
    if (n == 0 && span >= SPANS(count##k)) span -= SPANS(count##k); \
    else if (n == 0) \
    { \
        n = count##k; \
        x = AT(x##k); \
    }

// parts[group] = Σ x² over the group's elements.
KERNEL GROUP_SIZE(256, 1, 1) void squares(EIGHT(OPERAND) ARRAY_OUT(float, parts))
{
    LOCAL float shared[GROUP];
    int span = GROUP_ID(0), n = 0;
    GLOBAL const float *x = 0;
    EIGHT(CHOOSE_OPERAND)
    int start = span * SPAN, end = n - start < SPAN ? n - start : SPAN;
    float sum = 0.0f;
    for (int i = LOCAL_ID(0); i < end; i += 256) sum = fmaf(x[start + i], x[start + i], sum);
    sum = team_sum(shared, sum, LOCAL_ID(0), LOCAL_ID(0), GROUP, 1);
    if (LOCAL_ID(0) == 0) AT(parts)[GROUP_ID(0)] = sum;
}

#define LENGTH(k) int count##k,
#define CHOOSE_PARTS(k) \
    if (k < GROUP_ID(0)) start += SPANS(count##k); \
    if (k == GROUP_ID(0)) end = start + SPANS(count##k);

// result[k] = the sum of tensor k's parts. A group has a tensor.
KERNEL GROUP_SIZE(256, 1, 1) void sum_parts(EIGHT(LENGTH) ARRAY(float, parts), ARRAY_OUT(float, result))
{
    LOCAL float shared[GROUP];
    int start = 0, end = 0;
    EIGHT(CHOOSE_PARTS)
    float sum = 0.0f;
    for (int i = start + LOCAL_ID(0); i < end; i += 256) sum += AT(parts)[i];
    sum = team_sum(shared, sum, LOCAL_ID(0), LOCAL_ID(0), GROUP, 1);
    if (LOCAL_ID(0) == 0) AT(result)[GROUP_ID(0)] = sum;
}

// result = min(1, limit/√Σ squares), from n sums of squares; NaN if one is not finite. One group does it. The largest is divided
// out, because the sum of numbers that a float can hold may be one that it cannot.
KERNEL GROUP_SIZE(256, 1, 1) void clip_scale(int n, float limit, ARRAY(float, squares), ARRAY_OUT(float, result))
{
    LOCAL float shared[GROUP];
    float largest = 0.0f, sum = 0.0f;
    for (int i = LOCAL_ID(0); i < n; i += 256) largest = max_or_nan(AT(squares)[i], largest);
    largest = team_max(shared, largest, LOCAL_ID(0), LOCAL_ID(0), GROUP);
    // Infinity over infinity is NaN, and so is everything from there on.
    for (int i = LOCAL_ID(0); i < n && largest != 0.0f; i += 256) sum += AT(squares)[i] / largest;
    sum = team_sum(shared, sum, LOCAL_ID(0), LOCAL_ID(0), GROUP, 1);
    float norm = sqrtf(largest) * sqrtf(sum);
    if (LOCAL_ID(0) == 0) AT(result)[0] = norm > limit ? limit / norm : norm <= limit ? 1.0f : NAN;
}
