using Engine.Nn.Layers;
using Engine.Tensors.Autograd;

namespace Engine.Nn;

/// <summary>
/// What a layer does for those that follow it, so that their passes over memory are saved: a ReLU after any layer that can fuse
/// it; in evaluation also a batch normalisation and a maximum pooling after a convolution.
/// </summary>
/// <param name="Norm">The normalisation, which comes first.</param>
/// <param name="Relu">Whether a ReLU comes next.</param>
/// <param name="Pool">The pooling, which comes last.</param>
/// <param name="Count">How many of the layers that follow it does.</param>
internal readonly record struct Fusion(BatchNorm? Norm, bool Relu, Pooling? Pool, int Count)
{
    /// <summary>What to fuse; nothing if somebody observes the layers.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="next">Those that follow it, and nothing else reads what lies between.</param>
    /// <param name="context">Training or evaluation.</param>
    public static Fusion After(Layer layer, ReadOnlySpan<Layer> next, ForwardContext context)
    {
        if (context.Observer is not null || !layer.FusesRelu) return default;
        var (norm, relu, pool, count) = ((BatchNorm?)null, false, (Pooling?)null, 0);
        var evaluates = layer.FusesAll && Evaluates(context);
        if (evaluates && !context.RoundsAsTraining && count < next.Length && next[count] is BatchNorm normalisation)
            (norm, count) = (normalisation, count + 1);
        if (count < next.Length && next[count] is Activation { IsRelu: true }) (relu, count) = (true, count + 1);
        if (evaluates && count < next.Length && next[count] is MaxPool1d or MaxPool2d)
            (pool, count) = ((Pooling)next[count], count + 1);
        return new Fusion(norm, relu, pool, count);
    }

    /// <summary>Whether a pass is an evaluation that nobody records.</summary>
    public static bool Evaluates(ForwardContext context) =>
        !context.Training && !Tape.IsRecording;
}
