using System.Runtime.InteropServices;

namespace Engine.Tensors.Gpu.Cuda;

/// <summary>
/// The functions of the CUDA driver that we call, under the names without their version: where <c>cuda.h</c> maps a name to
/// a later version (<c>cuMemAlloc</c> to <c>cuMemAlloc_v2</c>), that one is the entry point. Handles are pointers, a
/// <c>CUdevice</c> is an int, a <c>CUdeviceptr</c> 64 bits.
/// </summary>
internal static unsafe partial class CudaNative
{
    public const int Success = 0, InvalidValue = 1, OutOfMemory = 2, StubLibrary = 34, DeviceUnavailable = 46, NoDevice = 100,
        NotReady = 600, SystemDriverMismatch = 803;

    public const int MaxThreadsPerBlock = 1, MaxSharedMemoryPerBlock = 8, MultiprocessorCount = 16, ComputeCapabilityMajor = 75,
        ComputeCapabilityMinor = 76;

    public const uint StreamNonBlocking = 1, EventDefault = 0, EventDisableTiming = 2;

    public const int JitErrorLogBuffer = 5, JitErrorLogBufferSize = 6;

    /// <summary>The driver's own word for a status.</summary>
    public static string NameOf(int status)
    {
        byte* name;
        return GetErrorName(status, &name) == Success ? Marshal.PtrToStringUTF8((nint)name)! : "an unknown CUDA error";
    }

    /// <summary>
    /// Whether the context is useless from here on: the driver was shut down (4), the device is unavailable (46), memory or
    /// link failed (214, 220), a kernel read or wrote where it must not, ran into the time limit, hit an assertion, was no
    /// code or crashed (700, 702, 709, 710, 714 to 719), or nobody knows (999).
    /// </summary>
    public static bool IsFatal(int status) => status is 4 or DeviceUnavailable or 214 or 220 or 700 or 702 or 709 or 710
        or (>= 714 and <= 719) or 999;

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuInit")]
    public static partial int Init(uint flags);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuDriverGetVersion")]
    public static partial int DriverGetVersion(int* version);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuGetErrorName")]
    public static partial int GetErrorName(int status, byte** name);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuDeviceGetCount")]
    public static partial int DeviceGetCount(int* count);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuDeviceGet")]
    public static partial int DeviceGet(int* device, int ordinal);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuDeviceGetName")]
    public static partial int DeviceGetName(byte* name, int length, int device);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuDeviceGetAttribute")]
    public static partial int DeviceGetAttribute(int* value, int attribute, int device);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuDeviceTotalMem_v2")]
    public static partial int DeviceTotalMem(nuint* bytes, int device);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuDevicePrimaryCtxRetain")]
    public static partial int DevicePrimaryCtxRetain(nint* context, int device);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuDevicePrimaryCtxRelease_v2")]
    public static partial int DevicePrimaryCtxRelease(int device);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuCtxSetCurrent")]
    public static partial int CtxSetCurrent(nint context);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuStreamCreate")]
    public static partial int StreamCreate(nint* stream, uint flags);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuStreamDestroy_v2")]
    public static partial int StreamDestroy(nint stream);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuStreamSynchronize")]
    public static partial int StreamSynchronize(nint stream);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuMemAlloc_v2")]
    public static partial int MemAlloc(ulong* block, nuint bytes);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuMemFree_v2")]
    public static partial int MemFree(ulong block);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuMemHostAlloc")]
    public static partial int MemHostAlloc(void** block, nuint bytes, uint flags);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuMemFreeHost")]
    public static partial int MemFreeHost(void* block);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuMemcpyHtoDAsync_v2")]
    public static partial int MemcpyHtoDAsync(ulong target, void* source, nuint bytes, nint stream);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuMemcpyDtoHAsync_v2")]
    public static partial int MemcpyDtoHAsync(void* target, ulong source, nuint bytes, nint stream);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuModuleLoadDataEx")]
    public static partial int ModuleLoadDataEx(nint* module, void* image, uint optionCount, int* options, void** optionValues);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuModuleUnload")]
    public static partial int ModuleUnload(nint module);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuModuleGetFunction", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ModuleGetFunction(nint* function, nint module, string name);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuLaunchKernel")]
    public static partial int LaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream,
        void** parameters, void** extra);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuEventCreate")]
    public static partial int EventCreate(nint* mark, uint flags);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuEventRecord")]
    public static partial int EventRecord(nint mark, nint stream);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuEventQuery")]
    public static partial int EventQuery(nint mark);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuEventSynchronize")]
    public static partial int EventSynchronize(nint mark);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuEventElapsedTime")]
    public static partial int EventElapsedTime(float* milliseconds, nint start, nint end);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuEventDestroy_v2")]
    public static partial int EventDestroy(nint mark);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuGraphCreate")]
    public static partial int GraphCreate(nint* graph, uint flags);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuGraphAddKernelNode")]
    public static partial int GraphAddKernelNode(nint* node, nint graph, nint* before, nuint beforeCount, KernelNode* parameters);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuGraphExecKernelNodeSetParams")]
    public static partial int GraphExecKernelNodeSetParams(nint executable, nint node, KernelNode* parameters);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuGraphInstantiateWithFlags")]
    public static partial int GraphInstantiateWithFlags(nint* executable, nint graph, ulong flags);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuGraphDestroy")]
    public static partial int GraphDestroy(nint graph);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuGraphLaunch")]
    public static partial int GraphLaunch(nint executable, nint stream);

    [LibraryImport(NativeLibraries.Cuda, EntryPoint = "cuGraphExecDestroy")]
    public static partial int GraphExecDestroy(nint executable);

    /// <summary><c>CUDA_KERNEL_NODE_PARAMS</c> in its first version, which the functions without a version take.</summary>
    public struct KernelNode
    {
        public nint Kernel;
        public uint GridX, GridY, GridZ, BlockX, BlockY, BlockZ, SharedBytes;
        public void** Parameters, Extra;
    }
}
