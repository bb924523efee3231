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
        var s = Sizes(input, weightHidden, reverse);
        var tiles = Tiles(s, s_lstm, s_tallLstm);
        using var sums = View(history, 0, s.Batch * s.Steps, 4 * s.Units);
        InputProduct(s, input, weightInput, bias, sums);
        using var packed = PackHidden(tiles, "pack_for_step", s, weightHidden);
        if (s.Steps == 0) Fill(cell, 0);
        for (var step = 0; step < s.Steps; step++)
        {
            Launch(
                tiles.Family, "lstm_step", tiles.StepGrid(s), s.Batch, s.Steps, s.Units, RecurrentTiles.Depth(s.Units),
                s.Time(step), step == 0 ? -1 : s.Time(step - 1), packed, history, output, step == s.Steps - 1 ? cell : null);
        }
    }

    /// <inheritdoc/>
    public void LstmGradient(
        Tensor input, Tensor weightInput, Tensor weightHidden, bool reverse, Tensor output, Tensor history,
        Tensor gradOutput, Tensor? gradCell, Tensor? gradInput, Tensor gradWeightInput, Tensor gradWeightHidden, Tensor gradBias)
    {
        var s = Sizes(input, weightHidden, reverse);
        var tiles = Tiles(s, s_lstm, s_tallLstm);
        using (var cellGradient = Scratch(s.Batch, s.Units))
        using (var packed = PackHidden(tiles, "pack_for_gradient", s, weightHidden))
        {
            if (gradCell is null) Fill(cellGradient, 0);
            else Copy(gradCell, cellGradient);
            for (var step = s.Steps - 1; step >= 0; step--)
            {
                Launch(
                    tiles.Family, "lstm_step_gradient", tiles.GradientGrid(s), s.Batch, s.Steps, s.Units,
                    RecurrentTiles.Depth(s.Units),
                    s.Time(step), step == 0 ? -1 : s.Time(step - 1), step == s.Steps - 1 ? -1 : s.Time(step + 1),
                    packed, history, gradOutput, cellGradient);
            }
        }

        using var gates = View(history, 0, s.Batch * s.Steps, 4 * s.Units);
        SequenceGradients(tiles, s, input, weightInput, output, gates, gates, gradInput, gradWeightInput, gradWeightHidden);
        SumRows(gates, gradBias);
    }
}
