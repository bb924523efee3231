namespace Engine.Tensors;

public partial interface IBackend
{
    /// <summary>
    /// The maximum of each window of input [N, C, H, W]; <paramref name="indices"/> (int32, the output's shape, or null)
    /// receives where in its H·W plane it stands. Padding never wins; a NaN does.
    /// </summary>
    void MaxPool2d(in Pool2dGeometry geometry, Tensor input, Tensor output, Tensor? indices);

    /// <summary>gradInput = each output's gradient at the position that won, added up where windows overlap.</summary>
    void MaxPool2dGradient(in Pool2dGeometry geometry, Tensor indices, Tensor gradOutput, Tensor gradInput);

    /// <summary>The mean of each window of input [N, C, H, W]; padding counts as zeros.</summary>
    void AveragePool2d(in Pool2dGeometry geometry, Tensor input, Tensor output);

    /// <summary>gradInput = each output's gradient spread evenly over its window.</summary>
    void AveragePool2dGradient(in Pool2dGeometry geometry, Tensor gradOutput, Tensor gradInput);
}
