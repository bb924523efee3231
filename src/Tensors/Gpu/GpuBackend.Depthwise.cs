using Engine.Tensors.Gpu.Kernels;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    // With more filters for each channel, the tiles of a product are full enough.
    private const int MaxMultiplier = 4;

    private static bool IsDepthwise(in Conv2dGeometry g) =>
        g.GroupChannels == 1 && g.Options.Groups > 1 && g.GroupFilters <= MaxMultiplier;

    private void Depthwise(in Conv2dGeometry g, Tensor input, Tensor weight, Tensor? bias, bool relu, Tensor output) =>
        Map(output.Count, new DepthwiseForward
        {
            Count = output.Count,
            Cut = relu ? 1 : 0,
            Shape = new(g),
            OutputHeight = new(g.OutputHeight),
            OutputWidth = new(g.OutputWidth),
            Filters = new(g.Filters),
            X = Floats(input),
            W = Floats(weight),
            Bias = Floats(bias),
            Y = Floats(output),
        });

    private void DepthwiseInputGradient(in Conv2dGeometry g, Tensor gradOutput, Tensor weight, Tensor gradInput) =>
        Map(gradInput.Count, new DepthwiseInputGradient
        {
            Count = gradInput.Count,
            Shape = new(g),
            Height = new(g.Height),
            Width = new(g.Width),
            Channels = new(g.Channels),
            GradY = Floats(gradOutput),
            W = Floats(weight),
            GradX = Floats(gradInput),
        });

    private void DepthwiseWeightGradient(
        in Conv2dGeometry g, Tensor input, Tensor gradOutput, Tensor gradWeight, Tensor? gradBias)
    {
        var (taps, positions) = (g.KernelHeight * g.KernelWidth, g.OutputHeight * g.OutputWidth);
        var columns = taps + (gradBias is null ? 0 : 1);
        var size = g.Batch * positions;
        var teams = new ChannelTeams(
            g.Batch, g.Filters, positions, GpuTeams.ForColumns(size, positions >= LongRun ? 1 : g.Filters));
        // A batch without images is one chunk of nothing.
        var splits = Math.Max(1, teams.Chunks);
        using var partial = Scratch(splits, g.Filters, columns);
        Launch(new GpuGrid(teams.Blocks * splits, Math.Min(columns, LargestGridSide)), new DepthwiseWeightGradient
        {
            Teams = teams,
            Shape = new(g),
            Taps = taps,
            Columns = columns,
            Positions = new(positions),
            PositionsX = new(g.OutputWidth),
            KernelWidth = new(g.KernelWidth),
            GradY = Floats(gradOutput),
            X = Floats(input),
            Partial = partial.View<float>(),
        });
        Launch(new GpuGrid(SplitK.GroupsOf(g.Filters * columns)), new FinishWeightGradient
        {
            Splits = splits,
            Count = g.Filters * columns,
            N = columns,
            Taps = taps,
            Partial = partial.View<float>(),
            GradWeight = Floats(gradWeight),
            GradBias = Floats(gradBias),
        });
    }
}
