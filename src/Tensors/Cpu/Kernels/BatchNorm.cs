using System.Runtime.Intrinsics;
using Tiny = Engine.Dsp.Tiny;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Batch normalisation of x [N, C, L] (Ioffe and Szegedy 2015). A channel's values are N runs of length L; each run is cut into
/// pieces that fit in the cache, each piece yields its mean and squared deviations in two passes, and pieces are merged in order
/// (Chan, Golub and LeVeque 1983), so memory is read once and the bits do not depend on the threads.
/// </summary>
internal static unsafe class BatchNorm
{
    private const int Width = 16;
    private const int Piece = 16 * 1024;

    // A channel's runs of a page or more are followed by the processor's prefetch as well as all runs in order.
    private const int LongRun = 1024;

    /// <summary>Mean and population variance of every channel.</summary>
    public static void Statistics(float* x, int batch, int channels, int length, float* mean, float* variance)
    {
        var pieces = (length + Piece - 1) / Piece;
        ForChannels(batch, channels, length, channel =>
        {
            double count = 0, average = 0, squares = 0;
            for (var n = 0; n < batch; n++)
            {
                for (var piece = 0; piece < pieces; piece++)
                {
                    var run = x + ((long)n * channels + channel) * length + piece * Piece;
                    var size = Math.Min(Piece, length - piece * Piece);
                    double pieceMean = Reductions.Sum(run, size) / (double)size;
                    double pieceSquares = SquaredDeviations(run, size, (float)pieceMean);
                    var delta = pieceMean - average;
                    count += size;
                    average += delta * size / count;
                    squares += pieceSquares + delta * delta * size * (count - size) / count;
                }
            }

            mean[channel] = (float)average;
            variance[channel] = (float)(squares / count);
        });
    }

    /// <summary>running = (1 - momentum)·running + momentum·factor·statistic.</summary>
    public static void Follow(float* statistic, int count, float momentum, float factor, float* running)
    {
        for (var i = 0; i < count; i++)
            running[i] = Tiny.Flush(MathF.FusedMultiplyAdd(statistic[i], momentum * factor, running[i] * (1 - momentum)));
    }

    /// <summary>inverse = 1/√(variance + epsilon), scale = inverse·weight.</summary>
    public static void Scale(float* variance, int count, float epsilon, float* weight, float* inverse, float* scale)
    {
        for (var i = 0; i < count; i++)
        {
            inverse[i] = 1 / MathF.Sqrt(variance[i] + epsilon);
            scale[i] = inverse[i] * weight[i];
        }
    }

    /// <summary>result = (x - mean)·scale + shift, by channel.</summary>
    public static void Normalize(
        float* x, int batch, int channels, int length, float* mean, float* scale, float* shift, float* result)
    {
        var stream = Streams(result, batch, channels, length) && x != result;
        ForRuns(batch, channels, length, (channel, offset, count) =>
        {
            var (m, s, b) = (Vector512.Create(mean[channel]), Vector512.Create(scale[channel]), Vector512.Create(shift[channel]));
            float* from = x + offset, to = result + offset;
            var i = 0;
            for (; i <= count - Width; i += Width)
                Elementwise.Write(Vector512.FusedMultiplyAdd(Vector512.Load(from + i) - m, s, b), to + i, stream);
            for (; i < count; i++) to[i] = MathF.FusedMultiplyAdd(from[i] - mean[channel], scale[channel], shift[channel]);
        });
    }

    /// <summary>
    /// With x̂ = (x - mean)·inverse: gradBias = Σ g, gradWeight = Σ g·x̂ and, over the M values of a channel, gradInput =
    /// weight·inverse·(g - gradBias/M - x̂·gradWeight/M), or weight·inverse·g if the statistics are constants. If there are
    /// channels enough for all threads, gradInput follows a channel's sums while its values are in the last-level cache.
    /// </summary>
    public static void Gradient(
        float* x, int batch, int channels, int length, float* mean, float* inverse, float* weight, bool batchStatistics,
        float* gradOutput, float* gradInput, float* gradWeight, float* gradBias)
    {
        var size = (float)batch * length;
        var stream = Streams(gradInput, batch, channels, length) && gradInput != gradOutput;
        var together = length >= LongRun && channels >= 2 * WorkerPool.Threads;
        ForChannels(batch, channels, length, channel =>
        {
            double sum = 0, product = 0;
            for (var n = 0; n < batch; n++)
            {
                var offset = ((long)n * channels + channel) * length;
                for (var start = 0; start < length; start += Piece)
                {
                    var (s, p) = Sums(x + offset + start, gradOutput + offset + start, mean[channel],
                        Math.Min(Piece, length - start));
                    sum += s;
                    product += p;
                }
            }

            gradBias[channel] = (float)sum;
            gradWeight[channel] = (float)(product * inverse[channel]);
            for (var n = 0; together && n < batch; n++) Input(channel, ((long)n * channels + channel) * length, length);
        });
        if (!together) ForRuns(batch, channels, length, Input);

        void Input(int channel, long offset, int count)
        {
            var scale = weight[channel] * inverse[channel];
            var (constant, slope) = batchStatistics
                ? (gradBias[channel] / size, gradWeight[channel] * inverse[channel] / size) : (0, 0);
            var (m, k, c, a) = (Vector512.Create(mean[channel]), Vector512.Create(slope), Vector512.Create(constant),
                Vector512.Create(scale));
            float* from = x + offset, g = gradOutput + offset, to = gradInput + offset;
            var i = 0;
            if (batchStatistics)
            {
                for (; i <= count - Width; i += Width)
                {
                    var centered = Vector512.Load(g + i) - c - (Vector512.Load(from + i) - m) * k;
                    Elementwise.Write(centered * a, to + i, stream);
                }

                for (; i < count; i++) to[i] = (g[i] - constant - (from[i] - mean[channel]) * slope) * scale;
            }
            else
            {
                for (; i <= count - Width; i += Width) Elementwise.Write(Vector512.Load(g + i) * a, to + i, stream);
                for (; i < count; i++) to[i] = g[i] * scale;
            }
        }
    }

    /// <summary>Σ (x - mean)² of a run.</summary>
    public static double SquaredDeviations(float* x, int count, float mean)
    {
        Vector512<float> a = default, b = default;
        var center = Vector512.Create(mean);
        var i = 0;
        for (; i <= count - 2 * Width; i += 2 * Width)
        {
            var (p, q) = (Vector512.Load(x + i) - center, Vector512.Load(x + i + Width) - center);
            a = Vector512.FusedMultiplyAdd(p, p, a);
            b = Vector512.FusedMultiplyAdd(q, q, b);
        }

        double sum = Vector512.Sum(a + b);
        for (; i < count; i++) sum += (double)(x[i] - mean) * (x[i] - mean);
        return sum;
    }

    private static (double Sum, double Product) Sums(float* x, float* g, float mean, int count)
    {
        Vector512<float> sums = default, products = default;
        var center = Vector512.Create(mean);
        var i = 0;
        for (; i <= count - Width; i += Width)
        {
            var gradient = Vector512.Load(g + i);
            sums += gradient;
            products = Vector512.FusedMultiplyAdd(gradient, Vector512.Load(x + i) - center, products);
        }

        double sum = Vector512.Sum(sums), product = Vector512.Sum(products);
        for (; i < count; i++)
        {
            sum += g[i];
            product += (double)g[i] * (x[i] - mean);
        }

        return (sum, product);
    }

    // Whether a large result's runs are whole cache lines, so that they can go straight to memory.
    private static bool Streams(float* result, int batch, int channels, int length) =>
        length % Width == 0 && Elementwise.Streams(result, batch * channels * length);

    private static void ForChannels(int batch, int channels, int length, Action<int> body)
    {
        if ((long)batch * channels * length < Piece)
        {
            for (var channel = 0; channel < channels; channel++) body(channel);
        }
        else
        {
            WorkerPool.Run(channels, body);
        }
    }

    private static void ForRuns(int batch, int channels, int length, Action<int, long, int> body)
    {
        var rows = batch * channels;
        if (length >= Piece)
        {
            var pieces = (length + Piece - 1) / Piece;
            WorkerPool.Run(rows * pieces, task =>
            {
                var (row, start) = (task / pieces, task % pieces * Piece);
                body(row % channels, (long)row * length + start, Math.Min(Piece, length - start));
            });
            return;
        }

        RowParallel.For(rows, Math.Max(1, Piece / Math.Max(1, length)), (from, to) =>
        {
            for (var row = from; row < to; row++) body(row % channels, (long)row * length, length);
        });
    }
}
