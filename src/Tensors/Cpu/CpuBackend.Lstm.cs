using System.Runtime.Intrinsics;
using Engine.Tensors.Cpu.Kernels;
using Tape = Engine.Tensors.Autograd.Tape;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public Shape LstmHistory(int batch, int steps, int units) => new(batch, steps, 5 * LstmLayout.Padded(units));

    /// <inheritdoc/>
    public void Lstm(
        Tensor input, Tensor weightInput, Tensor weightHidden, Tensor bias, bool reverse, Tensor output, Tensor cell,
        Tensor history)
    {
        using var lease = new StorageLease(input, weightInput, weightHidden, bias, output, cell, history);
        var sizes = Sizes(input, output, reverse);
        WeightSource inputs = new(weightInput, keeps: !Tape.IsRecording), hidden = new(weightHidden, keeps: !Tape.IsRecording);
        if (Vector512.IsHardwareAccelerated)
            new Lstm<TileRow512<float>>(sizes).Forward(
                Floats(input), inputs, hidden, Floats(bias), Floats(output), Floats(cell), Floats(history));
        else new Lstm<TileRow256<float>>(sizes).Forward(
            Floats(input), inputs, hidden, Floats(bias), Floats(output), Floats(cell), Floats(history));
    }

    /// <inheritdoc/>
    public void LstmGradient(
        Tensor input, Tensor weightInput, Tensor weightHidden, bool reverse, Tensor output, Tensor history,
        Tensor gradOutput, Tensor? gradCell, Tensor? gradInput, Tensor gradWeightInput, Tensor gradWeightHidden, Tensor gradBias)
    {
        using var lease = new StorageLease(input, weightInput, weightHidden, output, history, gradOutput, gradCell, gradInput,
            gradWeightInput, gradWeightHidden, gradBias);
        var sizes = Sizes(input, output, reverse);
        var gradients = new LstmGradients(
            (nint)Floats(gradOutput), gradCell is null ? 0 : (nint)Floats(gradCell),
            gradInput is null ? 0 : (nint)Floats(gradInput),
            (nint)Floats(gradWeightInput), (nint)Floats(gradWeightHidden), (nint)Floats(gradBias));
        if (Vector512.IsHardwareAccelerated)
            new LstmGradient<TileRow512<float>>(sizes).Run(Floats(input), Floats(weightInput), Floats(weightHidden),
                Floats(output), Floats(history), gradients);
        else new LstmGradient<TileRow256<float>>(sizes).Run(Floats(input), Floats(weightInput), Floats(weightHidden),
            Floats(output), Floats(history), gradients);
    }

    /// <inheritdoc/>
    void IBackend.Gru(
        Tensor input, Tensor weightInput, Tensor weightHidden, Tensor biasInput, Tensor biasHidden, bool reverse, Tensor output,
        Tensor history)
    {
        using var lease = new StorageLease(input, weightInput, weightHidden, biasInput, biasHidden, output, history);
        Gru.Forward(
            Sizes(input, output, reverse), Floats(input), Floats(weightInput), Floats(weightHidden), Floats(biasInput),
            Floats(biasHidden), Floats(output), Floats(history));
    }

    /// <inheritdoc/>
    public void GruGradient(
        Tensor input, Tensor weightInput, Tensor weightHidden, bool reverse, Tensor output, Tensor history, Tensor gradOutput,
        Tensor? gradInput, Tensor gradWeightInput, Tensor gradWeightHidden, Tensor gradBiasInput, Tensor gradBiasHidden)
    {
        using var lease = new StorageLease(input, weightInput, weightHidden, output, history, gradOutput, gradInput,
            gradWeightInput, gradWeightHidden, gradBiasInput, gradBiasHidden);
        Gru.Gradient(
            Sizes(input, output, reverse), Floats(input), Floats(weightInput), Floats(weightHidden), Floats(output),
            Floats(history), Floats(gradOutput),
            gradInput is null ? null : Floats(gradInput), Floats(gradWeightInput), Floats(gradWeightHidden),
            Floats(gradBiasInput), Floats(gradBiasHidden));
    }

    private static SequenceSizes Sizes(Tensor input, Tensor output, bool reverse) =>
        new(input.Shape[0], input.Shape[1], input.Shape[2], output.Shape[2], reverse);
}
