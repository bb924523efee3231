namespace Engine.Tensors;

public partial interface IBackend
{
    /// <summary>
    /// output [N, K, OH, OW] = the cross-correlation of input [N, C, H, W] with weight [K, C/groups, KH, KW], plus bias [K],
    /// negatives cut to zero if <paramref name="relu"/>.
    /// </summary>
    void Conv2d(in Conv2dGeometry geometry, Tensor input, Tensor weight, Tensor? bias, bool relu, Tensor output);

    /// <summary>Overwrites gradInput from gradOutput, which after a ReLU the caller has masked.</summary>
    void Conv2dInputGradient(in Conv2dGeometry geometry, Tensor gradOutput, Tensor weight, Tensor gradInput);

    /// <summary>
    /// Overwrites gradWeight and, if given, gradBias from the input and gradOutput, which after a ReLU the caller has masked.
    /// </summary>
    void Conv2dWeightGradient(in Conv2dGeometry geometry, Tensor input, Tensor gradOutput, Tensor gradWeight, Tensor? gradBias);
}
