namespace Engine.Tensors;

public partial interface IBackend
{
    /// <summary>
    /// The shape of the device's record of the winners of <see cref="MaxPool2d"/>: int32, in a layout of its own.
    /// </summary>
    Shape MaxPool2dPlaces(in Pool2dGeometry geometry);

    /// <summary>
    /// The maximum of each window of input [N, C, H, W]; <paramref name="places"/> (or null) records its position for the
    /// backward pass. Padding never wins; a NaN does.
    /// </summary>
    void MaxPool2d(in Pool2dGeometry geometry, Tensor input, Tensor output, Tensor? places);

    /// <summary>gradInput = each output's gradient at the winning position, summed where windows overlap.</summary>
    void MaxPool2dGradient(in Pool2dGeometry geometry, Tensor places, Tensor gradOutput, Tensor gradInput);

    /// <summary>The mean of each window of input [N, C, H, W]; padding counts as zeros.</summary>
    void AveragePool2d(in Pool2dGeometry geometry, Tensor input, Tensor output);

    /// <summary>gradInput = each output's gradient spread evenly over its window.</summary>
    void AveragePool2dGradient(in Pool2dGeometry geometry, Tensor gradOutput, Tensor gradInput);
}
