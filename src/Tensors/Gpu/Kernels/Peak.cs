using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// What the device's arithmetic can do at best: chains of multiply-adds that wait for nothing but themselves, sixteen to a work
/// item, so that their latency is hidden. A round is one link of every chain; the sum keeps the compiler from dropping them.
/// </summary>
internal struct MultiplyAdds : IKernel
{
    /// <summary>Chains of an item.</summary>
    public const int Chains = 16;

    /// <summary>Of these Rounds is a multiple: ILGPU unrolls no loop.</summary>
    public const int RoundsOfPass = 8;

    public int Rounds;
    public ArrayView<float> Result;

    public readonly void Run()
    {
        const float f = 0.999f;
        var start = Item.First * 1e-6f;
        FourChains a = new(start), b = new(start + 4), c = new(start + 8), d = new(start + 12);
        for (var round = 0; round < Rounds; round += RoundsOfPass)
        {
            (a, b, c, d) = (a.Next(f), b.Next(f), c.Next(f), d.Next(f));
            (a, b, c, d) = (a.Next(f), b.Next(f), c.Next(f), d.Next(f));
            (a, b, c, d) = (a.Next(f), b.Next(f), c.Next(f), d.Next(f));
            (a, b, c, d) = (a.Next(f), b.Next(f), c.Next(f), d.Next(f));
            (a, b, c, d) = (a.Next(f), b.Next(f), c.Next(f), d.Next(f));
            (a, b, c, d) = (a.Next(f), b.Next(f), c.Next(f), d.Next(f));
            (a, b, c, d) = (a.Next(f), b.Next(f), c.Next(f), d.Next(f));
            (a, b, c, d) = (a.Next(f), b.Next(f), c.Next(f), d.Next(f));
        }

        Result[Item.First] = a.Sum + b.Sum + (c.Sum + d.Sum);
    }

    private struct FourChains
    {
        private float _x, _y, _z, _w;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public FourChains(float start) => (_x, _y, _z, _w) = (start, start + 1, start + 2, start + 3);

        public readonly float Sum
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => _x + _y + (_z + _w);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly FourChains Next(float f)
        {
            FourChains next = default;
            (next._x, next._y, next._z, next._w) = (_x * f + f, _y * f + f, _z * f + f, _w * f + f);
            return next;
        }
    }
}
