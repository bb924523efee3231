namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    // Runs from this length on are read in whole lines; shorter ones are, where neighbouring channels are read together.
    private const int LongRun = 16;

    private static readonly KernelFamily s_norm = new("norm", ["team"]);

    /// <inheritdoc/>
    public void ChannelStatistics(Tensor x, Tensor mean, Tensor variance)
    {
        var channels = new Channels(x);
        var (teams, chunks) = (channels.Teams, channels.Chunks);
        using GpuScratch means = Scratch(channels.Count, chunks), rests = Scratch(channels.Count, chunks),
            squares = Scratch(channels.Count, chunks);
        Launch(
            s_norm, "channel_moments", channels.Grid, channels.Size, channels.Count, channels.Length, teams.Columns, teams.Lanes,
            teams.Chunk,
            x, means, rests, squares);
        var merging = GpuTeams.ForRows(chunks);
        Launch(
            s_norm, "channel_statistics", new GpuGrid((channels.Count + merging.Outer - 1) / merging.Outer, GpuTeams.Group),
            channels.Size, channels.Count, merging.Lanes, chunks, teams.Chunk, means, rests, squares, mean, variance);
    }

    /// <inheritdoc/>
    public void FollowStatistics(
        Tensor mean, Tensor variance, float momentum, float correction, Tensor runningMean, Tensor runningVariance) =>
        Map(s_norm, "follow_statistics", mean.Count, mean.Count, momentum, correction, mean, variance, runningMean,
            runningVariance);

    /// <inheritdoc/>
    public void ChannelScale(Tensor variance, float epsilon, Tensor weight, Tensor inverse, Tensor scale) =>
        Map(s_norm, "channel_scale", variance.Count, variance.Count, epsilon, variance, weight, inverse, scale);

    /// <inheritdoc/>
    public void NormalizeChannels(Tensor x, Tensor mean, Tensor scale, Tensor shift, Tensor result) =>
        Map(s_norm, "normalize_channels", x.Count, x.Count, x.Shape[1], x.Shape[2], x, mean, scale, shift, result);

    /// <inheritdoc/>
    public void BatchNormGradient(
        Tensor x, Tensor mean, Tensor inverseDeviation, Tensor weight, bool batchStatistics, Tensor gradOutput, Tensor gradInput,
        Tensor gradWeight, Tensor gradBias)
    {
        var channels = new Channels(x);
        var teams = channels.Teams;
        SumChunks(channels.Chunks, channels.Count, gradWeight, gradBias, (products, sums) => Launch(
            s_norm, "channel_gradients", channels.Grid, channels.Size, channels.Count, channels.Length, teams.Columns,
            teams.Lanes, teams.Chunk,
            x, mean, inverseDeviation, gradOutput, products, sums));
        Map(
            s_norm, "batch_norm_gradient", x.Count, x.Count, channels.Count, channels.Length,
            batchStatistics ? (float)channels.Size : 0f,
            x, mean, inverseDeviation, weight, gradWeight, gradBias, gradOutput, gradInput);
    }

    /// <inheritdoc/>
    public void LayerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor result, Tensor statistics)
    {
        var (rows, n, lanes, grid) = TeamOfRow(x);
        Launch(s_norm, "layer_norm", grid, rows, n, lanes, epsilon, x, weight, bias, result, statistics);
    }

    /// <inheritdoc/>
    public void LayerNormGradient(
        Tensor x, Tensor statistics, Tensor weight, Tensor gradOutput, Tensor gradInput, Tensor gradWeight, Tensor gradBias)
    {
        var (rows, n, lanes, grid) = TeamOfRow(x);
        var teams = GpuTeams.ForColumns(rows, n);
        var chunks = teams.Chunks(rows);
        SumChunks(chunks, n, gradWeight, gradBias, (products, sums) => Launch(
            s_norm, "layer_norm_columns", new GpuGrid((n + teams.Columns - 1) / teams.Columns * chunks, GpuTeams.Group),
            rows, n, teams.Columns, teams.Lanes, teams.Chunk, x, statistics, gradOutput, products, sums));

        // After those: gradInput may be gradOutput.
        Launch(s_norm, "layer_norm_gradient", grid, rows, n, lanes, x, statistics, weight, gradOutput, gradInput);
    }

    // Two sums [n] of which the launch gives the parts [chunks, n].
    private void SumChunks(int chunks, int n, Tensor first, Tensor second, Action<Tensor, Tensor> launch)
    {
        if (chunks == 0)
        {
            Fill(first, 0);
            Fill(second, 0);
        }
        else if (chunks == 1)
        {
            launch(first, second);
        }
        else
        {
            using GpuScratch firsts = Scratch(chunks, n), seconds = Scratch(chunks, n);
            launch(firsts, seconds);
            SumMiddle(firsts, 1, chunks, n, first);
            SumMiddle(seconds, 1, chunks, n, second);
        }
    }

    // How the values of each channel of x [N, C, L] are reduced.
    private readonly struct Channels
    {
        public Channels(Tensor x)
        {
            (Count, Length, Size) = (x.Shape[1], x.Shape[2], x.Shape[0] * x.Shape[2]);
            Teams = GpuTeams.ForColumns(Size, Length >= LongRun ? 1 : Count);
            Chunks = Teams.Chunks(Size);
        }

        public int Count { get; }

        public int Length { get; }

        public int Size { get; }

        public GpuTeams Teams { get; }

        public int Chunks { get; }

        public GpuGrid Grid => new((Count + Teams.Columns - 1) / Teams.Columns * Chunks, GpuTeams.Group);
    }
}
