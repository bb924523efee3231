using Engine.Nn.Layers;
using Engine.Tensors;
using Engine.Tensors.Cpu;

namespace Engine.Nn;

/// <summary>
/// Evaluates the first layers of a chain or graph a few samples at a time, on the processor: each thread takes some of the batch
/// through all of them. What a layer gives is then still in the thread's cache when the next one reads it, where a whole batch's
/// outputs go to memory and back, and the threads wait for each other once, not after every layer. The parts depend on the
/// shapes alone.
/// </summary>
internal static class SampleBySample
{
    // Parts enough to balance the load.
    private const int Parts = 8;

    // A part has samples enough that its largest output fills most of a second-level cache ...
    private const int PartFloats = 128 * 1024;

    // ... and where a single one's overflows the last level's share of a thread, all threads work on it together.
    private const int MostFloats = 1024 * 1024;

    /// <summary>How many of the layers to run so; 0 where it does not pay, or where somebody records or observes.</summary>
    /// <param name="layers">The chain.</param>
    /// <param name="x">The batch.</param>
    /// <param name="context">Training or evaluation.</param>
    /// <param name="output">The shape of the last such layer's output for the whole batch.</param>
    /// <param name="largest">The most values that a layer makes of one sample.</param>
    public static int Count(ReadOnlySpan<Layer> layers, Tensor x, ForwardContext context, out Shape output, out int largest)
    {
        (output, largest) = (x.Shape, 0);
        if (!MayPay(x, context)) return 0;
        var (count, convolves) = (0, false);
        for (; count < layers.Length && layers[count].SuitsSampleBySample; count++)
        {
            output = layers[count].OutputShape(output);
            convolves |= Convolves(layers[count]);

            // What a convolution pools itself is nowhere whole.
            var fusion = Fusion.After(layers[count], layers[(count + 1)..], context);
            if (layers[count] is Conv2d && fusion.Pool is not null)
            {
                foreach (var layer in layers.Slice(count + 1, fusion.Count)) output = layer.OutputShape(output);
                count += fusion.Count;
            }

            largest = Math.Max(largest, output.Count / output[0]);
        }

        return convolves && largest <= MostFloats ? count : 0;
    }

    /// <summary>Whether a batch is large enough, and nobody records or observes.</summary>
    public static bool MayPay(Tensor x, ForwardContext context) => Fusion.Evaluates(context) && context.Observer is null
        && x.Device.Backend.GetType() == Device.Cpu.Backend.GetType() && x.Rank >= 2 && x.Shape[0] >= Parts;

    /// <summary>Whether it pays for modules that suit.</summary>
    /// <param name="modules">The modules.</param>
    /// <param name="largest">The most values that one of them makes of one sample.</param>
    public static bool Pays(IEnumerable<Module> modules, int largest) => largest <= MostFloats && modules.Any(Convolves);

    /// <summary>Runs the layers on every part of a batch.</summary>
    /// <param name="x">The batch.</param>
    /// <param name="output">The shape of the whole output.</param>
    /// <param name="largest">The most values that a layer makes of one sample.</param>
    /// <param name="run">Runs the layers on a part; the caller owns the result.</param>
    public static Tensor Run(Tensor x, Shape output, int largest, Func<Tensor, Tensor> run)
    {
        var whole = Tensor.Zeros(output, x.Device);
        var (batch, samples) = (x.Shape[0], Math.Clamp(PartFloats / Math.Max(1, largest), 1, x.Shape[0] / Parts));
        WorkerPool.Run((batch + samples - 1) / samples, task =>
        {
            var count = Math.Min(samples, batch - task * samples);
            using var part = x.Slice(0, task * samples, count);
            using var result = run(part);
            using var place = whole.Slice(0, task * samples, count);
            place.CopyFrom(result);
        });
        return whole;
    }

    private static bool Convolves(Module module) => module is Conv1d or Conv2d || module.Children.Any(Convolves);
}
