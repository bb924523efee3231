namespace Engine.Tests.Support;

internal static partial class Reference
{
    /// <summary>
    /// One layer of an LSTM (four gates) or GRU (three), one or both directions: the outputs [n, t, h·directions] and, for an
    /// LSTM, the last cell states [directions, n, h] behind them.
    /// </summary>
    public static double[] Recurrent(double[][] x, int n, int t, int f, int h, int gates, bool bidirectional)
    {
        var directions = bidirectional ? 2 : 1;
        var output = new double[n * t * h * directions];
        var cells = new double[directions * n * h];
        for (var d = 0; d < directions; d++)
        {
            var (wi, wh, bi, bh) = (x[1 + 4 * d], x[2 + 4 * d], x[3 + 4 * d], x[4 + 4 * d]);
            for (var i = 0; i < n; i++)
            {
                double[] state = new double[h], cell = new double[h];
                for (var step = 0; step < t; step++)
                {
                    var time = d == 0 ? step : t - 1 - step;
                    double[] a = new double[gates * h], u = new double[gates * h], next = new double[h];
                    for (var g = 0; g < gates * h; g++)
                    {
                        a[g] = bi[g];
                        u[g] = bh[g];
                        for (var j = 0; j < f; j++) a[g] += wi[g * f + j] * x[0][(i * t + time) * f + j];
                        for (var j = 0; j < h; j++) u[g] += wh[g * h + j] * state[j];
                    }

                    for (var j = 0; j < h; j++)
                    {
                        if (gates == 4)
                        {
                            cell[j] = Logistic(a[h + j] + u[h + j]) * cell[j] + Logistic(a[j] + u[j]) * Math.Tanh(a[2 * h + j] + u[2 * h + j]);
                            next[j] = Logistic(a[3 * h + j] + u[3 * h + j]) * Math.Tanh(cell[j]);
                        }
                        else
                        {
                            var z = Logistic(a[h + j] + u[h + j]);
                            next[j] = (1 - z) * Math.Tanh(a[2 * h + j] + Logistic(a[j] + u[j]) * u[2 * h + j]) + z * state[j];
                        }
                    }

                    state = next;
                    state.CopyTo(output, ((i * t + time) * directions + d) * h);
                }

                cell.CopyTo(cells, (d * n + i) * h);
            }
        }

        return gates == 4 ? [.. output, .. cells] : output;
    }

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));
}
