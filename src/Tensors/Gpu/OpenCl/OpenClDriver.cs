using System.Text;
using Engine.Tensors.Cpu;
using static Engine.Tensors.Gpu.OpenCl.OpenClNative;

namespace Engine.Tensors.Gpu.OpenCl;

/// <summary>A device through OpenCL 1.2: one context, one in-order queue.</summary>
internal sealed unsafe class OpenClDriver : IGpuDriver
{
    // Drivers may hold commands back until somebody waits; after so many the device is told to begin.
    private const int LaunchesOfFlush = 16;

    private readonly nint _device;
    private readonly nint _context;
    private readonly nint _queue;
    private readonly DriverStatus _status;
    private readonly StagingQueue _staging;
    private readonly List<nint> _programs = [];
    private readonly List<nint> _kernels = [];
    private int _launches;
    private bool _isDisposed;

    public OpenClDriver(nint device, GpuDeviceInfo info)
    {
        (_device, Info) = (device, info);
        _status = new DriverStatus(info, NameOf, IsFatal);
        int status;
        _context = CreateContext(null, 1, &device, 0, 0, &status);
        _status.Check(status, "clCreateContext");
        _queue = CreateCommandQueue(_context, device, QueueProfilingEnable, &status);
        if (status != Success) _ = ReleaseContext(_context);
        _status.Check(status, "clCreateCommandQueue");
        _staging = new StagingQueue(new CpuMemoryPool(), IsDone, e => _status.Check(ReleaseEvent(e), "clReleaseEvent"));
    }

    /// <inheritdoc/>
    public GpuDeviceInfo Info { get; }

    /// <inheritdoc/>
    public bool TryAllocate(long byteLength, out nint block)
    {
        _status.ThrowIfLost();
        int status;
        block = CreateBuffer(_context, MemReadWrite, (nuint)byteLength, null, &status);
        if (status is OutOfMemory or OutOfResources or InvalidBufferSize) return false;
        _status.Check(status, $"clCreateBuffer of {byteLength} bytes");

        // Many drivers find memory only when a buffer is first used; touching it tells now.
        byte zero = 0;
        status = EnqueueWriteBuffer(_queue, block, 0, 0, 1, &zero, 0, null, null);
        if (status == Success) status = Finish(_queue);
        if (status is not (OutOfMemory or OutOfResources))
        {
            _status.Check(status, $"first use of a buffer of {byteLength} bytes");
            return true;
        }

        Free(block);
        block = 0;
        return false;
    }

    /// <inheritdoc/>
    public void Free(nint block)
    {
        var status = ReleaseMemObject(block);
        if (!_status.IsLost) _status.Check(status, "clReleaseMemObject");
    }

    /// <inheritdoc/>
    public void Upload(ReadOnlySpan<byte> source, nint target, long offset)
    {
        _status.ThrowIfLost();
        var length = source.Length;
        _staging.Add(source, copy =>
        {
            nint done;
            _status.Check(EnqueueWriteBuffer(_queue, target, 0, (nuint)offset, (nuint)length, (void*)copy, 0, null, &done),
                $"upload of {length} bytes");
            return done;
        });
    }

    /// <inheritdoc/>
    public void Download(nint source, long offset, Span<byte> target)
    {
        _status.ThrowIfLost();
        fixed (byte* first = target) _status.Check(
            EnqueueReadBuffer(_queue, source, 1, (nuint)offset, (nuint)target.Length, first, 0, null, null),
            $"download of {target.Length} bytes");
        _staging.Retire(wait: true);
    }

    /// <inheritdoc/>
    public byte[] Compile(KernelSource source)
    {
        _status.ThrowIfLost();
        int status;
        nint program;
        var bytes = Encoding.UTF8.GetBytes(source.Text);
        fixed (byte* text = bytes)
        {
            var length = (nuint)bytes.Length;
            program = CreateProgramWithSource(_context, 1, &text, &length, &status);
        }

        _status.Check(status, "clCreateProgramWithSource");
        try
        {
            Build(program, source);
            nuint size;
            _status.Check(GetProgramInfo(program, ProgramBinarySizes, (nuint)sizeof(nuint), &size, null), "clGetProgramInfo");
            var binary = new byte[size];
            fixed (byte* first = binary) _status.Check(
                GetProgramInfo(program, ProgramBinaries, (nuint)sizeof(byte*), &first, null), "clGetProgramInfo");
            return binary;
        }
        finally
        {
            _status.Check(ReleaseProgram(program), "clReleaseProgram");
        }
    }

    /// <inheritdoc/>
    public nint Load(KernelSource source, byte[] binary)
    {
        _status.ThrowIfLost();
        int status, binaryStatus;
        nint program;
        var device = _device;
        fixed (byte* first = binary)
        {
            var length = (nuint)binary.Length;
            program = CreateProgramWithBinary(_context, 1, &device, &length, &first, &binaryStatus, &status);
        }

        _status.Check(status != Success ? status : binaryStatus, $"clCreateProgramWithBinary of {source.Family}.cl");
        _programs.Add(program);
        Build(program, source);
        return program;
    }

    /// <inheritdoc/>
    public nint Kernel(nint program, string name)
    {
        _status.ThrowIfLost();
        int status;
        var kernel = CreateKernel(program, name, &status);
        _status.Check(status, $"clCreateKernel {name}");
        _kernels.Add(kernel);
        return kernel;
    }

    /// <inheritdoc/>
    public void Launch(nint kernel, string name, in GpuGrid grid, ReadOnlySpan<KernelArgument> arguments)
    {
        _status.ThrowIfLost();
        uint index = 0;
        foreach (var argument in arguments)
        {
            if (argument.IsBlock)
            {
                var block = argument.Block;
                _status.Check(SetKernelArg(kernel, index, (nuint)sizeof(nint), &block), $"argument {index} of {name}");
                index++;
            }

            var bits = argument.Bits;
            _status.Check(SetKernelArg(kernel, index, (nuint)argument.Size, &bits), $"argument {index} of {name}");
            index++;
        }

        var local = stackalloc nuint[] { (nuint)grid.ItemsX, (nuint)grid.ItemsY, (nuint)grid.ItemsZ };
        var global = stackalloc nuint[] { (nuint)grid.GroupsX * local[0], (nuint)grid.GroupsY * local[1],
            (nuint)grid.GroupsZ * local[2] };
        _status.Check(EnqueueNdRangeKernel(_queue, kernel, 3, null, global, local, 0, null, null), $"launch {name} ({grid})");
        if (++_launches % LaunchesOfFlush == 0) _status.Check(Flush(_queue), "clFlush");
    }

    /// <inheritdoc/>
    public void Wait()
    {
        _status.ThrowIfLost();
        _status.Check(Finish(_queue), "clFinish");
        _staging.Retire(wait: true);
    }

    /// <inheritdoc/>
    public nint Mark()
    {
        _status.ThrowIfLost();
        nint mark;
        _status.Check(EnqueueMarker(_queue, 0, null, &mark), "clEnqueueMarkerWithWaitList");
        return mark;
    }

    /// <inheritdoc/>
    public double SecondsBetween(nint start, nint end)
    {
        _status.ThrowIfLost();
        _status.Check(WaitForEvents(1, &end), "clWaitForEvents");
        return (Time(end) - Time(start)) * 1e-9;

        double Time(nint mark)
        {
            ulong nanoseconds;
            _status.Check(GetEventProfilingInfo(mark, ProfilingCommandEnd, sizeof(ulong), &nanoseconds, null),
                "clGetEventProfilingInfo");
            _status.Check(ReleaseEvent(mark), "clReleaseEvent");
            return nanoseconds;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        try
        {
            Wait();
            _staging.Dispose();
        }
        catch (DeviceException) when (_status.IsLost)
        {
            // What was on its way never arrives; its host memory is the process's until it ends.
        }

        foreach (var kernel in _kernels) _ = ReleaseKernel(kernel);
        foreach (var program in _programs) _ = ReleaseProgram(program);
        _ = ReleaseCommandQueue(_queue);
        _ = ReleaseContext(_context);
        _status.Close();
    }

    private void Build(nint program, KernelSource source)
    {
        var device = _device;
        var status = BuildProgram(program, 1, &device, Info.CompilerOptions, 0, 0);
        if (status == Success) return;
        nuint length;
        _status.Check(GetProgramBuildInfo(program, device, ProgramBuildLog, 0, null, &length), "clGetProgramBuildInfo");
        var log = new byte[length];
        fixed (byte* first = log) _status.Check(GetProgramBuildInfo(program, device, ProgramBuildLog, length, first, null),
            "clGetProgramBuildInfo");
        throw CompilerLog.Error(Info, source, $"{NameOf(status)} ({status})", Encoding.UTF8.GetString(log).TrimEnd('\0'));
    }

    private bool IsDone(nint done, bool wait)
    {
        if (wait) _status.Check(WaitForEvents(1, &done), "clWaitForEvents");
        int state;
        _status.Check(GetEventInfo(done, EventCommandExecutionStatus, sizeof(int), &state, null), "clGetEventInfo");
        if (state < 0) _status.Check(state, "upload");
        return state == 0;
    }
}
