using Engine.Tensors.Gpu.Kernels;
using SequenceSizes = Engine.Tensors.Cpu.Kernels.SequenceSizes;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    /// <inheritdoc/>
    public Shape LstmHistory(int batch, int steps, int units) => new(5, batch, steps, units);

    /// <inheritdoc/>
    public void Lstm(
        Tensor input, Tensor weightInput, Tensor weightHidden, Tensor bias, bool reverse, Tensor output, Tensor cell,
        Tensor history)
    {
        using var lease = new StorageLease(input, weightInput, weightHidden, bias, output, cell, history);
        var s = Sizes(input, weightHidden, reverse);
        using var sums = View(history, 0, s.Batch * s.Steps, LstmCell.Gates * s.Units);
        InputProduct(s, input, weightInput, bias, sums);
        using var packed = PackForStep(s, LstmCell.Gates, weightHidden);
        if (s.Steps == 0) Fill(cell, 0);
        else if (IsTall(s)) LstmSteps<TallTile>(s, packed, output, cell, history);
        else LstmSteps<LowTile>(s, packed, output, cell, history);
    }

    /// <inheritdoc/>
    public void LstmGradient(
        Tensor input, Tensor weightInput, Tensor weightHidden, bool reverse, Tensor output, Tensor history,
        Tensor gradOutput, Tensor? gradCell, Tensor? gradInput, Tensor gradWeightInput, Tensor gradWeightHidden, Tensor gradBias)
    {
        using var lease = new StorageLease(input, weightInput, weightHidden, output, history, gradOutput, gradCell, gradInput,
            gradWeightInput, gradWeightHidden, gradBias);
        var s = Sizes(input, weightHidden, reverse);
        using (var cellGradient = Scratch(s.Batch, s.Units))
        using (var packed = PackForGradient(s, LstmCell.Gates, weightHidden))
        {
            if (gradCell is null) Fill(cellGradient, 0);
            else Copy(gradCell, cellGradient);
            if (IsTall(s)) LstmStepGradients<TallTile>(s, packed, history, gradOutput, cellGradient);
            else LstmStepGradients<LowTile>(s, packed, history, gradOutput, cellGradient);
        }

        using var gates = View(history, 0, s.Batch * s.Steps, LstmCell.Gates * s.Units);
        SequenceGradients(s, input, weightInput, output, gates, gates, gradInput, gradWeightInput, gradWeightHidden);
        SumRows(gates, gradBias);
    }

    private void LstmSteps<TTile>(in SequenceSizes s, Tensor packed, Tensor output, Tensor cell, Tensor history)
        where TTile : struct, IRecurrentTile
    {
        var grid = StepGrid<TTile>(s);
        var kernel = new LstmStep<TTile>
        {
            Rows = s.Batch,
            Steps = s.Steps,
            Units = s.Units,
            Depth = PaddedDepth(s.Units),
            Packed = Fours(packed),
            History = Floats(history),
            Output = Floats(output),
        };
        for (var step = 0; step < s.Steps; step++)
        {
            kernel.Time = s.Time(step);
            kernel.Before = step == 0 ? -1 : s.Time(step - 1);
            if (step == s.Steps - 1) kernel.Last = Floats(cell);
            Launch(grid, kernel);
        }
    }

    private void LstmStepGradients<TTile>(
        in SequenceSizes s, Tensor packed, Tensor history, Tensor gradOutput, Tensor cellGradient)
        where TTile : struct, IRecurrentTile
    {
        var grid = GradientGrid<TTile>(s);
        var kernel = new LstmStepGradient<TTile>
        {
            Rows = s.Batch,
            Steps = s.Steps,
            Units = s.Units,
            Depth = PaddedDepth(s.Units),
            Packed = Fours(packed),
            History = Floats(history),
            Gradient = Floats(gradOutput),
            CellGradient = Floats(cellGradient),
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
