using Engine.Tensors.Gpu.Kernels;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    // Runs from this length on are read in whole lines; shorter ones are, where neighbouring channels are read together.
    private const int LongRun = 16;

    /// <inheritdoc/>
    public void ChannelStatistics(Tensor x, Tensor mean, Tensor variance)
    {
        using var lease = new StorageLease(x, mean, variance);
        var (teams, grid) = TeamsOfChannels(x);
        using GpuScratch means = Scratch(teams.Channels, teams.Chunks), rests = Scratch(teams.Channels, teams.Chunks),
            squares = Scratch(teams.Channels, teams.Chunks);
        Launch(grid, new ChannelMoments
        {
            Teams = teams,
            X = Floats(x),
            Means = Floats(means),
            Rests = Floats(rests),
            Squares = Floats(squares),
        });
        var (merging, mergingGrid) = TeamOfRow(teams.Channels, teams.Chunks);
        Launch(mergingGrid, new ChannelStatistics
        {
            Teams = merging,
            Size = teams.Size,
            Chunk = teams.Chunk,
            Means = Floats(means),
            Rests = Floats(rests),
            Squares = Floats(squares),
            Mean = Floats(mean),
            Variance = Floats(variance),
        });
    }

    /// <inheritdoc/>
    public void FollowStatistics(
        Tensor mean, Tensor variance, float momentum, float correction, Tensor runningMean, Tensor runningVariance)
    {
        using var lease = new StorageLease(mean, variance, runningMean, runningVariance);
        Map(mean.Count, new FollowStatistics
        {
            Count = mean.Count,
            Momentum = momentum,
            Correction = correction,
            Mean = Floats(mean),
            Variance = Floats(variance),
            RunningMean = Floats(runningMean),
            RunningVariance = Floats(runningVariance),
        });
    }

    /// <inheritdoc/>
    public void ChannelScale(Tensor variance, float epsilon, Tensor weight, Tensor inverse, Tensor scale)
    {
        using var lease = new StorageLease(variance, weight, inverse, scale);
        Map(variance.Count, new ChannelScale
        {
            Count = variance.Count,
            Epsilon = epsilon,
            Variance = Floats(variance),
            Weight = Floats(weight),
            Inverse = Floats(inverse),
            Scale = Floats(scale),
        });
    }

    /// <inheritdoc/>
    public void NormalizeChannels(Tensor x, Tensor mean, Tensor scale, Tensor shift, Tensor result)
    {
        using var lease = new StorageLease(x, mean, scale, shift, result);
        var (elements, grid) = ElementsOfChannels(x);
        Launch(grid, new NormalizeChannels
        {
            Elements = elements,
            X = Floats(x),
            Mean = Floats(mean),
            Scale = Floats(scale),
            Shift = Floats(shift),
            Result = Floats(result),
        });
    }

    /// <inheritdoc/>
    public void BatchNormGradient(
        Tensor x, Tensor mean, Tensor inverseDeviation, Tensor weight, bool batchStatistics, Tensor gradOutput, Tensor gradInput,
        Tensor gradWeight, Tensor gradBias)
    {
        using var lease = new StorageLease(x, mean, inverseDeviation, weight, gradOutput, gradInput, gradWeight, gradBias);
        var (teams, teamGrid) = TeamsOfChannels(x);
        SumChunks(teams.Chunks, teams.Channels, gradWeight, gradBias, (products, sums) => Launch(teamGrid, new ChannelGradients
        {
            Teams = teams,
            X = Floats(x),
            Mean = Floats(mean),
            Inverse = Floats(inverseDeviation),
            Gradient = Floats(gradOutput),
            Products = Floats(products),
            Sums = Floats(sums),
        }));
        var (elements, grid) = ElementsOfChannels(x);
        Launch(grid, new BatchNormGradient
        {
            Elements = elements,
            Size = batchStatistics ? teams.Size : 0,
            X = Floats(x),
            Mean = Floats(mean),
            Inverse = Floats(inverseDeviation),
            Weight = Floats(weight),
            GradWeight = Floats(gradWeight),
            GradBias = Floats(gradBias),
            Gradient = Floats(gradOutput),
            Result = Floats(gradInput),
        });
    }

    /// <inheritdoc/>
    public void LayerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor result, Tensor statistics)
    {
        using var lease = new StorageLease(x, weight, bias, result, statistics);
        var (teams, grid) = TeamOfRow(x);
        Launch(grid, new LayerNorm
        {
            Teams = teams,
            Epsilon = epsilon,
            X = Floats(x),
            Weight = Floats(weight),
            Bias = Floats(bias),
            Result = Floats(result),
            Statistics = Floats(statistics),
        });
    }

    /// <inheritdoc/>
    public void LayerNormGradient(
        Tensor x, Tensor statistics, Tensor weight, Tensor gradOutput, Tensor gradInput, Tensor gradWeight, Tensor gradBias)
    {
        using var lease = new StorageLease(x, statistics, weight, gradOutput, gradInput, gradWeight, gradBias);
        int rows = x.Shape[0], n = x.Shape[1];
        var teams = GpuTeams.ForColumns(rows, n);
        int chunks = teams.Chunks(rows), blocks = (n + teams.Columns - 1) / teams.Columns;
        SumChunks(chunks, n, gradWeight, gradBias, (products, sums) => Launch(new GpuGrid(blocks * chunks), new LayerNormColumns
        {
            Rows = rows,
            N = n,
            Blocks = blocks,
            Columns = teams.Columns,
            ColumnBits = int.Log2(teams.Columns),
            Lanes = teams.Lanes,
            Chunk = teams.Chunk,
            X = Floats(x),
            Statistics = Floats(statistics),
            Gradient = Floats(gradOutput),
            Products = Floats(products),
            Sums = Floats(sums),
        }));

        // After those: gradInput may be gradOutput.
        var (rowTeams, grid) = TeamOfRow(x);
        Launch(grid, new LayerNormGradient
        {
            Teams = rowTeams,
            X = Floats(x),
            Statistics = Floats(statistics),
            Weight = Floats(weight),
            Gradient = Floats(gradOutput),
            Result = Floats(gradInput),
        });
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

    private static (ChannelTeams Teams, GpuGrid Grid) TeamsOfChannels(Tensor x)
    {
        int n = x.Shape[0], channels = x.Shape[1], length = x.Shape[2];
        var teams = new ChannelTeams(
            n, channels, length, GpuTeams.ForColumns(n * length, length >= LongRun ? 1 : channels));
        return (teams, new GpuGrid(teams.Blocks * teams.Chunks));
    }

    private (ChannelElements Elements, GpuGrid Grid) ElementsOfChannels(Tensor x)
    {
        var groups = (int)Math.Min((x.Count + (Items - 1L)) / Items, (long)GroupsOfUnit * Info.ComputeUnits);
        return (new(x.Shape[0], x.Shape[1], x.Shape[2], groups * Items), new GpuGrid(groups));
    }
}
