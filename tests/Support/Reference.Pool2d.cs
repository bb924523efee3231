using Engine.Tensors;

namespace Engine.Tests.Support;

internal static partial class Reference
{
    /// <summary>The maximum of each window, or its mean with padding as zeros.</summary>
    public static double[] Pool2d(double[] x, Pool2dGeometry g, bool maximum)
    {
        var y = new double[g.OutputShape.Count];
        for (var at = 0; at < y.Length; at++)
        {
            var (column, row, plane) = (at % g.OutputWidth, at / g.OutputWidth % g.OutputHeight, at / g.OutputWidth / g.OutputHeight);
            var window = new List<double>();
            for (var u = 0; u < g.KernelHeight; u++)
            {
                for (var v = 0; v < g.KernelWidth; v++)
                {
                    var (i, j) = (row * g.StrideHeight + u - g.PadHeight, column * g.StrideWidth + v - g.PadWidth);
                    if (i >= 0 && i < g.Height && j >= 0 && j < g.Width) window.Add(x[(plane * g.Height + i) * g.Width + j]);
                }
            }

            y[at] = maximum ? window.Max() : window.Sum() / (g.KernelHeight * g.KernelWidth);
        }

        return y;
    }
}
