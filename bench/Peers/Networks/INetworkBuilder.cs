using Engine.Nn;
using Engine.Tensors;

namespace Engine.Peers.Networks;

internal enum Function
{
    Relu,
    HardSwish,
    Sigmoid,
    HardSigmoid,
}

/// <summary>The learned numbers of a batch normalisation, its running statistics, and how they move.</summary>
internal sealed record Normalization(
    Parameter Weight, Parameter Bias, Parameter Mean, Parameter Variance, double Momentum, double Epsilon);

/// <summary>The parameters of one layer of an LSTM, named and laid out as in PyTorch.</summary>
internal sealed record LstmLayer(Parameter WeightInput, Parameter WeightHidden, Parameter BiasInput, Parameter BiasHidden);

/// <summary>
/// Makes a network for a peer from the operations that <see cref="NetworkWalk{T}"/> passes to it, in execution order. Pictures
/// are [N, C, H, W], series [N, C, L], sequences [N, T, F].
/// </summary>
/// <typeparam name="T">What stands for an operation's output.</typeparam>
internal interface INetworkBuilder<T>
{
    T Input(Shape shape);

    /// <summary>Of pictures, or of series if <paramref name="weight"/> is [K, C/groups, taps].</summary>
    T Convolution(T x, Parameter weight, Parameter? bias, Conv2dOptions options, Shape output);

    T Dense(T x, Parameter weight, Parameter? bias, Shape output);

    T BatchNorm(T x, Normalization parameters);

    /// <summary>The last state of the last layer, from sequences.</summary>
    T Lstm(T x, IReadOnlyList<LstmLayer> layers, Shape input);

    /// <summary>The maximum or mean of each window; series, whose rank is 3, have windows of one row.</summary>
    T Pool(T x, bool maximum, Pool2dOptions options, int rank);

    T Apply(Function function, T x);

    T Dropout(T x, double share);

    T Flatten(T x);

    /// <summary>[N, C, H, W] to [N, C·H, W].</summary>
    T Series(T x, Shape output);

    /// <summary>[N, F, T] to [N, T, F].</summary>
    T Sequence(T x);

    /// <summary>The mean of each channel: [N, C, H, W] to [N, C].</summary>
    T GlobalAverage(T x);

    T Add(T left, T right);

    /// <summary>Multiplies each channel of pictures by its scale [N, C].</summary>
    T ScaleChannels(T x, T scale);

    /// <summary>Puts features [N, F] side by side.</summary>
    T Concatenate(IReadOnlyList<T> parts);
}
