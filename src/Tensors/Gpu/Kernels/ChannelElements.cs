using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// A grid-stride loop over the elements of [N, C, L] that knows the channel of each:
/// <c>for (var element = elements.First(); elements.IsInside(element); element = elements.Next(element))</c>. Going on takes no
/// division, which would cost more than the rest.
/// </summary>
internal struct ChannelElements
{
    private int _count, _channels, _length, _stepAt, _stepChannel;
    private uint _step;

    /// <summary>For items <paramref name="step"/> elements apart.</summary>
    public ChannelElements(int n, int channels, int length, int step)
    {
        (_count, _channels, _length, _step) = (n * channels * length, channels, length, (uint)step);
        if (_count == 0) return;
        (_stepAt, _stepChannel) = (step % length, step / length % channels);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ChannelElement First()
    {
        var first = Grid.IdxX * Team.Group + Group.IdxX;
        var run = first / _length;
        return new((uint)first, first - (run + 1) * _length, run % _channels - _channels);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsInside(ChannelElement element) => element.Place < (uint)_count;

    /// <summary>The element's channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Channel(ChannelElement element) => element.Channel + _channels;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ChannelElement Next(ChannelElement element)
    {
        var at = element.At + _stepAt;
        var isNextRun = ~(at >> 31);
        var channel = element.Channel + _stepChannel - isNextRun;
        return new(element.Place + _step, at - (_length & isNextRun), channel - (_channels & ~(channel >> 31)));
    }
}

/// <summary>
/// An element's place in x, unsigned so that the last step does not overflow; its place in its run less L, and its channel less
/// C: below 0, so that the sign tells where the next run or the first channel begins, without a branch that nobody could
/// predict.
/// </summary>
internal readonly struct ChannelElement
{
    public readonly uint Place;
    public readonly int At, Channel;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ChannelElement(uint place, int at, int channel) => (Place, At, Channel) = (place, at, channel);
}
