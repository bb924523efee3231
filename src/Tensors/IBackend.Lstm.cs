namespace Engine.Tensors;

public partial interface IBackend
{
    /// <summary>
    /// One layer and direction of an LSTM over whole sequences, from states of zero. Gate order i, f, g, o, as in PyTorch: i, f,
    /// o = σ(...), g = tanh(...), c = f·c + i·g, h = o·tanh(c).
    /// </summary>
    /// <param name="input">[N, T, F].</param>
    /// <param name="weightInput">[4H, F].</param>
    /// <param name="weightHidden">[4H, H].</param>
    /// <param name="bias">[4H], the sum of both biases.</param>
    /// <param name="reverse">Whether time runs from the last step to the first.</param>
    /// <param name="output">[N, T, H], the hidden states.</param>
    /// <param name="cell">[N, H], the cell state after the last step.</param>
    /// <param name="history">
    /// What the backward pass needs, in the backend's own layout; <see cref="LstmHistory"/> gives its shape.
    /// </param>
    void Lstm(
        Tensor input, Tensor weightInput, Tensor weightHidden, Tensor bias, bool reverse, Tensor output, Tensor cell,
        Tensor history);

    /// <summary>The shape of the history for N sequences of T steps with H units.</summary>
    Shape LstmHistory(int batch, int steps, int units);

    /// <summary>
    /// The gradients of <see cref="Lstm"/>. The history is overwritten. gradCell may be null (no gradient), gradInput may be
    /// null (not wanted).
    /// </summary>
    void LstmGradient(
        Tensor input, Tensor weightInput, Tensor weightHidden, bool reverse, Tensor output, Tensor history,
        Tensor gradOutput, Tensor? gradCell, Tensor? gradInput, Tensor gradWeightInput, Tensor gradWeightHidden, Tensor gradBias);

    /// <summary>
    /// One layer and direction of a GRU over whole sequences, from states of zero. Gate order r, z, n, as in PyTorch: n = tanh(W
    /// x + b + r·(U h + d)), h = (1 - z)·n + z·h.
    /// </summary>
    /// <param name="input">[N, T, F].</param>
    /// <param name="weightInput">[3H, F].</param>
    /// <param name="weightHidden">[3H, H].</param>
    /// <param name="biasInput">[3H].</param>
    /// <param name="biasHidden">[3H].</param>
    /// <param name="reverse">Whether time runs from the last step to the first.</param>
    /// <param name="output">[N, T, H], the hidden states.</param>
    /// <param name="history">[N, T, 4H]: r, z, n and U h + d, for the backward pass.</param>
    void Gru(
        Tensor input, Tensor weightInput, Tensor weightHidden, Tensor biasInput, Tensor biasHidden, bool reverse, Tensor output,
        Tensor history);

    /// <summary>The gradients of <see cref="Gru"/>; gradInput may be null (not wanted). The history is overwritten.</summary>
    void GruGradient(
        Tensor input, Tensor weightInput, Tensor weightHidden, bool reverse, Tensor output, Tensor history, Tensor gradOutput,
        Tensor? gradInput, Tensor gradWeightInput, Tensor gradWeightHidden, Tensor gradBiasInput, Tensor gradBiasHidden);
}
