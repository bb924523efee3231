// What goes before a kernel family when the emulator compiles it with g++: the words and functions of CUDA C that NVRTC
// knows without any header, and the hooks by which cuda_emulator.cpp runs the kernels.
#pragma once

#include <math.h>
#include <string.h>

#define __device__
#define __forceinline__ inline __attribute__((always_inline))
#define __align__(n) __attribute__((aligned(n)))
#define __launch_bounds__(...)
#define __restrict__ __restrict
// nvrtc_emulator.cpp looks for this very text to find the kernels.
#define __global__ __attribute__((noinline, used, visibility("default")))
// One copy is enough: blocks run one after the other. A section of its own, so that each block finds NaN in it.
#define __shared__ static __attribute__((section("emulator_shared")))

struct uint3 { unsigned int x, y, z; };
struct float2 { float x, y; };
struct __align__(16) float4 { float x, y, z, w; };
struct __align__(16) int4 { int x, y, z, w; };
struct __align__(16) uint4 { unsigned int x, y, z, w; };
static inline float2 make_float2(float x, float y) { return {x, y}; }
static inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
static inline int4 make_int4(int x, int y, int z, int w) { return {x, y, z, w}; }
static inline uint4 make_uint4(unsigned int x, unsigned int y, unsigned int z, unsigned int w) { return {x, y, z, w}; }

// As in cuda_emulator.cpp.
struct EmulatedThread
{
    uint3 thread, block, block_size, grid_size;
    void (*barrier)(int line);
    char *shared_begin, *shared_end;
};

extern char __start_emulator_shared[] __attribute__((weak, visibility("hidden")));
extern char __stop_emulator_shared[] __attribute__((weak, visibility("hidden")));
extern "C" __attribute__((visibility("default"))) EmulatedThread emulator_thread = {{}, {}, {}, {}, 0, __start_emulator_shared, __stop_emulator_shared};

#define threadIdx emulator_thread.thread
#define blockIdx emulator_thread.block
#define blockDim emulator_thread.block_size
#define gridDim emulator_thread.grid_size
#define __syncthreads() emulator_thread.barrier(__LINE__)

static inline unsigned int __umulhi(unsigned int a, unsigned int b) { return (unsigned int)((unsigned long long)a * b >> 32); }
static inline unsigned int __float_as_uint(float x) { unsigned int bits; memcpy(&bits, &x, 4); return bits; }
static inline float __uint_as_float(unsigned int bits) { float x; memcpy(&x, &bits, 4); return x; }
static inline int __float_as_int(float x) { return (int)__float_as_uint(x); }
static inline float __int_as_float(int bits) { return __uint_as_float((unsigned int)bits); }
static inline int __clz(int x) { return x == 0 ? 32 : __builtin_clz((unsigned int)x); }
static inline int __ffs(int x) { return __builtin_ffs(x); }
static inline int __popc(unsigned int x) { return __builtin_popcount(x); }
static inline float rsqrtf(float x) { return 1.0f / sqrtf(x); }
static inline int min(int a, int b) { return a < b ? a : b; }
static inline int max(int a, int b) { return a > b ? a : b; }
static inline unsigned int min(unsigned int a, unsigned int b) { return a < b ? a : b; }
static inline unsigned int max(unsigned int a, unsigned int b) { return a > b ? a : b; }

// Rounds to ten bits of fraction, ties away from zero.
static inline void emulated_cvt_rna_tf32_f32(unsigned int &bits, float x)
{
    bits = x != x || isinf(x) ? __float_as_uint(x) : (__float_as_uint(x) + 0x1000) & ~0x1FFFu;
}

// An address in shared memory is its place there.
static inline void emulated_cvta_to_shared_u64(unsigned long long &address, const void *p)
{
    address = (unsigned long long)((const char *)p - emulator_thread.shared_begin);
}

// Copies to shared memory, which are there when their thread has waited for them, and not before.
struct EmulatedCopy
{
    unsigned int to;
    const char *from;
    unsigned int size, bytes;
};
static EmulatedCopy emulated_copies[1024][64];
static int emulated_copy_counts[1024];

static inline int emulated_thread_number() { return (int)((threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x); }

static inline void emulated_copy(unsigned int to, const void *from, unsigned int size, unsigned int bytes)
{
    const int thread = emulated_thread_number();
    // What is not aligned is no address to the device.
    if (to % size != 0 || (size_t)from % size != 0 || bytes > size || emulated_copy_counts[thread] == 64) emulator_thread.barrier(-1000);
    emulated_copies[thread][emulated_copy_counts[thread]++] = {to, (const char *)from, size, bytes};
}

static inline void emulated_cp_async_cg_shared_global(unsigned int to, const void *from, unsigned int bytes) { emulated_copy(to, from, 16, bytes); }
static inline void emulated_cp_async_ca_shared_global(unsigned int to, const void *from, unsigned int bytes) { emulated_copy(to, from, 4, bytes); }

static inline void emulated_cp_async_wait_all()
{
    const int thread = emulated_thread_number();
    for (int i = 0; i < emulated_copy_counts[thread]; i++)
    {
        const EmulatedCopy &copy = emulated_copies[thread][i];
        memcpy(emulator_thread.shared_begin + copy.to, copy.from, copy.bytes);
        memset(emulator_thread.shared_begin + copy.to + copy.bytes, 0, copy.size - copy.bytes);
    }
    emulated_copy_counts[thread] = 0;
}

// Four matrices of eight rows of 16 bytes, whose addresses lanes 8i ... 8i + 7 give; lane 4g + t gets word t of row g of each.
static unsigned int emulated_rows[1024];

static inline void emulated_ldmatrix_sync_aligned_m8n8_x4_shared_b16(unsigned int &r0, unsigned int &r1, unsigned int &r2, unsigned int &r3, unsigned int row)
{
    const int thread = emulated_thread_number(), warp = thread / 32 * 32, g = thread % 32 / 4, t = thread % 4;
    emulated_rows[thread] = row;
    emulator_thread.barrier(row % 16 == 0 ? -3 : -1001);
    unsigned int *words[4] = {&r0, &r1, &r2, &r3};
    for (int i = 0; i < 4; i++) memcpy(words[i], emulator_thread.shared_begin + emulated_rows[warp + 8 * i + g] + 4 * t, 4);
    emulator_thread.barrier(-4);
}

// D = A·B + C of a warp, A [16, 8], B [8, 8], each lane with its share (PTX manual, matrix fragments for mma.m16n8k8). A
// warp's lanes see each other's operands between two barriers of the block, so all warps must take the same way.
static unsigned int emulated_fragments[1024][6];

static inline void emulated_mma_sync_aligned_m16n8k8_row_col_f32_tf32_tf32_f32(
    float &d0, float &d1, float &d2, float &d3, unsigned int a0, unsigned int a1, unsigned int a2, unsigned int a3, unsigned int b0, unsigned int b1)
{
    const int thread = emulated_thread_number();
    const unsigned int own[6] = {a0, a1, a2, a3, b0, b1};
    memcpy(emulated_fragments[thread], own, sizeof own);
    emulator_thread.barrier(-1);
    const int warp = thread / 32 * 32, g = thread % 32 / 4, t = thread % 4;
    float *sums[4] = {&d0, &d1, &d2, &d3};
    for (int i = 0; i < 4; i++)
    {
        const int row = g + i / 2 * 8, column = 2 * t + i % 2;
        for (int k = 0; k < 8; k++)
        {
            // The tensor core reads nineteen bits of each.
            const unsigned int a = emulated_fragments[warp + row % 8 * 4 + k % 4][row / 8 + k / 4 * 2] & ~0x1FFFu;
            const unsigned int b = emulated_fragments[warp + column * 4 + k % 4][4 + k / 4] & ~0x1FFFu;
            *sums[i] += __uint_as_float(a) * __uint_as_float(b);
        }
    }
    emulator_thread.barrier(-2);
}

// Calls a kernel with parameters as cuLaunchKernel takes them: a pointer to each.
template <typename... T>
struct EmulatedCall
{
    template <int... I>
    struct Indices {};
    template <int N, int... I>
    struct Count : Count<N - 1, N - 1, I...> {};
    template <int... I>
    struct Count<0, I...> { typedef Indices<I...> type; };

    template <int... I>
    static void run(void (*kernel)(T...), void **parameters, Indices<I...>) { kernel(*(T *)parameters[I]...); }
};

template <typename... T>
static void emulator_call(void (*kernel)(T...), void **parameters)
{
    EmulatedCall<T...>::run(kernel, parameters, typename EmulatedCall<T...>::template Count<sizeof...(T)>::type());
}

template <typename... T>
static int emulator_sizes(void (*)(T...), unsigned long *sizes)
{
    const unsigned long all[] = {sizeof(T)..., 0};
    memcpy(sizes, all, sizeof all);
    return sizeof...(T);
}
