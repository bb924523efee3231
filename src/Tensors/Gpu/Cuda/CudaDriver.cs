using System.Runtime.InteropServices;
using static Engine.Tensors.Gpu.Cuda.CudaNative;

namespace Engine.Tensors.Gpu.Cuda;

/// <summary>
/// A device through the CUDA driver: its primary context, which other CUDA libraries in the program share, and one stream
/// of our own.
/// </summary>
internal sealed unsafe partial class CudaDriver : IGpuDriver
{
    // Copies from and to the host go through page-locked memory in pieces of this size: the device moves one while the
    // processor fills or empties the next, and no tensor is too large to be staged. Pageable memory would halve the speed
    // of a download and make every upload wait.
    private const int Piece = 8 * 1024 * 1024;

    // A context is current for a thread, and calls come from many. Numbered, as a later context may have the same address.
    private static int s_drivers;

    [ThreadStatic]
    private static int t_current;

    private readonly int _number = Interlocked.Increment(ref s_drivers);
    private readonly int _device;
    private readonly nint _context;
    private readonly nint _stream;
    private readonly DriverStatus _status;
    private readonly PinnedMemoryPool _pinned;
    private readonly StagingQueue _staging;
    private readonly Stack<nint> _fences = [];
    private readonly List<nint> _modules = [];
    private bool _isDisposed;

    public CudaDriver(int device, GpuDeviceInfo info)
    {
        (_device, Info) = (device, info);
        _status = new DriverStatus(info, NameOf, IsFatal);
        _pinned = new PinnedMemoryPool(_status);
        _staging = new StagingQueue(_pinned, IsPassed, _fences.Push);
        nint context, stream;
        var status = DevicePrimaryCtxRetain(&context, device);
        if (status == DeviceUnavailable)
        {
            throw new DeviceException(
                $"{info.Name}: {info.Model} is not to be had: another program uses it alone, or its compute mode forbids it "
                    + "(nvidia-smi -q -d COMPUTE).");
        }

        _status.Check(status, "cuDevicePrimaryCtxRetain");
        _context = context;
        try
        {
            Enter();
            _status.Check(StreamCreate(&stream, StreamNonBlocking), "cuStreamCreate");
            _stream = stream;
        }
        catch
        {
            _ = DevicePrimaryCtxRelease(device);
            throw;
        }
    }

    /// <inheritdoc/>
    public GpuDeviceInfo Info { get; }

    /// <inheritdoc/>
    public bool TryAllocate(long byteLength, out nint block)
    {
        Enter();
        ulong address = 0;
        var status = MemAlloc(&address, (nuint)byteLength);
        if (status != OutOfMemory) _status.Check(status, $"cuMemAlloc of {byteLength} bytes");
        block = (nint)address;
        return status == Success;
    }

    /// <inheritdoc/>
    public void Free(nint block)
    {
        // The memory of a lost device went with it.
        if (_status.IsLost) return;
        Enter();
        _status.Check(MemFree((ulong)block), "cuMemFree");
    }

    /// <inheritdoc/>
    public void Upload(ReadOnlySpan<byte> source, nint target, long offset)
    {
        Enter();
        while (source.Length > 0)
        {
            var piece = source[..Math.Min(source.Length, Piece)];
            var (address, length) = ((ulong)(target + offset), piece.Length);
            _staging.Add(piece, copy =>
            {
                _status.Check(MemcpyHtoDAsync(address, (void*)copy, (nuint)length, _stream), $"upload of {length} bytes");
                return FenceOrWait();
            });
            source = source[piece.Length..];
            offset += piece.Length;
        }
    }

    /// <inheritdoc/>
    public void Download(nint source, long offset, Span<byte> target)
    {
        Enter();
        var pieces = (int)((target.Length + (Piece - 1L)) / Piece);
        Span<(nint Block, long Length, nint Fence)> slots = stackalloc (nint, long, nint)[2];
        var slotBytes = Math.Min(target.Length, Piece);
        try
        {
            for (var piece = 0; piece <= pieces; piece++)
            {
                if (piece < pieces)
                {
                    ref var next = ref slots[piece % 2];
                    if (next.Block == 0) next.Block = _pinned.Rent(slotBytes, out next.Length);
                    var from = (long)piece * Piece;
                    var length = (int)Math.Min(Piece, target.Length - from);
                    _status.Check(MemcpyDtoHAsync((void*)next.Block, (ulong)(source + offset + from), (nuint)length, _stream),
                        $"download of {target.Length} bytes");
                    next.Fence = Fence();
                }

                if (piece == 0) continue;
                ref var last = ref slots[(piece - 1) % 2];
                IsPassed(last.Fence, wait: true);
                _fences.Push(last.Fence);
                var rest = target[((piece - 1) * Piece)..];
                new ReadOnlySpan<byte>((void*)last.Block, Math.Min(Piece, rest.Length)).CopyTo(rest);
            }
        }
        catch
        {
            // Nobody may have the blocks while the device still writes to them; the error is known.
            _ = StreamSynchronize(_stream);
            throw;
        }
        finally
        {
            foreach (var (block, length, _) in slots)
            {
                if (block != 0) _pinned.Return(block, length, slotBytes);
            }
        }

        _staging.Retire(wait: true);
    }

    /// <inheritdoc/>
    public byte[] Compile(KernelSource source) => Nvrtc.Compile(source, Info);

    /// <inheritdoc/>
    public nint Load(KernelSource source, byte[] binary)
    {
        Enter();
        if (!(binary.AsSpan().StartsWith("\u007fELF"u8) || (binary.Length > 0 && binary[^1] == 0)))
        {
            throw new DeviceException($"{Info.Name}: the binary of {source.Family}.cl is neither a cubin nor PTX.");
        }

        const int LogLength = 4096;
        var log = stackalloc byte[LogLength + 1];
        (log[0], log[LogLength]) = (0, 0);
        var options = stackalloc int[] { JitErrorLogBuffer, JitErrorLogBufferSize };
        var values = stackalloc void*[] { log, (void*)LogLength };
        nint module;
        int status;
        fixed (byte* image = binary) status = ModuleLoadDataEx(&module, image, 2, options, values);
        if (status != Success)
        {
            var said = Marshal.PtrToStringUTF8((nint)log)!.Trim().ReplaceLineEndings(" ");
            _status.Check(status, $"cuModuleLoadData of {source.Family}.cl{(said.Length > 0 ? $" ({said})" : "")}");
        }

        _modules.Add(module);
        return module;
    }

    /// <inheritdoc/>
    public nint Kernel(nint program, string name)
    {
        Enter();
        nint function;
        _status.Check(ModuleGetFunction(&function, program, name), $"cuModuleGetFunction {name}");
        return function;
    }

    /// <inheritdoc/>
    public void Launch(nint kernel, string name, in GpuGrid grid, ReadOnlySpan<KernelArgument> arguments)
    {
        Enter();
        var values = stackalloc ulong[2 * arguments.Length];
        var parameters = stackalloc void*[2 * arguments.Length];
        SetParameters(arguments, values, parameters);
        _status.Check(
            LaunchKernel(
                kernel, (uint)grid.GroupsX, (uint)grid.GroupsY, (uint)grid.GroupsZ, (uint)grid.ItemsX, (uint)grid.ItemsY,
                (uint)grid.ItemsZ, 0, _stream, parameters, null),
            $"launch {name} ({grid})");
    }

    /// <inheritdoc/>
    public void Wait()
    {
        Enter();
        _status.Check(StreamSynchronize(_stream), "cuStreamSynchronize");
        _staging.Retire(wait: true);
    }

    /// <inheritdoc/>
    public nint Mark()
    {
        Enter();
        nint mark;
        _status.Check(EventCreate(&mark, EventDefault), "cuEventCreate");
        _status.Check(EventRecord(mark, _stream), "cuEventRecord");
        return mark;
    }

    /// <inheritdoc/>
    public double SecondsBetween(nint start, nint end)
    {
        Enter();
        _status.Check(EventSynchronize(end), "cuEventSynchronize");
        float milliseconds;
        _status.Check(EventElapsedTime(&milliseconds, start, end), "cuEventElapsedTime");
        _status.Check(EventDestroy(start), "cuEventDestroy");
        _status.Check(EventDestroy(end), "cuEventDestroy");
        return milliseconds * 1e-3;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        try
        {
            // Modules, stream and events of a lost device are gone; the program's hold on its context is not.
            Wait();
            _staging.Dispose();
            foreach (var graph in _graphs.Keys.ToArray()) Destroy(graph);
            foreach (var fence in _fences) _status.Check(EventDestroy(fence), "cuEventDestroy");
            foreach (var module in _modules) _status.Check(ModuleUnload(module), "cuModuleUnload");
            _status.Check(StreamDestroy(_stream), "cuStreamDestroy");
        }
        catch (DeviceException) when (_status.IsLost)
        {
        }

        if (t_current == _number)
        {
            _ = CtxSetCurrent(0);
            t_current = 0;
        }

        _ = DevicePrimaryCtxRelease(_device);
        _status.Close();
    }

    // Before every call: the device is there, and the context is this thread's.
    private void Enter()
    {
        _status.ThrowIfLost();
        if (t_current == _number) return;
        _status.Check(CtxSetCurrent(_context), "cuCtxSetCurrent");
        t_current = _number;
    }

    // A block becomes two parameters.
    private static void SetParameters(ReadOnlySpan<KernelArgument> arguments, ulong* values, void** parameters)
    {
        var count = 0;
        foreach (ref readonly var argument in arguments)
        {
            if (argument.IsBlock)
            {
                parameters[count] = &values[count];
                values[count++] = (ulong)argument.Block;
            }

            parameters[count] = &values[count];
            values[count++] = argument.Bits;
        }
    }

    // A copy that no fence tells the end of must have ended before its memory is anyone else's.
    private nint FenceOrWait()
    {
        try
        {
            return Fence();
        }
        catch
        {
            _ = StreamSynchronize(_stream);
            throw;
        }
    }

    private nint Fence()
    {
        if (!_fences.TryPop(out var fence))
        {
            _status.Check(EventCreate(&fence, EventDisableTiming), "cuEventCreate");
        }

        _status.Check(EventRecord(fence, _stream), "cuEventRecord");
        return fence;
    }

    private bool IsPassed(nint fence, bool wait)
    {
        var status = wait ? EventSynchronize(fence) : EventQuery(fence);
        if (status == NotReady) return false;
        _status.Check(status, "a copy between host and device");
        return true;
    }
}
