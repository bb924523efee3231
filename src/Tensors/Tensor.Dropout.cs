using Engine.Tensors.Autograd;

namespace Engine.Tensors;

public sealed partial class Tensor
{
    /// <summary>
    /// Sets each element to zero with probability <paramref name="rate"/> and divides the others by 1 - rate (Srivastava et al.
    /// 2014), using the stream's next numbers; nothing else decides which elements go.
    /// </summary>
    /// <exception cref="ArgumentException">The rate is not in [0, 1).</exception>
    public Tensor Dropout(float rate, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Expect(ElementType.Float32, nameof(Dropout));
        if (!(rate is >= 0 and < 1)) Throw.Argument($"Dropout: rate is {rate} for {Shape}; it must be at least 0 and below 1.");
        var counter = random.Reserve(((long)Count + 63) / 64 * 16);
        var (key, stream) = (random.Key, random.Stream);
        var result = Empty(Shape, Device);
        Device.Backend.Dropout(this, rate, key, stream, counter, result);
        Tape.Record([result], [this], [], DropoutGradients.Dropout(rate, key, stream, counter));
        return result;
    }
}
