using Engine.Tensors.Gpu.Kernels;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace Engine.Tensors.Gpu.Drivers;

/// <summary>A device through ILGPU: its accelerator, one stream, the kernels compiled so far.</summary>
internal sealed unsafe class IlgpuDriver : IGpuDriver
{
    private static readonly Lock s_debugging = new();

    private readonly Accelerator _accelerator;
    private readonly AcceleratorStream _stream;
    private readonly bool _isForDebugging;
    private readonly DriverFaults _faults;
    private readonly StagingMemory _staging;
    private readonly KernelCache _cache;
    private readonly Dictionary<nint, MemoryBuffer> _buffers = [];
    private readonly Dictionary<Type, Delegate> _kernels = [];
    private bool _isDisposed;

    /// <summary>Takes an accelerator over.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="info">What is known of it.</param>
    /// <param name="cache">Kernels of earlier processes; null: the user's.</param>
    public IlgpuDriver(Accelerator accelerator, GpuDeviceInfo info, KernelCache? cache = null)
    {
        (_accelerator, Info, _cache) = (accelerator, info, cache ?? new KernelCache());
        _faults = new DriverFaults(info);
        _stream = accelerator.DefaultStream;
        _isForDebugging = accelerator.AcceleratorType == AcceleratorType.CPU;
        if (_isForDebugging) DebugFaults.Listen();
        _staging = new StagingMemory(accelerator);
    }

    /// <inheritdoc/>
    public GpuDeviceInfo Info { get; }

    /// <inheritdoc/>
    public bool TryAllocate(long byteLength, out nint block)
    {
        block = 0;
        Enter();
        MemoryBuffer? buffer = null;
        try
        {
            buffer = _accelerator.AllocateRaw(byteLength / sizeof(float), sizeof(float));

            // OpenCL's drivers may find memory only when a buffer is first used; touching it tells now.
            if (_accelerator.AcceleratorType == AcceleratorType.OpenCL)
            {
                buffer.MemSet(_stream, 0, 0, 1);
                _stream.Synchronize();
            }
        }
        catch (Exception e)
        {
            buffer?.Dispose();
            if (DriverFaults.IsOutOfMemory(e)) return false;
            throw _faults.Of(e, $"a block of {byteLength} bytes");
        }

        block = buffer.NativePtr;
        _buffers.Add(block, buffer);
        return true;
    }

    /// <inheritdoc/>
    public void Free(nint block)
    {
        if (_faults.IsLost || !_buffers.Remove(block, out var buffer)) return;
        _accelerator.Bind();
        try
        {
            buffer.Dispose();
        }
        catch (Exception e)
        {
            throw _faults.Of(e, "free of a block");
        }
    }

    /// <inheritdoc/>
    public MemoryBuffer Buffer(nint block) => _buffers[block];

    /// <inheritdoc/>
    public void Upload(ReadOnlySpan<byte> source, nint target, long offset)
    {
        Enter();
        try
        {
            if (_staging.Rent(source.Length) is not { } copy)
            {
                _stream.Synchronize();
                _staging.Reuse();
                copy = _staging.Rent(source.Length)!;
            }

            source.CopyTo(copy.Span);
            fixed (byte* first = copy.Span)
            {
                using var host = CPUMemoryBuffer.Create(_accelerator, (nint)first, source.Length, 1);
                _buffers[target].CopyFrom(_stream, host.AsRawArrayView(), offset);
            }
        }
        catch (Exception e)
        {
            throw _faults.Of(e, $"upload of {source.Length} bytes");
        }
    }

    /// <inheritdoc/>
    public void Download(nint source, long offset, Span<byte> target)
    {
        Enter();
        try
        {
            fixed (byte* first = target)
            {
                using var host = CPUMemoryBuffer.Create(_accelerator, (nint)first, target.Length, 1);
                _buffers[source].CopyTo(_stream, offset, host.AsRawArrayView());
                _stream.Synchronize();
            }

            _staging.Reuse();
        }
        catch (Exception e)
        {
            throw _faults.Of(e, $"download of {target.Length} bytes");
        }
    }

    /// <inheritdoc/>
    public void Launch<TKernel>(in GpuGrid grid, in TKernel kernel)
        where TKernel : struct, IKernel
    {
        Enter();
        var launcher = Compiled<TKernel>();
        try
        {
            var config = new KernelConfig(new Index3D(grid.X, grid.Y, grid.Z), new Index3D(TKernel.Items, 1, 1));
            if (_isForDebugging) LaunchForDebugging(launcher, config, kernel);
            else launcher(_stream, config, kernel);
        }
        catch (Exception e)
        {
            throw _faults.Of(e, $"launch of {KernelName.Of(typeof(TKernel))} ({grid})");
        }
    }

    /// <inheritdoc/>
    public void Wait()
    {
        Enter();
        try
        {
            _stream.Synchronize();
        }
        catch (Exception e)
        {
            throw _faults.Of(e, "wait for the queue");
        }

        _staging.Reuse();
    }

    /// <inheritdoc/>
    public ProfilingMarker Mark()
    {
        Enter();
        try
        {
            return _stream.AddProfilingMarker();
        }
        catch (Exception e)
        {
            throw _faults.Of(e, "mark of the time");
        }
    }

    /// <inheritdoc/>
    public double SecondsBetween(ProfilingMarker start, ProfilingMarker end)
    {
        Enter();
        try
        {
            end.Synchronize();
            return end.MeasureFrom(start).TotalSeconds;
        }
        catch (Exception e)
        {
            throw _faults.Of(e, "time between two marks");
        }
        finally
        {
            start.Dispose();
            end.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _accelerator.Bind();
        if (_faults.IsLost)
        {
            // What it holds is gone, and asking it to free that may crash the driver.
            return;
        }

        _stream.Synchronize();
        foreach (var buffer in _buffers.Values) buffer.Dispose();
        _staging.Dispose();
        _accelerator.Dispose();
        _faults.Close();
    }

    private void Enter()
    {
        _faults.ThrowIfLost();
        _accelerator.Bind();
    }

    // One launch of the process at a time: an assertion does not tell of which device it is.
    private void LaunchForDebugging<TKernel>(
        Action<AcceleratorStream, KernelConfig, TKernel> launcher, KernelConfig config, in TKernel kernel)
        where TKernel : struct, IKernel
    {
        lock (s_debugging)
        {
            launcher(_stream, config, kernel);
            _stream.Synchronize();
            if (DebugFaults.Take() is { } fault) throw new InvalidOperationException(fault);
        }
    }

    private Action<AcceleratorStream, KernelConfig, TKernel> Compiled<TKernel>()
        where TKernel : struct, IKernel
    {
        if (_kernels.TryGetValue(typeof(TKernel), out var known)) return (Action<AcceleratorStream, KernelConfig, TKernel>)known;
        try
        {
            Action<TKernel> entry = KernelEntry.Run;
            var launcher = _isForDebugging
                ? _accelerator.LoadKernel(entry, new KernelSpecialization(TKernel.Items, null))
                : _accelerator.LoadKernel(
                        KernelCompilation.Compile(_accelerator, typeof(TKernel), entry.Method, TKernel.Items, _cache))
                    .CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, TKernel>>();
            _kernels.Add(typeof(TKernel), launcher);

            // Of a convolution's kernel a context keeps a hundred megabytes that nobody asks for again.
            _accelerator.Context.ClearCache(ClearCacheMode.Everything);
            return launcher;
        }
        catch (Exception e)
        {
            throw _faults.Of(e, $"kernel {KernelName.Of(typeof(TKernel))} does not compile for {Info.Model}");
        }
    }
}
