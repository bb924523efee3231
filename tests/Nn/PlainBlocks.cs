namespace Engine.Tests.Nn;

/// <summary>Layers in double precision, by plain loops over [N, C, H, W]: what the blocks are compared with.</summary>
internal sealed class PlainBlocks(int samples, Func<string, float[]> weights)
{
    /// <summary>A square convolution without bias.</summary>
    public double[] Convolve(
        double[] x, (int C, int H, int W) size, string name, int filters, int kernel, int stride, int groups,
        out (int C, int H, int W) output)
    {
        var w = weights($"{name}.weight");
        var (pad, from, to) = (kernel / 2, size.C / groups, filters / groups);
        output = (filters, (size.H - 1) / stride + 1, (size.W - 1) / stride + 1);
        var y = new double[samples * filters * output.H * output.W];
        for (var i = 0; i < y.Length; i++)
        {
            var (column, row) = (i % output.W * stride - pad, i / output.W % output.H * stride - pad);
            var filter = i / (output.W * output.H) % filters;
            var plane = i / (output.W * output.H * filters) * size.C + filter / to * from;
            for (var tap = 0; tap < from * kernel * kernel; tap++)
            {
                var (c, h, v) = (tap / (kernel * kernel), row + tap / kernel % kernel, column + tap % kernel);
                if (h < 0 || h >= size.H || v < 0 || v >= size.W) continue;
                y[i] += w[filter * from * kernel * kernel + tap] * x[((plane + c) * size.H + h) * size.W + v];
            }
        }

        return y;
    }

    /// <summary>Batch normalisation by the running statistics.</summary>
    public double[] Normalize(double[] x, int channels, string name, double epsilon)
    {
        var (weight, bias) = (weights($"{name}.weight"), weights($"{name}.bias"));
        var (mean, variance) = (weights($"{name}.running_mean"), weights($"{name}.running_var"));
        var size = x.Length / samples / channels;
        return [.. x.Select((v, i) => (C: i / size % channels, V: v))
            .Select(e => (e.V - mean[e.C]) / Math.Sqrt(variance[e.C] + epsilon) * weight[e.C] + bias[e.C])];
    }

    /// <summary>Each channel times a gate of all channels' means.</summary>
    public double[] Squeeze(double[] x, int channels, string name, Func<double, double> gate)
    {
        var size = x.Length / samples / channels;
        double[] means = [.. Enumerable.Range(0, samples * channels).Select(p => x.Skip(p * size).Take(size).Average())];
        var hidden = Dense(means, channels, $"{name}.fc1").Select(v => Math.Max(v, 0)).ToArray();
        double[] factors = [.. Dense(hidden, hidden.Length / samples, $"{name}.fc2").Select(gate)];
        return [.. x.Select((v, i) => v * factors[i / size])];
    }

    private double[] Dense(double[] x, int inputs, string name)
    {
        var (w, b) = (weights($"{name}.weight"), weights($"{name}.bias"));
        return [.. Enumerable.Range(0, samples * b.Length)
            .Select(i => b[i % b.Length]
                + Enumerable.Range(0, inputs).Sum(k => (double)w[i % b.Length * inputs + k] * x[i / b.Length * inputs + k]))];
    }
}
