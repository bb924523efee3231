using Engine.Tensors.Gpu.Kernels;
using ILGPU;

namespace Engine.Tensors.Gpu;

/// <summary>
/// Every operation on a GPU. The parts, one per kernel family (<c>GpuBackend.*.cs</c>), choose kernels and grids; the
/// arithmetic is in <c>Kernels</c>. Operations are queued and return at once; only a download waits.
/// </summary>
internal sealed partial class GpuBackend(IGpuDriver driver) : IBackend, IDisposable
{
    // Items of a group where nothing asks for another number, and how many groups keep a compute unit busy.
    private const int Items = 256;
    private const int GroupsOfUnit = 32;

    private readonly Lock _lock = new();
    private readonly GpuMemoryPool _pool = new(driver);
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
        using var lease = new StorageLease(target);
        lock (_lock) driver.Upload(source, Block(target), ByteOffset(target));
    }

    /// <inheritdoc/>
    public void Download(Tensor source, Span<byte> target)
    {
        if (target.Length == 0) return;
        using var lease = new StorageLease(source);
        lock (_lock) driver.Download(Block(source), ByteOffset(source), target);
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

    /// <summary>Queues a kernel; a grid without groups is nothing to do.</summary>
    private void Launch<TKernel>(in GpuGrid grid, in TKernel kernel)
        where TKernel : struct, IKernel
    {
        if (grid.IsEmpty) return;
        lock (_lock) driver.Launch(grid, kernel);
    }

    /// <summary>
    /// Queues a kernel over <paramref name="count"/> elements, an item for each. Fewer items that step over the elements
    /// (<see cref="Item"/>) would do, but PoCL lets each go through its own, far apart: adding two tensors took sixty times as
    /// long.
    /// </summary>
    private void Map<TKernel>(int count, in TKernel kernel)
        where TKernel : struct, IKernel =>
        Launch(new GpuGrid((int)((count + (TKernel.Items - 1L)) / TKernel.Items)), kernel);

    /// <summary>Memory for what an operation needs in between; dispose of it as soon as its last kernel is queued.</summary>
    private GpuScratch Scratch(params ReadOnlySpan<int> sizes) => new(_device ??= new Device(Info.Name, this), new Shape(sizes));

    private ILGPU.Runtime.ProfilingMarker Mark()
    {
        lock (_lock) return driver.Mark();
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

    // What kernels take of a tensor; of none an empty view.
    private static ArrayView<float> Floats(Tensor? tensor) => GpuStorage.View<float>(tensor);

    private static ArrayView<int> Integers(Tensor? tensor) => GpuStorage.View<int>(tensor);

    private static ArrayView<uint> Words(Tensor? tensor) => GpuStorage.View<uint>(tensor);

    private static nint Block(Tensor tensor) => ((GpuStorage)tensor.Storage).Block;

    private static long ByteOffset(Tensor tensor) => 4L * tensor.Offset;
}
