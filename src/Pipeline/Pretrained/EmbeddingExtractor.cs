using System.Buffers;
using Engine.Dsp.Audio;
using Engine.Nn;
using Engine.Pipeline.FrontEnds;
using Engine.Tensors;

namespace Engine.Pipeline.Pretrained;

/// <summary>
/// The columns of an embedding: the windows of a row pass through the network in batches, so that a row of hours needs no more
/// memory than one of a minute.
/// </summary>
internal sealed class EmbeddingExtractor(EmbeddingPlan plan, PretrainedNetwork weights, Device device) : FeatureExtractor
{
    public override IReadOnlyList<string> Columns => plan.Columns;

    public override int MinimumSamples => plan.WindowSamples;

    public override double[] Extract(SampleSource samples, string name)
    {
        var network = weights.On(device, plan);
        var (size, moments) = (plan.Input.Count, new RowMoments(plan.Widths.Sum()));
        var buffer = ArrayPool<float>.Shared.Rent(plan.Batch * size);
        try
        {
            var filled = 0;
            foreach (var start in plan.Starts(samples.Length))
            {
                plan.Windows.Extract(Around(samples, start - plan.Lead), buffer.AsSpan(filled++ * size, size));
                if (filled < plan.Batch) continue;
                Run(network, buffer, filled, moments);
                filled = 0;
            }

            if (filled > 0) Run(network, buffer, filled, moments);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }

        return plan.HasDeviations ? moments.MeansAndDeviations() : moments.Means();
    }

    // The samples that a window's frames are made of, zeros beyond the row's ends.
    private SampleSource Around(SampleSource row, long start)
    {
        var end = start + plan.ReadSamples;
        if (start >= 0 && end <= row.Length) return row.Part(start, plan.ReadSamples);
        var (samples, from) = (new float[plan.ReadSamples], Math.Max(start, 0));
        row.Read(from, samples.AsSpan((int)(from - start), (int)(Math.Min(end, row.Length) - from)));
        return SampleSource.Of(samples, row.SampleRate);
    }

    private void Run(Graph network, float[] buffer, int windows, RowMoments moments)
    {
        using var scope = new TensorScope();
        var shape = new Shape([windows, .. plan.Input.Sizes]);
        using var x = Tensor.From(buffer.AsSpan(0, shape.Count), shape, device);
        var outputs = network.Outputs(x, ForwardContext.Evaluate(), plan.Layers).Select(o => o.ToArray()).ToArray();
        Span<float> row = new float[plan.Widths.Sum()];
        for (var w = 0; w < windows; w++)
        {
            var at = 0;
            for (var o = 0; o < outputs.Length; at += plan.Widths[o++])
                outputs[o].AsSpan(w * plan.Widths[o], plan.Widths[o]).CopyTo(row[at..]);
            moments.Add(row);
        }
    }
}
