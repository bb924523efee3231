using System.Runtime.CompilerServices;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// Four neighbouring floats, which a GPU loads and stores at once where their address is a multiple of 16 bytes.
/// </summary>
internal struct F4
{
    public float X, Y, Z, W;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public F4(float x, float y, float z, float w) => (X, Y, Z, W) = (x, y, z, w);

    /// <summary>this + a · b, element by element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F4 PlusProduct(float a, F4 b) => new(
        Fused.MultiplyAdd(a, b.X, X), Fused.MultiplyAdd(a, b.Y, Y), Fused.MultiplyAdd(a, b.Z, Z), Fused.MultiplyAdd(a, b.W, W));
}
