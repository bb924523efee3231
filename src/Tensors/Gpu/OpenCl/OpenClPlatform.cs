using System.Text;
using static Engine.Tensors.Gpu.OpenCl.OpenClNative;

namespace Engine.Tensors.Gpu.OpenCl;

/// <summary>The OpenCL devices of all vendors: GPUs first, in the order in which the loader lists them.</summary>
internal sealed unsafe class OpenClPlatform : IGpuPlatform
{
    private List<(nint Device, GpuDeviceInfo Info)>? _found;

    /// <inheritdoc/>
    public string Prefix => "opencl";

    /// <inheritdoc/>
    public IReadOnlyList<GpuDeviceInfo> Find() => [.. Found().Select(f => f.Info)];

    /// <inheritdoc/>
    public IGpuDriver Open(int index) => new OpenClDriver(Found()[index].Device, Found()[index].Info);

    private List<(nint Device, GpuDeviceInfo Info)> Found()
    {
        if (_found is not null) return _found;
        if (!NativeLibraries.TryLoad(NativeLibraries.OpenCl, out var sought))
        {
            throw new DeviceException(
                $"there is no OpenCL library ({sought}); install the GPU's driver, or on Debian ocl-icd-libopencl1 and, for "
                    + "the processor, pocl-opencl-icd.");
        }

        uint count;
        var status = GetPlatformIds(0, null, &count);
        if (status == NoPlatform || (status == Success && count == 0)) throw NoDevice();
        Check(status, "clGetPlatformIDs");
        var platforms = stackalloc nint[(int)count];
        Check(GetPlatformIds(count, platforms, null), "clGetPlatformIDs");
        var devices = new List<nint>();
        for (var i = 0; i < count; i++)
        {
            uint some;
            status = GetDeviceIds(platforms[i], DeviceTypeAll, 0, null, &some);
            if (status == DeviceNotFound || (status == Success && some == 0)) continue;
            Check(status, "clGetDeviceIDs");
            var ids = new nint[some];
            fixed (nint* first = ids) Check(GetDeviceIds(platforms[i], DeviceTypeAll, some, first, null), "clGetDeviceIDs");
            devices.AddRange(ids.Where(
                d => Number<uint>(d, DeviceAvailable) != 0 && Number<uint>(d, DeviceCompilerAvailable) != 0));
        }

        var ordered = devices.OrderBy(d => (Number<ulong>(d, DeviceType) & DeviceTypeGpu) == 0).ToArray();
        if (ordered.Length == 0) throw NoDevice();
        return _found = [.. ordered.Select((d, i) => (d, Describe(d, i == 0 ? Prefix : $"{Prefix}:{i}")))];
    }

    // IEEE arithmetic, as far as the device has it: no relaxed maths, and quotients and roots rounded correctly, which OpenCL
    // 1.2 leaves open.
    private static string Options(nint device) =>
        (Number<ulong>(device, DeviceSingleFpConfig) & CorrectlyRoundedDivideSqrt) != 0
        ? "-cl-std=CL1.2 -cl-fp32-correctly-rounded-divide-sqrt" : "-cl-std=CL1.2";

    private static DeviceException NoDevice() =>
        new("the OpenCL library is there but offers no device; install the GPU's driver, or on Debian pocl-opencl-icd for "
        + "the processor.");

    private static GpuDeviceInfo Describe(nint device, string name) => new()
    {
        Name = name,
        Model = Text(device, DeviceName),
        Driver = $"{Text(device, DeviceVersion)}, driver {Text(device, DriverVersion)}",
        IsGpu = (Number<ulong>(device, DeviceType) & DeviceTypeGpu) != 0,
        MemoryBytes = (long)Number<ulong>(device, DeviceGlobalMemSize),
        ComputeUnits = (int)Number<uint>(device, DeviceMaxComputeUnits),
        LargestGroup = (int)Number<nuint>(device, DeviceMaxWorkGroupSize),
        LocalBytes = (int)Number<ulong>(device, DeviceLocalMemSize),
        CompilerOptions = Options(device),
    };

    private static T Number<T>(nint device, uint parameter)
        where T : unmanaged
    {
        T value;
        Check(GetDeviceInfo(device, parameter, (nuint)sizeof(T), &value, null), "clGetDeviceInfo");
        return value;
    }

    private static string Text(nint device, uint parameter)
    {
        nuint length;
        Check(GetDeviceInfo(device, parameter, 0, null, &length), "clGetDeviceInfo");
        var bytes = new byte[length];
        fixed (byte* first = bytes) Check(GetDeviceInfo(device, parameter, length, first, null), "clGetDeviceInfo");
        return Encoding.UTF8.GetString(bytes).TrimEnd('\0').Trim();
    }

    private static void Check(int status, string call)
    {
        if (status != Success) throw new DeviceException($"{call}: {NameOf(status)} ({status}).");
    }
}
