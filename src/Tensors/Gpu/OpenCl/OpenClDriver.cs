using System.Runtime.CompilerServices;
using System.Text;
using Engine.Tensors.Cpu;
using static Engine.Tensors.Gpu.OpenCl.OpenClNative;

namespace Engine.Tensors.Gpu.OpenCl;

/// <summary>A device through OpenCL 1.2: one context, one in-order queue.</summary>
internal sealed unsafe class OpenClDriver : IGpuDriver
{
    // IEEE arithmetic as the standard has it: no -cl-fast-relaxed-math, and denormal numbers stay where the device has them.
    private const string BuildOptions = "-cl-std=CL1.2";

    private readonly nint _device;
    private readonly nint _context;
    private readonly nint _queue;
    private readonly StagingQueue _staging;
    private readonly List<nint> _programs = [];
    private readonly List<nint> _kernels = [];

    public OpenClDriver(nint device, GpuDeviceInfo info)
    {
        (_device, Info) = (device, info);
        int status;
        _context = CreateContext(null, 1, &device, 0, 0, &status);
        Check(status, "clCreateContext");
        _queue = CreateCommandQueue(_context, device, QueueProfilingEnable, &status);
        Check(status, "clCreateCommandQueue");
        _staging = new StagingQueue(new CpuMemoryPool(), IsDone, e => Check(ReleaseEvent(e), "clReleaseEvent"));
    }

    /// <inheritdoc/>
    public GpuDeviceInfo Info { get; }

    /// <inheritdoc/>
    public bool TryAllocate(long byteLength, out nint block)
    {
        int status;
        block = CreateBuffer(_context, MemReadWrite, (nuint)byteLength, null, &status);
        if (status is OutOfMemory or OutOfResources or InvalidBufferSize) return false;
        Check(status, $"clCreateBuffer of {byteLength} bytes");

        // Many drivers find memory only when a buffer is first used; touching it tells now.
        byte zero = 0;
        status = EnqueueWriteBuffer(_queue, block, 0, 0, 1, &zero, 0, null, null);
        if (status == Success) status = Finish(_queue);
        if (status is not (OutOfMemory or OutOfResources))
        {
            Check(status, $"first use of a buffer of {byteLength} bytes");
            return true;
        }

        Free(block);
        block = 0;
        return false;
    }

    /// <inheritdoc/>
    public void Free(nint block) => Check(ReleaseMemObject(block), "clReleaseMemObject");

    /// <inheritdoc/>
    public void Upload(ReadOnlySpan<byte> source, nint target, long offset)
    {
        var length = source.Length;
        _staging.Add(source, copy =>
        {
            nint done;
            Check(EnqueueWriteBuffer(_queue, target, 0, (nuint)offset, (nuint)length, (void*)copy, 0, null, &done), $"upload of {length} bytes");
            return done;
        });
    }

    /// <inheritdoc/>
    public void Download(nint source, long offset, Span<byte> target)
    {
        fixed (byte* first = target) Check(EnqueueReadBuffer(_queue, source, 1, (nuint)offset, (nuint)target.Length, first, 0, null, null), $"download of {target.Length} bytes");
        _staging.Retire(wait: true);
    }

    /// <inheritdoc/>
    public void Copy(nint source, long sourceOffset, nint target, long targetOffset, long byteLength) =>
        Check(EnqueueCopyBuffer(_queue, source, target, (nuint)sourceOffset, (nuint)targetOffset, (nuint)byteLength, 0, null, null), $"copy of {byteLength} bytes");

    /// <inheritdoc/>
    public void Fill(nint target, long offset, uint word, long words) =>
        Check(EnqueueFillBuffer(_queue, target, &word, sizeof(uint), (nuint)offset, (nuint)words * sizeof(uint), 0, null, null), $"fill of {words} words");

    /// <inheritdoc/>
    public byte[] Compile(KernelSource source)
    {
        int status;
        nint program;
        var bytes = Encoding.UTF8.GetBytes(source.Text);
        fixed (byte* text = bytes)
        {
            var length = (nuint)bytes.Length;
            program = CreateProgramWithSource(_context, 1, &text, &length, &status);
        }

        Check(status, "clCreateProgramWithSource");
        try
        {
            Build(program, source);
            nuint size;
            Check(GetProgramInfo(program, ProgramBinarySizes, (nuint)sizeof(nuint), &size, null), "clGetProgramInfo");
            var binary = new byte[size];
            fixed (byte* first = binary) Check(GetProgramInfo(program, ProgramBinaries, (nuint)sizeof(byte*), &first, null), "clGetProgramInfo");
            return binary;
        }
        finally
        {
            Check(ReleaseProgram(program), "clReleaseProgram");
        }
    }

    /// <inheritdoc/>
    public nint Load(KernelSource source, byte[] binary)
    {
        int status, binaryStatus;
        nint program;
        var device = _device;
        fixed (byte* first = binary)
        {
            var length = (nuint)binary.Length;
            program = CreateProgramWithBinary(_context, 1, &device, &length, &first, &binaryStatus, &status);
        }

        Check(status != Success ? status : binaryStatus, $"clCreateProgramWithBinary of {source.Family}.cl");
        _programs.Add(program);
        Build(program, source);
        return program;
    }

    /// <inheritdoc/>
    public nint Kernel(nint program, string name)
    {
        int status;
        var kernel = CreateKernel(program, name, &status);
        Check(status, $"clCreateKernel {name}");
        _kernels.Add(kernel);
        return kernel;
    }

    /// <inheritdoc/>
    public void Launch(nint kernel, string name, in GpuGrid grid, ReadOnlySpan<KernelArgument> arguments)
    {
        uint index = 0;
        foreach (var argument in arguments)
        {
            if (argument.IsBlock)
            {
                var block = argument.Block;
                Check(SetKernelArg(kernel, index, (nuint)sizeof(nint), &block), $"argument {index} of {name}");
                index++;
            }

            var bits = argument.Bits;
            Check(SetKernelArg(kernel, index, (nuint)argument.Size, &bits), $"argument {index} of {name}");
            index++;
        }

        var local = stackalloc nuint[] { (nuint)grid.ItemsX, (nuint)grid.ItemsY, (nuint)grid.ItemsZ };
        var global = stackalloc nuint[] { (nuint)grid.GroupsX * local[0], (nuint)grid.GroupsY * local[1], (nuint)grid.GroupsZ * local[2] };
        Check(EnqueueNdRangeKernel(_queue, kernel, 3, null, global, local, 0, null, null), $"launch {name} ({grid})");
    }

    /// <inheritdoc/>
    public void Wait()
    {
        Check(Finish(_queue), "clFinish");
        _staging.Retire(wait: true);
    }

    /// <inheritdoc/>
    public double Measure(Action work)
    {
        var start = Marker();
        work();
        var end = Marker();
        Check(WaitForEvents(1, &end), "clWaitForEvents");
        return (Time(end) - Time(start)) * 1e-9;

        nint Marker()
        {
            nint marker;
            Check(EnqueueMarker(_queue, 0, null, &marker), "clEnqueueMarkerWithWaitList");
            return marker;
        }

        double Time(nint marker)
        {
            ulong nanoseconds;
            Check(GetEventProfilingInfo(marker, ProfilingCommandEnd, sizeof(ulong), &nanoseconds, null), "clGetEventProfilingInfo");
            Check(ReleaseEvent(marker), "clReleaseEvent");
            return nanoseconds;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Wait();
        foreach (var kernel in _kernels) Check(ReleaseKernel(kernel), "clReleaseKernel");
        foreach (var program in _programs) Check(ReleaseProgram(program), "clReleaseProgram");
        Check(ReleaseCommandQueue(_queue), "clReleaseCommandQueue");
        Check(ReleaseContext(_context), "clReleaseContext");
    }

    private void Build(nint program, KernelSource source)
    {
        var device = _device;
        var status = BuildProgram(program, 1, &device, BuildOptions, 0, 0);
        if (status == Success) return;
        nuint length;
        Check(GetProgramBuildInfo(program, device, ProgramBuildLog, 0, null, &length), "clGetProgramBuildInfo");
        var log = new byte[length];
        fixed (byte* first = log) Check(GetProgramBuildInfo(program, device, ProgramBuildLog, length, first, null), "clGetProgramBuildInfo");
        throw CompilerLog.Error(Info, source, $"{NameOf(status)} ({status})", Encoding.UTF8.GetString(log).TrimEnd('\0'));
    }

    private bool IsDone(nint done, bool wait)
    {
        if (wait) Check(WaitForEvents(1, &done), "clWaitForEvents");
        int state;
        Check(GetEventInfo(done, EventCommandExecutionStatus, sizeof(int), &state, null), "clGetEventInfo");
        if (state < 0) Check(state, "upload");
        return state == 0;
    }

    private void Check(int status, string call)
    {
        if (status != Success) throw Failure(status, call);
    }

    private void Check(int status, [InterpolatedStringHandlerArgument(nameof(status))] ref StatusMessage call)
    {
        if (status != Success) throw Failure(status, call.ToString());
    }

    private DeviceException Failure(int status, string call) => new($"{Info.Name}: {call}: {NameOf(status)} ({status}).");
}
