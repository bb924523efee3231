// One element in, one out. An operation is a DEVICE function of its operands and the parameter p; the macros at the end
// make the kernels. Results may lie where an operand lies: an element is read before it is written, by one work item.

DEVICE float add(float a, float b) { return a + b; }
DEVICE float subtract(float a, float b) { return a - b; }
DEVICE float multiply(float a, float b) { return a * b; }
DEVICE float divide(float a, float b) { return a / b; }

DEVICE float scale(float x, float p) { return x * p; }
DEVICE float offset(float x, float p) { return x + p; }
// Comparisons with NaN are false, so a NaN stays.
DEVICE float relu(float x, float p) { return x < 0.0f ? 0.0f : x; }
DEVICE float leaky_relu(float x, float p) { return x < 0.0f ? x * p : x; }
// eˣ - 1 cancels near 0; tanh(x/2)·(eˣ + 1) is the same and does not.
DEVICE float elu(float x, float p) { return x < 0.0f ? tanhf(0.5f * x) * (expf(x) + 1.0f) * p : x; }
DEVICE float normal_distribution(float x) { return 0.5f * (1.0f + erff(x * 0.70710678f)); }
DEVICE float gelu(float x, float p) { return x * normal_distribution(x); }
DEVICE float logistic(float x, float p) { return sigmoid(x); }
DEVICE float hyperbolic_tangent(float x, float p) { return tanhf(x); }
DEVICE float softplus(float x, float p) { return x != x ? x : fmaxf(x, 0.0f) + log1pf(expf(-fabsf(x))); }
DEVICE float exponential(float x, float p) { return expf(x); }
DEVICE float logarithm(float x, float p) { return logf(x); }
DEVICE float square_root(float x, float p) { return sqrtf(x); }
// Whole and half exponents that networks use are exact products; the rest is pow.
DEVICE float power(float x, float p)
{
    if (p == 2.0f) return x * x;
    if (p == 3.0f) return x * x * x;
    if (p == 1.0f) return x;
    if (p == 0.5f) return sqrtf(x);
    if (p == -1.0f) return 1.0f / x;
    if (p == -2.0f) return 1.0f / (x * x);
    return p == 0.0f ? 1.0f : powf(x, p);
}

// The gradient g of the result, and what the operation saved: its output y, or its input x.
DEVICE float leaky_relu_gradient(float x, float g, float p) { return x > 0.0f ? g : g * p; }
DEVICE float elu_gradient(float y, float g, float p) { return y < 0.0f ? g * (y + p) : g; }
DEVICE float gelu_gradient(float x, float g, float p) { return g * (normal_distribution(x) + x * 0.39894228f * expf(-0.5f * x * x)); }
DEVICE float logistic_gradient(float y, float g, float p) { return g * y * (1.0f - y); }
DEVICE float hyperbolic_tangent_gradient(float y, float g, float p) { return g * (1.0f - y * y); }
DEVICE float softplus_gradient(float x, float g, float p) { return g * sigmoid(x); }
DEVICE float exponential_gradient(float y, float g, float p) { return g * y; }
DEVICE float logarithm_gradient(float x, float g, float p) { return g / x; }
DEVICE float square_root_gradient(float y, float g, float p) { return 0.5f * g / y; }
DEVICE float power_gradient(float x, float g, float p) { return g * p * power(x, p - 1.0f); }

// The element of an operand that broadcasts, for element i of a result [d1, d2, d3, d4]; strides of 0 repeat.
DEVICE int broadcast_index(uint i, int d2, int d3, int d4, int s1, int s2, int s3, int s4)
{
    uint i4 = i % (uint)d4, rest = i / (uint)d4;
    uint i3 = rest % (uint)d3;
    rest /= (uint)d3;
    return (int)(rest / (uint)d2) * s1 + (int)(rest % (uint)d2) * s2 + (int)i3 * s3 + (int)i4 * s4;
}

#define BINARY(op) \
    KERNEL void op##_same(int n, ARRAY(float, a), ARRAY(float, b), ARRAY_OUT(float, result)) \
    { \
        EACH(i, n) AT(result)[i] = op(AT(a)[i], AT(b)[i]); \
    } \
    KERNEL void op##_broadcast( \
        int n, int d2, int d3, int d4, ARRAY(float, a), int a1, int a2, int a3, int a4, \
        ARRAY(float, b), int b1, int b2, int b3, int b4, ARRAY_OUT(float, result)) \
    { \
        EACH(i, n) \
        { \
            float left = AT(a)[broadcast_index(i, d2, d3, d4, a1, a2, a3, a4)]; \
            float right = AT(b)[broadcast_index(i, d2, d3, d4, b1, b2, b3, b4)]; \
            AT(result)[i] = op(left, right); \
        } \
    }

#define UNARY(op) \
    KERNEL void op##_map(int n, ARRAY(float, x), float p, ARRAY_OUT(float, result)) \
    { \
        EACH(i, n) AT(result)[i] = op(AT(x)[i], p); \
    }

#define UNARY_GRADIENT(op) \
    KERNEL void op##_gradient_map(int n, ARRAY(float, saved), ARRAY(float, g), float p, ARRAY_OUT(float, result)) \
    { \
        EACH(i, n) AT(result)[i] = op##_gradient(AT(saved)[i], AT(g)[i], p); \
    }

BINARY(add)
BINARY(subtract)
BINARY(multiply)
BINARY(divide)

UNARY(scale)
UNARY(offset)
UNARY(relu)
UNARY(leaky_relu)
UNARY(elu)
UNARY(gelu)
UNARY(logistic)
UNARY(hyperbolic_tangent)
UNARY(softplus)
UNARY(exponential)
UNARY(logarithm)
UNARY(square_root)
UNARY(power)

UNARY_GRADIENT(leaky_relu)
UNARY_GRADIENT(elu)
UNARY_GRADIENT(gelu)
UNARY_GRADIENT(logistic)
UNARY_GRADIENT(hyperbolic_tangent)
UNARY_GRADIENT(softplus)
UNARY_GRADIENT(exponential)
UNARY_GRADIENT(logarithm)
UNARY_GRADIENT(square_root)
UNARY_GRADIENT(power)

// Bit i % 32 of word i / 32 says whether x[i] is not zero. A work item gathers a word.
KERNEL void non_zero_bits(int n, int words, ARRAY(float, x), ARRAY_OUT(uint, bits))
{
    EACH(word, words)
    {
        uint gathered = 0u;
        uint first = word * 32u;
        uint count = (uint)n - first < 32u ? (uint)n - first : 32u;
        for (uint bit = 0u; bit < count; bit++)
        {
            if (AT(x)[first + bit] != 0.0f) gathered |= 1u << bit;
        }

        AT(bits)[word] = gathered;
    }
}

KERNEL void mask_gradient(int n, ARRAY(uint, bits), ARRAY(float, g), ARRAY_OUT(float, result))
{
    EACH(i, n) AT(result)[i] = AT(bits)[i / 32u] >> (i % 32u) & 1u ? AT(g)[i] : 0.0f;
}

KERNEL void add_scaled(int n, ARRAY(float, source), float factor, ARRAY_OUT(float, target))
{
    EACH(i, n) AT(target)[i] += factor * AT(source)[i];
}
