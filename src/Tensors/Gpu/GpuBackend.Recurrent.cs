using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    private static readonly RecurrentTiles s_lstm = new("lstm", 4, 2, 4), s_tallLstm = new("lstm", 4, 8, 8);
    private static readonly RecurrentTiles s_gru = new("gru", 3, 2, 4), s_tallGru = new("gru", 3, 8, 8);

    /// <summary>
    /// Groups of low tiles from which on a device is busy with tall ones too, which read less for each multiplication.
    /// </summary>
    private const int ManyGroups = 512;

    private static SequenceSizes Sizes(Tensor input, Tensor weightHidden, bool reverse) =>
        new(input.Shape[0], input.Shape[1], input.Shape[2], weightHidden.Shape[1], reverse);

    private static RecurrentTiles Tiles(in SequenceSizes s, RecurrentTiles low, RecurrentTiles tall)
    {
        var grid = low.StepGrid(s);
        return (long)grid.GroupsX * grid.GroupsY < ManyGroups ? low : tall;
    }

    private GpuScratch PackHidden(RecurrentTiles tiles, string kernel, in SequenceSizes s, Tensor weightHidden)
    {
        var depth = RecurrentTiles.Depth(s.Units);
        var packed = kernel == "pack_for_step"
            ? Scratch(RecurrentTiles.Blocks(s.Units), depth, RecurrentTiles.Units, 4)
            : Scratch(RecurrentTiles.Blocks(s.Units), tiles.Gates, depth, RecurrentTiles.Units);
        var count = packed.Tensor.Count;
        Map(tiles.Family, kernel, count, count, s.Units, depth, weightHidden, packed);
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
        RecurrentTiles tiles, in SequenceSizes s, Tensor input, Tensor weightInput, Tensor output, Tensor fromInput,
        Tensor fromHidden,
        Tensor? gradInput, Tensor gradWeightInput, Tensor gradWeightHidden)
    {
        var rows = s.Batch * s.Steps;
        using var x = View(input, 0, rows, s.Features);
        using var before = Scratch(rows, s.Units);
        Map(tiles.Family, "states_before", output.Count, output.Count, s.Steps, s.Units, s.Reverse ? 1 : -1, output, before);
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

    /// <summary>The kernels of an LSTM or GRU for one height of tiles; <c>recurrent.cl</c> says what the numbers mean.</summary>
    private sealed class RecurrentTiles(string name, int gates, int rows, int gradientRows)
    {
        public const int Units = 16;
        private const int DepthStep = 32, Lanes = 8, GradientLanes = 4;

        public int Gates => gates;

        public KernelFamily Family { get; } = new(
            name, ["recurrent"], ("GATES", gates), ("UNITS", Units), ("DEPTH", DepthStep), ("LANES", Lanes), ("ROWS", rows),
            ("GRADIENT_LANES", GradientLanes), ("GRADIENT_ROWS", gradientRows));

        public static int Blocks(int units) => (units + Units - 1) / Units;

        public static int Depth(int units) => (units + DepthStep - 1) / DepthStep * DepthStep;

        public GpuGrid StepGrid(in SequenceSizes s) => Grid(s, Lanes * rows, Units * Lanes);

        public GpuGrid GradientGrid(in SequenceSizes s) => Grid(s, GradientLanes * gradientRows, gates * Units * GradientLanes);

        private static GpuGrid Grid(in SequenceSizes s, int tileRows, int items) =>
            new((s.Batch + tileRows - 1) / tileRows, Blocks(s.Units), 1, items);
    }
}
