using Engine.Tensors;

namespace Engine.Tests.Support;

/// <summary>Pooling window by window, as its definition says.</summary>
internal static class Pool2dReference
{
    /// <summary>
    /// The first maximum of each window, row by row, where NaN is the greatest, and the gradients at their places: added in the
    /// order of the windows, in single precision.
    /// </summary>
    public static (float[] Output, float[] GradInput) Maximum(Pool2dGeometry g, float[] x, float[] gradient)
    {
        var (output, gradInput) = (new float[gradient.Length], new float[x.Length]);
        for (var window = 0; window < output.Length; window++)
        {
            var winner = -1;
            foreach (var place in Places(g, window))
            {
                if (winner < 0 || x[place] > x[winner] || (float.IsNaN(x[place]) && !float.IsNaN(x[winner]))) winner = place;
            }

            output[window] = x[winner];
            gradInput[winner] += gradient[window];
        }

        return (output, gradInput);
    }

    /// <summary>The mean of each window, with padding as zeros, and the gradients.</summary>
    public static (double[] Output, double[] GradInput) Average(Pool2dGeometry g, float[] x, float[] gradient)
    {
        var (output, gradInput) = (new double[gradient.Length], new double[x.Length]);
        double size = g.KernelHeight * g.KernelWidth;
        for (var window = 0; window < output.Length; window++)
        {
            foreach (var place in Places(g, window))
            {
                output[window] += x[place] / size;
                gradInput[place] += gradient[window] / size;
            }
        }

        return (output, gradInput);
    }

    private static IEnumerable<int> Places(Pool2dGeometry g, int window)
    {
        var (column, row) = (window % g.OutputWidth, window / g.OutputWidth % g.OutputHeight);
        var plane = window / g.OutputWidth / g.OutputHeight;
        for (var i = 0; i < g.KernelHeight; i++)
        {
            for (var j = 0; j < g.KernelWidth; j++)
            {
                var (y, x) = (row * g.StrideHeight - g.PadHeight + i, column * g.StrideWidth - g.PadWidth + j);
                if (y >= 0 && y < g.Height && x >= 0 && x < g.Width) yield return (plane * g.Height + y) * g.Width + x;
            }
        }
    }
}
