// What goes before a kernel family when clang compiles it as CUDA for a GPU, without CUDA's headers: the words and
// functions that NVRTC knows by itself. Their names are taken, so that a family which defines one of its own with the same
// parameters is found out.
#pragma once

#define __device__ __attribute__((device))
#define __global__ __attribute__((global))
#define __shared__ __attribute__((shared))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
#define __forceinline__ inline __attribute__((always_inline))
#define __align__(n) __attribute__((aligned(n)))

struct uint3 { unsigned int x, y, z; };
struct float2 { float x, y; };
struct __align__(16) float4 { float x, y, z, w; };
struct __align__(16) int4 { int x, y, z, w; };
struct __align__(16) uint4 { unsigned int x, y, z, w; };
static __device__ inline float2 make_float2(float x, float y) { return {x, y}; }
static __device__ inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
static __device__ inline int4 make_int4(int x, int y, int z, int w) { return {x, y, z, w}; }
static __device__ inline uint4 make_uint4(unsigned int x, unsigned int y, unsigned int z, unsigned int w) { return {x, y, z, w}; }

#define threadIdx (uint3{(unsigned)__nvvm_read_ptx_sreg_tid_x(), (unsigned)__nvvm_read_ptx_sreg_tid_y(), (unsigned)__nvvm_read_ptx_sreg_tid_z()})
#define blockIdx (uint3{(unsigned)__nvvm_read_ptx_sreg_ctaid_x(), (unsigned)__nvvm_read_ptx_sreg_ctaid_y(), (unsigned)__nvvm_read_ptx_sreg_ctaid_z()})
#define blockDim (uint3{(unsigned)__nvvm_read_ptx_sreg_ntid_x(), (unsigned)__nvvm_read_ptx_sreg_ntid_y(), (unsigned)__nvvm_read_ptx_sreg_ntid_z()})
#define gridDim (uint3{(unsigned)__nvvm_read_ptx_sreg_nctaid_x(), (unsigned)__nvvm_read_ptx_sreg_nctaid_y(), (unsigned)__nvvm_read_ptx_sreg_nctaid_z()})

// __syncthreads is clang's own.
static __device__ inline unsigned int __umulhi(unsigned int a, unsigned int b) { return (unsigned int)((unsigned long long)a * b >> 32); }
static __device__ inline unsigned int __float_as_uint(float x) { return __builtin_bit_cast(unsigned int, x); }
static __device__ inline float __uint_as_float(unsigned int bits) { return __builtin_bit_cast(float, bits); }
static __device__ inline int __float_as_int(float x) { return __builtin_bit_cast(int, x); }
static __device__ inline float __int_as_float(int bits) { return __builtin_bit_cast(float, bits); }

#define OF_ONE(name) extern "C" __device__ float name##f(float) noexcept; static __device__ float name(float x) { return name##f(x); }
#define OF_TWO(name) extern "C" __device__ float name##f(float, float) noexcept; static __device__ float name(float x, float y) { return name##f(x, y); }
OF_ONE(acos) OF_ONE(acosh) OF_ONE(asin) OF_ONE(asinh) OF_ONE(atan) OF_ONE(atanh) OF_ONE(cbrt) OF_ONE(ceil) OF_ONE(cos) OF_ONE(cosh) OF_ONE(cospi)
OF_ONE(erf) OF_ONE(erfc) OF_ONE(erfinv) OF_ONE(exp) OF_ONE(exp10) OF_ONE(exp2) OF_ONE(expm1) OF_ONE(fabs) OF_ONE(floor) OF_ONE(lgamma) OF_ONE(log)
OF_ONE(log10) OF_ONE(log1p) OF_ONE(log2) OF_ONE(logb) OF_ONE(nearbyint) OF_ONE(normcdf) OF_ONE(rcbrt) OF_ONE(rint) OF_ONE(round) OF_ONE(rsqrt)
OF_ONE(sin) OF_ONE(sinh) OF_ONE(sinpi) OF_ONE(sqrt) OF_ONE(tan) OF_ONE(tanh) OF_ONE(tgamma) OF_ONE(trunc)
OF_TWO(atan2) OF_TWO(copysign) OF_TWO(fdim) OF_TWO(fdivide) OF_TWO(fmax) OF_TWO(fmin) OF_TWO(fmod) OF_TWO(hypot) OF_TWO(nextafter) OF_TWO(pow)
OF_TWO(remainder) OF_TWO(rhypot)
extern "C" __device__ float fmaf(float, float, float) noexcept;
extern "C" __device__ float ldexpf(float, int) noexcept;
static __device__ float fma(float x, float y, float z) { return fmaf(x, y, z); }
static __device__ float ldexp(float x, int exponent) { return ldexpf(x, exponent); }
static __device__ inline float abs(float x) { return fabsf(x); }
static __device__ inline int abs(int x) { return x < 0 ? -x : x; }
static __device__ inline float max(float a, float b) { return fmaxf(a, b); }
static __device__ inline float min(float a, float b) { return fminf(a, b); }
static __device__ inline int max(int a, int b) { return a > b ? a : b; }
static __device__ inline int min(int a, int b) { return a < b ? a : b; }
static __device__ inline unsigned int max(unsigned int a, unsigned int b) { return a > b ? a : b; }
static __device__ inline unsigned int min(unsigned int a, unsigned int b) { return a < b ? a : b; }
