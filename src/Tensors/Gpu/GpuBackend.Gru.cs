namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    /// <inheritdoc/>
    public void Gru(
        Tensor input, Tensor weightInput, Tensor weightHidden, Tensor biasInput, Tensor biasHidden, bool reverse, Tensor output,
        Tensor history)
    {
        var s = Sizes(input, weightHidden, reverse);
        var tiles = Tiles(s, s_gru, s_tallGru);
        using var sums = Scratch(s.Batch * s.Steps, 3 * s.Units);
        InputProduct(s, input, weightInput, biasInput, sums);
        using var packed = PackHidden(tiles, "pack_for_step", s, weightHidden);
        for (var step = 0; step < s.Steps; step++)
        {
            Launch(
                tiles.Family, "gru_step", tiles.StepGrid(s), s.Batch, s.Steps, s.Units, RecurrentTiles.Depth(s.Units),
                s.Time(step), step == 0 ? -1 : s.Time(step - 1), packed, biasHidden, sums, history, output);
        }
    }

    /// <inheritdoc/>
    public void GruGradient(
        Tensor input, Tensor weightInput, Tensor weightHidden, bool reverse, Tensor output, Tensor history, Tensor gradOutput,
        Tensor? gradInput, Tensor gradWeightInput, Tensor gradWeightHidden, Tensor gradBiasInput, Tensor gradBiasHidden)
    {
        var s = Sizes(input, weightHidden, reverse);
        var tiles = Tiles(s, s_gru, s_tallGru);
        using var fromInput = Scratch(s.Batch * s.Steps, 3 * s.Units);
        using var fromHidden = Scratch(s.Batch * s.Steps, 3 * s.Units);
        using (var carried = Scratch(s.Batch, s.Units))
        using (var packed = PackHidden(tiles, "pack_for_gradient", s, weightHidden))
        {
            Fill(carried, 0);
            for (var step = s.Steps - 1; step >= 0; step--)
            {
                Launch(
                    tiles.Family, "gru_step_gradient", tiles.GradientGrid(s), s.Batch, s.Steps, s.Units,
                    RecurrentTiles.Depth(s.Units),
                    s.Time(step), step == 0 ? -1 : s.Time(step - 1), step == s.Steps - 1 ? -1 : s.Time(step + 1),
                    packed, history, output, gradOutput, carried, fromInput, fromHidden);
            }
        }

        SequenceGradients(tiles, s, input, weightInput, output, fromInput, fromHidden, gradInput, gradWeightInput,
            gradWeightHidden);
        SumRows(fromInput, gradBiasInput);
        SumRows(fromHidden, gradBiasHidden);
    }
}
