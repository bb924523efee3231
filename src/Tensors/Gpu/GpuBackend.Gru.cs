using Engine.Tensors.Gpu.Kernels;
using SequenceSizes = Engine.Tensors.Cpu.Kernels.SequenceSizes;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    /// <inheritdoc/>
    public void Gru(
        Tensor input, Tensor weightInput, Tensor weightHidden, Tensor biasInput, Tensor biasHidden, bool reverse, Tensor output,
        Tensor history)
    {
        using var lease = new StorageLease(input, weightInput, weightHidden, biasInput, biasHidden, output, history);
        var s = Sizes(input, weightHidden, reverse);
        using var sums = Scratch(s.Batch * s.Steps, GruCell.Gates * s.Units);
        InputProduct(s, input, weightInput, biasInput, sums);
        using var packed = PackForStep(s, GruCell.Gates, weightHidden);
        if (IsTall(s)) GruSteps<TallTile>(s, packed, biasHidden, sums, history, output);
        else GruSteps<LowTile>(s, packed, biasHidden, sums, history, output);
    }

    /// <inheritdoc/>
    public void GruGradient(
        Tensor input, Tensor weightInput, Tensor weightHidden, bool reverse, Tensor output, Tensor history, Tensor gradOutput,
        Tensor? gradInput, Tensor gradWeightInput, Tensor gradWeightHidden, Tensor gradBiasInput, Tensor gradBiasHidden)
    {
        using var lease = new StorageLease(input, weightInput, weightHidden, output, history, gradOutput, gradInput,
            gradWeightInput, gradWeightHidden, gradBiasInput, gradBiasHidden);
        var s = Sizes(input, weightHidden, reverse);
        using var fromInput = Scratch(s.Batch * s.Steps, GruCell.Gates * s.Units);
        using var fromHidden = Scratch(s.Batch * s.Steps, GruCell.Gates * s.Units);
        using (var carried = Scratch(s.Batch, s.Units))
        using (var packed = PackForGradient(s, GruCell.Gates, weightHidden))
        {
            Fill(carried, 0);
            if (IsTall(s)) GruStepGradients<TallTile>(s, packed, history, output, gradOutput, carried, fromInput, fromHidden);
            else GruStepGradients<LowTile>(s, packed, history, output, gradOutput, carried, fromInput, fromHidden);
        }

        SequenceGradients(s, input, weightInput, output, fromInput, fromHidden, gradInput, gradWeightInput, gradWeightHidden);
        SumRows(fromInput, gradBiasInput);
        SumRows(fromHidden, gradBiasHidden);
    }

    private void GruSteps<TTile>(
        in SequenceSizes s, Tensor packed, Tensor biasHidden, Tensor sums, Tensor history, Tensor output)
        where TTile : struct, IRecurrentTile
    {
        var grid = StepGrid<TTile>(s);
        var kernel = new GruStep<TTile>
        {
            Rows = s.Batch,
            Steps = s.Steps,
            Units = s.Units,
            Depth = PaddedDepth(s.Units),
            Packed = Fours(packed),
            Bias = Floats(biasHidden),
            Inputs = Floats(sums),
            History = Floats(history),
            Output = Floats(output),
        };
        for (var step = 0; step < s.Steps; step++)
        {
            kernel.Time = s.Time(step);
            kernel.Before = step == 0 ? -1 : s.Time(step - 1);
            Launch(grid, kernel);
        }
    }

    private void GruStepGradients<TTile>(
        in SequenceSizes s, Tensor packed, Tensor history, Tensor output, Tensor gradOutput, Tensor carried, Tensor fromInput,
        Tensor fromHidden)
        where TTile : struct, IRecurrentTile
    {
        var grid = GradientGrid<TTile>(s);
        var kernel = new GruStepGradient<TTile>
        {
            Rows = s.Batch,
            Steps = s.Steps,
            Units = s.Units,
            Depth = PaddedDepth(s.Units),
            Packed = Fours(packed),
            History = Floats(history),
            Output = Floats(output),
            Gradient = Floats(gradOutput),
            Carried = Floats(carried),
            FromInput = Floats(fromInput),
            FromHidden = Floats(fromHidden),
        };
        for (var step = s.Steps - 1; step >= 0; step--)
        {
            kernel.Time = s.Time(step);
            kernel.Before = step == 0 ? -1 : s.Time(step - 1);
            kernel.Later = step == s.Steps - 1 ? -1 : s.Time(step + 1);
            Launch(grid, kernel);
        }
    }
}
