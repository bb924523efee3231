namespace Engine.Tensors.Gpu;

/// <summary>
/// Every operation on a GPU. The parts, one per kernel family (<c>GpuBackend.*.cs</c>), choose kernels and grids; the
/// arithmetic is in <c>Kernels/*.cl</c>. Operations are queued and return at once; only a download waits.
/// </summary>
internal sealed partial class GpuBackend(IGpuDriver driver, KernelCache? cache) : IBackend, IDisposable
{
    // Items of a group where nothing asks for another number, and how many groups keep a compute unit busy.
    private const int Items = 256;
    private const int GroupsOfUnit = 32;

    private readonly Lock _lock = new();
    private readonly GpuMemoryPool _pool = new(driver);
    private readonly Dictionary<string, nint> _programs = [];
    private readonly Dictionary<(string Program, string Name), nint> _kernels = [];
    private Device? _device;

    /// <summary>What it runs on.</summary>
    public GpuDeviceInfo Info => driver.Info;

    /// <summary>The pool behind every tensor of this device.</summary>
    public GpuMemoryPool Pool => _pool;

    /// <inheritdoc/>
    public Storage Allocate(long byteLength)
    {
        lock (_lock) return new GpuStorage(_pool, byteLength);
    }

    /// <inheritdoc/>
    public void Upload(ReadOnlySpan<byte> source, Tensor target)
    {
        if (source.Length == 0) return;
        lock (_lock) driver.Upload(source, Block(target), ByteOffset(target));
        GC.KeepAlive(target);
    }

    /// <inheritdoc/>
    public void Download(Tensor source, Span<byte> target)
    {
        if (target.Length == 0) return;
        lock (_lock) driver.Download(Block(source), ByteOffset(source), target);
        GC.KeepAlive(source);
    }

    /// <inheritdoc/>
    public void Trim()
    {
        lock (_lock)
        {
            // Commands that wait may still use what was returned.
            driver.Wait();
            _pool.Trim();
        }
    }

    /// <inheritdoc/>
    public void Wait()
    {
        lock (_lock) driver.Wait();
    }

    /// <summary>
    /// The seconds that the device takes for what <paramref name="work"/> queues, and for what other threads queue meanwhile.
    /// </summary>
    public double Measure(Action work)
    {
        var start = Mark();
        work();
        var end = Mark();
        lock (_lock) return driver.SecondsBetween(start, end);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            try
            {
                driver.Wait();
                foreach (var plan in _spectralPlans.Values) plan.Tables.Dispose();
                _pool.Trim();
            }
            catch (DeviceException)
            {
                // A lost device: its memory went with it.
            }

            driver.Dispose();
        }
    }

    /// <summary>Queues a kernel of a family; a grid without groups or items is nothing to do.</summary>
    private void Launch(KernelFamily family, string kernel, in GpuGrid grid, params ReadOnlySpan<KernelArgument> arguments)
    {
        if (grid.GroupsX == 0 || grid.GroupsY == 0 || grid.GroupsZ == 0) return;
        lock (_lock)
        {
            // Blocks are freed under the same lock, so one that is alive now is so until the launch is queued.
            foreach (ref readonly var argument in arguments) argument.ExpectAlive(kernel);
            driver.Launch(Kernel(family, kernel), kernel, grid, arguments);
        }
    }

    /// <summary>Queues a kernel that loops over <paramref name="count"/> elements (<c>EACH</c>).</summary>
    private void Map(KernelFamily family, string kernel, int count, params ReadOnlySpan<KernelArgument> arguments) =>
        Launch(family, kernel, new GpuGrid((int)Math.Min((count + (Items - 1L)) / Items, (long)GroupsOfUnit * Info.ComputeUnits),
            Items), arguments);

    /// <summary>Memory for what an operation needs in between; dispose of it as soon as its last kernel is queued.</summary>
    private GpuScratch Scratch(params ReadOnlySpan<int> sizes) => new(_device ??= new Device(Info.Name, this), new Shape(sizes));

    private nint Kernel(KernelFamily family, string name)
    {
        if (_kernels.TryGetValue((family.Key, name), out var kernel)) return kernel;
        return _kernels[(family.Key, name)] = driver.Kernel(Program(family), name);
    }

    private nint Mark()
    {
        lock (_lock) return driver.Mark();
    }

    private nint Program(KernelFamily family)
    {
        if (_programs.TryGetValue(family.Key, out var program)) return program;
        var source = family.Source;
        if (cache?.Find(source, Info) is { } kept)
        {
            try
            {
                return _programs[family.Key] = driver.Load(source, kept);
            }
            catch (DeviceException)
            {
                // The driver takes it no longer, though its version says so: compile it anew.
            }
        }

        var binary = driver.Compile(source);
        program = driver.Load(source, binary);
        cache?.Keep(source, Info, binary);
        return _programs[family.Key] = program;
    }

    // Into how many pieces of a depth a sum of k products is cut.
    private static int Splits(int k, int depth)
    {
        // Kernels count to the end of the last block.
        const int longest = int.MaxValue - 1024;
        if (k > longest)
            throw new DeviceException($"a sum of {k} products is too long for a GPU's kernels; {longest} is the most.");
        return Math.Max(1, (k - 1) / depth + 1);
    }

    private static nint Block(Tensor tensor) => ((GpuStorage)tensor.Storage).Block;

    private static long ByteOffset(Tensor tensor) => 4L * tensor.Offset;
}
