using Engine.Tensors.Gpu.Kernels;
using SequenceSizes = Engine.Tensors.Cpu.Kernels.SequenceSizes;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    /// <summary>
    /// Groups of low tiles from which on a device is busy with tall ones too, which read less for each multiplication.
    /// </summary>
    private const int ManyGroups = 512;

    private static SequenceSizes Sizes(Tensor input, Tensor weightHidden, bool reverse) =>
        new(input.Shape[0], input.Shape[1], input.Shape[2], weightHidden.Shape[1], reverse);

    private static bool IsTall(in SequenceSizes s)
    {
        var grid = StepGrid<LowTile>(s);
        return (long)grid.X * grid.Y >= ManyGroups;
    }

    private static GpuGrid StepGrid<TTile>(in SequenceSizes s)
        where TTile : struct, IRecurrentTile => TileGrid(s, TTile.Rows * StepProduct.Lanes);

    private static GpuGrid GradientGrid<TTile>(in SequenceSizes s)
        where TTile : struct, IRecurrentTile => TileGrid(s, GradientProduct.Rows<TTile>());

    private static GpuGrid TileGrid(in SequenceSizes s, int rows) => new((s.Batch + rows - 1) / rows, UnitBlocks(s.Units));

    private static int UnitBlocks(int units) => (units + RecurrentTile.Units - 1) / RecurrentTile.Units;

    private static int PaddedDepth(int units) => (units + RecurrentTile.Depth - 1) / RecurrentTile.Depth * RecurrentTile.Depth;

    private GpuScratch PackForStep(in SequenceSizes s, int gates, Tensor weightHidden)
    {
        var depth = PaddedDepth(s.Units);
        var packed = Scratch(UnitBlocks(s.Units), depth, RecurrentTile.Units, 4);
        Map(packed.Tensor.Count, new PackForStep
        {
            Count = packed.Tensor.Count,
            Gates = gates,
            Units = s.Units,
            Depth = depth,
            Weight = Floats(weightHidden),
            Packed = Floats(packed),
        });
        return packed;
    }

    private GpuScratch PackForGradient(in SequenceSizes s, int gates, Tensor weightHidden)
    {
        var depth = PaddedDepth(s.Units);
        var packed = Scratch(UnitBlocks(s.Units), gates, depth, RecurrentTile.Units);
        Map(packed.Tensor.Count, new PackForGradient
        {
            Count = packed.Tensor.Count,
            Gates = gates,
            Units = s.Units,
            Depth = depth,
            Weight = Floats(weightHidden),
            Packed = Floats(packed),
        });
        return packed;
    }

    // Every step of every sequence through the input's weights: [N · T, gates · H].
    private void InputProduct(in SequenceSizes s, Tensor input, Tensor weightInput, Tensor bias, Tensor sums)
    {
        using var x = View(input, 0, s.Batch * s.Steps, s.Features);
        MatMul(x, false, weightInput, true, sums, bias: bias);
    }

    // What does not depend on the order of the steps: large products over all of them. The gradients of the gates' sums
    // [N · T, gates · H] with respect to the input's part and the hidden state's are one tensor for an LSTM.
    private void SequenceGradients(
        in SequenceSizes s, Tensor input, Tensor weightInput, Tensor output, Tensor fromInput, Tensor fromHidden,
        Tensor? gradInput, Tensor gradWeightInput, Tensor gradWeightHidden)
    {
        var rows = s.Batch * s.Steps;
        using var x = View(input, 0, rows, s.Features);
        using var before = Scratch(rows, s.Units);
        Map(output.Count, new StatesBefore
        {
            Count = output.Count,
            Steps = s.Steps,
            Units = s.Units,
            Shift = s.Reverse ? 1 : -1,
            Output = Floats(output),
            Before = Floats(before),
        });
        MatMul(fromInput, true, x, false, gradWeightInput);
        MatMul(fromHidden, true, before, false, gradWeightHidden);
        if (gradInput is null) return;
        using var target = View(gradInput, 0, rows, s.Features);
        MatMul(fromInput, false, weightInput, false, target);
    }

    private void SumRows(Tensor rows, Tensor result)
    {
        using var sums = View(result, 0, 1, result.Count);
        Sum(rows, sums);
    }

    private static Tensor View(Tensor tensor, int offset, int rows, int columns) =>
        TensorScope.Release(tensor.Alias(new Shape(rows, columns), offset));
}
