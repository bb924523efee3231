// What makes OpenCL C 1.2 and CUDA C one language, and the only place with #if. Kernels are written in the common subset
// of C: int sizes, float literals with an f, C's names for the functions of float (expf, fmaxf, ...). A tensor is two
// parameters, ARRAY(float, x): a pointer to a block of memory and where in it the tensor begins; AT(x) puts them together.

#ifdef __OPENCL_VERSION__

#define KERNEL kernel
// Always: PoCL 3.1 takes a LOCAL array that a function left on its own touches for one array of all groups.
#define DEVICE static inline __attribute__((always_inline))
#define GLOBAL global
#define LOCAL local
#define LOCAL_ARG local
#define GROUP_SIZE(x, y, z) __attribute__((reqd_work_group_size(x, y, z)))
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE)
#define UNROLL _Pragma("unroll")

#define GLOBAL_ID(d) ((int)get_global_id(d))
#define GLOBAL_SIZE(d) ((int)get_global_size(d))
#define GROUP_ID(d) ((int)get_group_id(d))
#define GROUP_COUNT(d) ((int)get_num_groups(d))
#define LOCAL_ID(d) ((int)get_local_id(d))

#define expf exp
#define logf log
#define log1pf log1p
#define sqrtf sqrt
#define powf pow
#define tanhf tanh
#define erff erf
#define fabsf fabs
#define fmaxf fmax
#define fmaf fma
#define BITS_OF(x) as_uint(x)
#define FLOAT_OF(bits) as_float(bits)

// Four neighbours at once; the address is a multiple of 16 bytes.
#define LOAD4(p) (*(GLOBAL const float4 *)(p))
#define STORE4(p, v) (*(GLOBAL float4 *)(p) = (v))
#define LOCAL_LOAD4(p) (*(LOCAL_ARG const float4 *)(p))
#define LOCAL_STORE4(p, v) (*(LOCAL_ARG float4 *)(p) = (v))
#define FLOAT4(a, b, c, d) ((float4)(a, b, c, d))

#else

#define KERNEL extern "C" __global__
#define DEVICE static __device__ __forceinline__
#define GLOBAL
#define LOCAL __shared__ __align__(16)
#define LOCAL_ARG
#define GROUP_SIZE(x, y, z) __launch_bounds__((x) * (y) * (z))
#define BARRIER() __syncthreads()
#define UNROLL _Pragma("unroll")

#define AXIS_0(v) v.x
#define AXIS_1(v) v.y
#define AXIS_2(v) v.z
#define GLOBAL_ID(d) ((int)(AXIS_##d(blockIdx) * AXIS_##d(blockDim) + AXIS_##d(threadIdx)))
#define GLOBAL_SIZE(d) ((int)(AXIS_##d(gridDim) * AXIS_##d(blockDim)))
#define GROUP_ID(d) ((int)AXIS_##d(blockIdx))
#define GROUP_COUNT(d) ((int)AXIS_##d(gridDim))
#define LOCAL_ID(d) ((int)AXIS_##d(threadIdx))

#define uint unsigned int
#define mul_hi(a, b) __umulhi(a, b)
#define clz(x) __clz((int)(x))
#define BITS_OF(x) __float_as_uint(x)
#define FLOAT_OF(bits) __uint_as_float(bits)
#define INFINITY __uint_as_float(0x7F800000u)
#define NAN __uint_as_float(0x7FC00000u)

#define LOAD4(p) (*(const float4 *)(p))
#define STORE4(p, v) (*(float4 *)(p) = (v))
#define LOCAL_LOAD4(p) (*(const float4 *)(p))
#define LOCAL_STORE4(p, v) (*(float4 *)(p) = (v))
#define FLOAT4(a, b, c, d) make_float4(a, b, c, d)

#endif

#define ARRAY(type, name) GLOBAL const type *name, int name##_at
#define ARRAY_OUT(type, name) GLOBAL type *name, int name##_at
#define AT(name) (name + name##_at)

// A grid-stride loop over 0 … n - 1. Unsigned, so that the last step does not overflow for n near 2³¹.
#define EACH(i, n) for (uint i = (uint)GLOBAL_ID(0); i < (uint)(n); i += (uint)GLOBAL_SIZE(0))

// fmaxf drops a NaN; this hands it on.
DEVICE float max_or_nan(float a, float b)
{
    return a > b || a != a ? a : b;
}

DEVICE float sigmoid(float x)
{
    return 1.0f / (1.0f + expf(-x));
}
