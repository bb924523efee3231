using System.Runtime.InteropServices;

namespace Engine.Tensors.Gpu.OpenCl;

/// <summary>The functions of OpenCL 1.2 that the driver calls, under their own names.</summary>
internal static unsafe partial class OpenClNative
{
    public const int Success = 0, DeviceNotFound = -1, OutOfMemory = -4, OutOfResources = -5, InvalidBufferSize = -61,
        NoPlatform = -1001;

    public const ulong DeviceTypeCpu = 1 << 1, DeviceTypeGpu = 1 << 2, DeviceTypeAll = 0xFFFFFFFF;

    public const uint DeviceType = 0x1000, DeviceMaxComputeUnits = 0x1002, DeviceMaxWorkGroupSize = 0x1004,
        DeviceSingleFpConfig = 0x101B, DeviceGlobalMemSize = 0x101F,
        DeviceLocalMemSize = 0x1023, DeviceAvailable = 0x1027, DeviceCompilerAvailable = 0x1028, DeviceName = 0x102B,
        DriverVersion = 0x102D, DeviceVersion = 0x102F;

    public const uint ProgramBinarySizes = 0x1165, ProgramBinaries = 0x1166, ProgramBuildLog = 0x1183;

    public const uint EventCommandExecutionStatus = 0x11D3, ProfilingCommandEnd = 0x1283;

    public const ulong CorrectlyRoundedDivideSqrt = 1 << 7;

    public const ulong QueueProfilingEnable = 1 << 1, MemReadWrite = 1;

    public static string NameOf(int status) => status switch
    {
        -1 => "CL_DEVICE_NOT_FOUND",
        -2 => "CL_DEVICE_NOT_AVAILABLE",
        -3 => "CL_COMPILER_NOT_AVAILABLE",
        -4 => "CL_MEM_OBJECT_ALLOCATION_FAILURE",
        -5 => "CL_OUT_OF_RESOURCES",
        -6 => "CL_OUT_OF_HOST_MEMORY",
        -7 => "CL_PROFILING_INFO_NOT_AVAILABLE",
        -11 => "CL_BUILD_PROGRAM_FAILURE",
        -14 => "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST",
        -30 => "CL_INVALID_VALUE",
        -33 => "CL_INVALID_DEVICE",
        -34 => "CL_INVALID_CONTEXT",
        -36 => "CL_INVALID_COMMAND_QUEUE",
        -38 => "CL_INVALID_MEM_OBJECT",
        -42 => "CL_INVALID_BINARY",
        -44 => "CL_INVALID_PROGRAM",
        -45 => "CL_INVALID_PROGRAM_EXECUTABLE",
        -46 => "CL_INVALID_KERNEL_NAME",
        -48 => "CL_INVALID_KERNEL",
        -49 => "CL_INVALID_ARG_INDEX",
        -50 => "CL_INVALID_ARG_VALUE",
        -51 => "CL_INVALID_ARG_SIZE",
        -52 => "CL_INVALID_KERNEL_ARGS",
        -53 => "CL_INVALID_WORK_DIMENSION",
        -54 => "CL_INVALID_WORK_GROUP_SIZE",
        -55 => "CL_INVALID_WORK_ITEM_SIZE",
        -61 => "CL_INVALID_BUFFER_SIZE",
        -63 => "CL_INVALID_GLOBAL_WORK_SIZE",
        -1001 => "CL_PLATFORM_NOT_FOUND_KHR",
        _ => "an OpenCL error",
    };

    /// <summary>
    /// Whether the context is useless from here on: the device is not available (-2), a command ended in an error (-14), the
    /// context or queue is no longer valid (-34, -36), as drivers say after a kernel that crashed, or NVIDIA's own -9999.
    /// </summary>
    public static bool IsFatal(int status) => status is -2 or -14 or -34 or -36 or -9999;

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clGetPlatformIDs")]
    public static partial int GetPlatformIds(uint entries, nint* platforms, uint* count);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clGetPlatformInfo")]
    public static partial int GetPlatformInfo(nint platform, uint parameter, nuint size, void* value, nuint* sizeNeeded);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clGetDeviceIDs")]
    public static partial int GetDeviceIds(nint platform, ulong type, uint entries, nint* devices, uint* count);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clGetDeviceInfo")]
    public static partial int GetDeviceInfo(nint device, uint parameter, nuint size, void* value, nuint* sizeNeeded);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clCreateContext")]
    public static partial nint CreateContext(
        nint* properties, uint deviceCount, nint* devices, nint notify, nint userData, int* status);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clReleaseContext")]
    public static partial int ReleaseContext(nint context);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clCreateCommandQueue")]
    public static partial nint CreateCommandQueue(nint context, nint device, ulong properties, int* status);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clReleaseCommandQueue")]
    public static partial int ReleaseCommandQueue(nint queue);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clCreateBuffer")]
    public static partial nint CreateBuffer(nint context, ulong flags, nuint size, void* host, int* status);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clReleaseMemObject")]
    public static partial int ReleaseMemObject(nint buffer);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clEnqueueWriteBuffer")]
    public static partial int EnqueueWriteBuffer(
        nint queue, nint buffer, uint blocking, nuint offset, nuint size, void* source, uint waits, nint* waitList, nint* done);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clEnqueueReadBuffer")]
    public static partial int EnqueueReadBuffer(
        nint queue, nint buffer, uint blocking, nuint offset, nuint size, void* target, uint waits, nint* waitList, nint* done);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clCreateProgramWithSource")]
    public static partial nint CreateProgramWithSource(nint context, uint count, byte** texts, nuint* lengths, int* status);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clCreateProgramWithBinary")]
    public static partial nint CreateProgramWithBinary(
        nint context, uint deviceCount, nint* devices, nuint* lengths, byte** binaries, int* binaryStatus, int* status);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clBuildProgram", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int BuildProgram(
        nint program, uint deviceCount, nint* devices, string options, nint notify, nint userData);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clGetProgramBuildInfo")]
    public static partial int GetProgramBuildInfo(
        nint program, nint device, uint parameter, nuint size, void* value, nuint* sizeNeeded);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clGetProgramInfo")]
    public static partial int GetProgramInfo(nint program, uint parameter, nuint size, void* value, nuint* sizeNeeded);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clReleaseProgram")]
    public static partial int ReleaseProgram(nint program);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clCreateKernel", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint CreateKernel(nint program, string name, int* status);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clReleaseKernel")]
    public static partial int ReleaseKernel(nint kernel);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clSetKernelArg")]
    public static partial int SetKernelArg(nint kernel, uint index, nuint size, void* value);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clEnqueueNDRangeKernel")]
    public static partial int EnqueueNdRangeKernel(
        nint queue, nint kernel, uint dimensions, nuint* offset, nuint* global, nuint* local, uint waits, nint* waitList,
        nint* done);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clEnqueueMarkerWithWaitList")]
    public static partial int EnqueueMarker(nint queue, uint waits, nint* waitList, nint* done);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clWaitForEvents")]
    public static partial int WaitForEvents(uint count, nint* events);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clGetEventInfo")]
    public static partial int GetEventInfo(nint done, uint parameter, nuint size, void* value, nuint* sizeNeeded);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clGetEventProfilingInfo")]
    public static partial int GetEventProfilingInfo(nint done, uint parameter, nuint size, void* value, nuint* sizeNeeded);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clReleaseEvent")]
    public static partial int ReleaseEvent(nint done);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clFlush")]
    public static partial int Flush(nint queue);

    [LibraryImport(NativeLibraries.OpenCl, EntryPoint = "clFinish")]
    public static partial int Finish(nint queue);
}
