using Engine.Tensors;

namespace Engine.Tests.Support;

internal static partial class Reference
{
    /// <summary>Cross-correlation by seven nested loops.</summary>
    public static double[] Conv2d(double[] x, double[] w, double[]? b, Conv2dGeometry g)
    {
        var y = new double[g.OutputShape.Count];
        var o = g.Options;
        var at = 0;
        for (var n = 0; n < g.Batch; n++)
        {
            for (var k = 0; k < g.Filters; k++)
            {
                var first = k / g.GroupFilters * g.GroupChannels;
                for (var i = 0; i < g.OutputHeight; i++)
                {
                    for (var j = 0; j < g.OutputWidth; j++, at++)
                    {
                        y[at] = b?[k] ?? 0;
                        for (var c = 0; c < g.GroupChannels; c++)
                        {
                            for (var u = 0; u < g.KernelHeight; u++)
                            {
                                for (var v = 0; v < g.KernelWidth; v++)
                                {
                                    var row = i * o.StrideHeight + u * o.DilationHeight - o.PadTop;
                                    var column = j * o.StrideWidth + v * o.DilationWidth - o.PadLeft;
                                    if (row < 0 || row >= g.Height || column < 0 || column >= g.Width) continue;
                                    y[at] += w[((k * g.GroupChannels + c) * g.KernelHeight + u) * g.KernelWidth + v]
                                        * x[((n * g.Channels + first + c) * g.Height + row) * g.Width + column];
                                }
                            }
                        }
                    }
                }
            }
        }

        return y;
    }

    /// <summary>The gradients of <see cref="Conv2d"/> with respect to its input and weight, for a given gradient of its output.</summary>
    public static (double[] Input, double[] Weight) Conv2dGradients(double[] x, double[] w, double[] gradient, Conv2dGeometry g)
    {
        var (gradInput, gradWeight) = (new double[x.Length], new double[w.Length]);
        var o = g.Options;
        var at = 0;
        for (var n = 0; n < g.Batch; n++)
        {
            for (var k = 0; k < g.Filters; k++)
            {
                var first = k / g.GroupFilters * g.GroupChannels;
                for (var i = 0; i < g.OutputHeight; i++)
                {
                    for (var j = 0; j < g.OutputWidth; j++, at++)
                    {
                        for (var tap = 0; tap < g.GroupChannels * g.KernelHeight * g.KernelWidth; tap++)
                        {
                            var (c, u, v) = (tap / g.KernelWidth / g.KernelHeight, tap / g.KernelWidth % g.KernelHeight, tap % g.KernelWidth);
                            var row = i * o.StrideHeight + u * o.DilationHeight - o.PadTop;
                            var column = j * o.StrideWidth + v * o.DilationWidth - o.PadLeft;
                            if (row < 0 || row >= g.Height || column < 0 || column >= g.Width) continue;
                            var (source, weight) = (((n * g.Channels + first + c) * g.Height + row) * g.Width + column, k * g.GroupChannels * g.KernelHeight * g.KernelWidth + tap);
                            gradInput[source] += gradient[at] * w[weight];
                            gradWeight[weight] += gradient[at] * x[source];
                        }
                    }
                }
            }
        }

        return (gradInput, gradWeight);
    }
}
