using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// For each chunk of each channel of x [N, C, L] its mean m, what m is short of by Σ (x - m)/count, and Σ (x - mean)², each
/// [channels, chunks]: the corrected two-pass algorithm of Chan, Golub and LeVeque (1983), whose mean is good to twice a float's
/// digits.
/// </summary>
internal struct ChannelMoments : IKernel
{
    public ChannelTeams Teams;
    public ArrayView<float> X, Means, Rests, Squares;

    public readonly void Run()
    {
        var shared = SharedMemory.Allocate<float>(Team.Group);
        var part = new ChannelPart(Teams);
        float count = part.Count, sum = 0;
        for (var walk = Teams.Walk(part); walk.Left > 0; walk = Teams.Next(walk)) sum += X[walk.Element];
        var mean = Team.Sum(shared, sum, part.Item, part.Lane, Teams.Lanes, Teams.Columns) / count;
        mean = TeamValue.OfFirstLane(shared, mean, part.Item, part.Lane, Teams.Columns);
        float rest = 0, square = 0;
        for (var walk = Teams.Walk(part); walk.Left > 0; walk = Teams.Next(walk))
        {
            var deviation = X[walk.Element] - mean;
            rest += deviation;
            square += deviation * deviation;
        }

        rest = Team.Sum(shared, rest, part.Item, part.Lane, Teams.Lanes, Teams.Columns) / count;
        square = Team.Sum(shared, square, part.Item, part.Lane, Teams.Lanes, Teams.Columns);
        if (part.Channel >= Teams.Channels || part.Lane != 0) return;
        var at = part.Channel * Teams.Chunks + part.Part;
        Means[at] = mean;
        Rests[at] = rest;
        Squares[at] = square - count * rest * rest;
    }
}

/// <summary>
/// mean and variance [channels] from the chunks of <see cref="ChannelMoments"/>: their means relative to the first one's, which
/// is close to them all even where x is far from 0, and with those the squares. A team has a channel.
/// </summary>
internal struct ChannelStatistics : IKernel
{
    public RowTeams Teams;
    public int Size, Chunk;
    public ArrayView<float> Means, Rests, Squares, Mean, Variance;

    public readonly void Run()
    {
        var shared = SharedMemory.Allocate<float>(Team.Group);
        var row = new TeamRow(Teams);
        float origin = Means[row.First], sum = 0;
        for (var i = row.Lane; i < row.End; i += Teams.Lanes)
            sum += Count(i) * (Means[row.First + i] - origin + Rests[row.First + i]);
        float offset = Team.Sum(shared, sum, row.Item, row.Lane, Teams.Lanes, 1) / Size, square = 0;
        for (var i = row.Lane; i < row.End; i += Teams.Lanes)
        {
            var deviation = Means[row.First + i] - origin + Rests[row.First + i] - offset;
            square += Squares[row.First + i] + Count(i) * deviation * deviation;
        }

        square = Team.Sum(shared, square, row.Item, row.Lane, Teams.Lanes, 1);
        if (row.Row >= Teams.Rows || row.Lane != 0) return;
        Mean[row.Row] = origin + offset;
        Variance[row.Row] = square / Size;
    }

    // Values of a chunk: the last may have fewer.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Count(int chunk) => Size - chunk * Chunk < Chunk ? Size - chunk * Chunk : Chunk;
}

/// <summary>running = (1 - momentum)·running + momentum·statistic for mean and variance; the variance is corrected.</summary>
internal struct FollowStatistics : IKernel
{
    public int Count;
    public float Momentum, Correction;
    public ArrayView<float> Mean, Variance, RunningMean, RunningVariance;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            RunningMean[i] = Mean[i] * Momentum + RunningMean[i] * (1 - Momentum);
            RunningVariance[i] = Variance[i] * (Momentum * Correction) + RunningVariance[i] * (1 - Momentum);
        }
    }
}

/// <summary>inverse = 1/√(variance + epsilon) and scale = inverse·weight, channel by channel.</summary>
internal struct ChannelScale : IKernel
{
    public int Count;
    public float Epsilon;
    public ArrayView<float> Variance, Weight, Inverse, Scale;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            var inverse = 1 / MathF.Sqrt(Variance[i] + Epsilon);
            Inverse[i] = inverse;
            Scale[i] = inverse * Weight[i];
        }
    }
}

/// <summary>result = (x - mean)·scale + shift of x [N, C, L], by channel.</summary>
internal struct NormalizeChannels : IKernel
{
    public ChannelElements Elements;
    public ArrayView<float> X, Mean, Scale, Shift, Result;

    public readonly void Run()
    {
        for (var element = Elements.First(); Elements.IsInside(element); element = Elements.Next(element))
        {
            int i = (int)element.Place, channel = Elements.Channel(element);
            Result[i] = (X[i] - Mean[channel]) * Scale[channel] + Shift[channel];
        }
    }
}

/// <summary>For each chunk of each channel of x [N, C, L] Σ g and Σ g·(x - mean)·inverse, both [chunks, channels].</summary>
internal struct ChannelGradients : IKernel
{
    public ChannelTeams Teams;
    public ArrayView<float> X, Mean, Inverse, Gradient, Products, Sums;

    public readonly void Run()
    {
        var shared = SharedMemory.Allocate<float>(Team.Group);
        var part = new ChannelPart(Teams);
        float center = part.Channel < Teams.Channels ? Mean[part.Channel] : 0, sum = 0, product = 0;
        for (var walk = Teams.Walk(part); walk.Left > 0; walk = Teams.Next(walk))
        {
            var gradient = Gradient[walk.Element];
            sum += gradient;
            product += gradient * (X[walk.Element] - center);
        }

        sum = Team.Sum(shared, sum, part.Item, part.Lane, Teams.Lanes, Teams.Columns);
        product = Team.Sum(shared, product, part.Item, part.Lane, Teams.Lanes, Teams.Columns);
        if (part.Channel >= Teams.Channels || part.Lane != 0) return;
        var at = part.Part * Teams.Channels + part.Channel;
        Sums[at] = sum;
        Products[at] = product * Inverse[part.Channel];
    }
}

/// <summary>
/// The gradient of batch normalisation with respect to x [N, C, L]. With x̂ = (x - mean)·inverse:
/// result = weight·inverse·(g - gradBias/size - x̂·gradWeight/size), or weight·inverse·g where the statistics are constants
/// (size 0). The result may be g.
/// </summary>
internal struct BatchNormGradient : IKernel
{
    public ChannelElements Elements;
    public float Size;
    public ArrayView<float> X, Mean, Inverse, Weight, GradWeight, GradBias, Gradient, Result;

    public readonly void Run()
    {
        for (var element = Elements.First(); Elements.IsInside(element); element = Elements.Next(element))
        {
            int i = (int)element.Place, channel = Elements.Channel(element);
            float factor = Weight[channel] * Inverse[channel], gradient = Gradient[i];
            if (Size > 0)
            {
                var slope = GradWeight[channel] * Inverse[channel] / Size;
                gradient = gradient - GradBias[channel] / Size - (X[i] - Mean[channel]) * slope;
            }

            Result[i] = gradient * factor;
        }
    }
}
