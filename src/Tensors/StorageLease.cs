using System.Runtime.CompilerServices;

namespace Engine.Tensors;

/// <summary>
/// Holds the memory of an operation's tensors while a kernel works on their bare addresses: what another thread disposes
/// meanwhile, or the collector finds unreachable, is returned only when the kernel is done. Declare it with <c>using var</c>
/// before taking the first address.
/// </summary>
internal ref struct StorageLease
{
    private const int Most = 12;

    private Storages _held;
    private int _count;

    /// <summary>Takes a reference to each tensor's memory; null means no tensor.</summary>
    /// <exception cref="ObjectDisposedException">A tensor has been disposed.</exception>
    public StorageLease(params ReadOnlySpan<Tensor?> tensors)
    {
        foreach (var tensor in tensors)
        {
            if (tensor is null) continue;
            if (!TryHold(tensor))
            {
                Dispose();
                Throw.Disposed("Tensor", tensor.Shape);
            }
        }
    }

    /// <summary>Releases them.</summary>
    public void Dispose()
    {
        while (_count > 0) _held[--_count]!.Release();
    }

    private bool TryHold(Tensor tensor)
    {
        if (tensor.StorageIfAlive is not { } storage || !storage.TryRetain()) return false;
        _held[_count++] = storage;
        return true;
    }

    [InlineArray(Most)]
    private struct Storages
    {
        private Storage? _first;
    }
}
