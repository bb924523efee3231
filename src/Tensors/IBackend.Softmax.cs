namespace Engine.Tensors;

public partial interface IBackend
{
    /// <summary>result [rows, n] = softmax of each row, or its logarithm.</summary>
    void Softmax(Tensor x, bool logarithm, Tensor result);

    /// <summary>
    /// gradInput from the softmax's (or log-softmax's) own output and gradOutput, all [rows, n]; gradInput may be gradOutput.
    /// </summary>
    void SoftmaxGradient(Tensor output, bool logarithm, Tensor gradOutput, Tensor gradInput);

    /// <summary>
    /// losses[r] = -Σ targets·log softmax(x[r]), where the target distribution has 1 - smoothing on labels[r] and spreads
    /// smoothing evenly over all classes; gradient [rows, n] = softmax(x) - target, for the backward pass, unless null.
    /// </summary>
    void CrossEntropy(Tensor x, Tensor labels, float smoothing, Tensor losses, Tensor? gradient);
}
