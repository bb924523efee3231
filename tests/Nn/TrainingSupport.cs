using Engine.Nn;
using Engine.Nn.Schedules;
using Engine.Nn.Training;
using Engine.Tensors;

namespace Engine.Tests.Nn;

/// <summary>Examples in memory, with noise from the stream where a run augments, and a hook on each reading.</summary>
internal sealed class ArraySource(float[] values, int[] labels, int classes, params int[] sizes) : IExampleSource
{
    public Action<int>? OnRead { get; init; }

    public bool Noisy { get; init; }

    public bool Augments { get; init; } = true;

    public int Count => labels.Length;

    public IReadOnlyList<Shape> Shapes { get; } = [new Shape(sizes)];

    public int Classes => classes;

    public int Label(int index) => labels[index];

    public void Read(int index, IReadOnlyList<Memory<float>> inputs, RandomStream? augmentation)
    {
        OnRead?.Invoke(index);
        var size = Shapes[0].Count;
        var target = inputs[0].Span;
        values.AsSpan(index * size, size).CopyTo(target);
        if (!Noisy || augmentation is null) return;
        foreach (ref var value in target) value += (float)(0.1 * augmentation.NextGaussian());
    }
}

/// <summary>A plateau schedule that lets a test see each step begin.</summary>
internal sealed class WatchedSchedule(Action<double> onStep) : LearningRateSchedule
{
    private readonly LearningRateSchedule _plateau = new PlateauSchedule(0.5, Patience: 0, Threshold: 0.05).Start(1);

    public override double Factor(double epoch)
    {
        onStep(epoch);
        return _plateau.Factor(epoch);
    }

    public override void Observe(double metric) => _plateau.Observe(metric);

    public override IReadOnlyDictionary<string, double> Save() => _plateau.Save();

    public override void Load(IReadOnlyDictionary<string, double> state) => _plateau.Load(state);
}

/// <summary>What the tests of training share.</summary>
internal static class TrainingSupport
{
    public static ArraySource Stripes(int count, Action<int>? onRead = null, int skip = 0)
    {
        var (values, labels) = TrainingTests.Stripes(skip + count);
        return new ArraySource(values[(64 * skip)..], labels[skip..], 3, 1, 8, 8) { Noisy = true, OnRead = onRead };
    }

    public static ArraySource Points(int count, int width = 4, int classes = 2)
    {
        var random = new RandomStream(1, "points");
        var (values, labels) = (new float[count * width], new int[count]);
        for (var i = 0; i < count; i++)
        {
            labels[i] = i % classes;
            for (var j = 0; j < width; j++) values[i * width + j] = (float)(random.NextGaussian() + (j == labels[i] ? 3 : 0));
        }

        return new ArraySource(values, labels, classes, width);
    }

    /// <summary>The bits of all parameters and buffers.</summary>
    public static uint[] Bits(Module network) =>
        [.. network.State().SelectMany(p => p.Value.ToArray()).Select(BitConverter.SingleToUInt32Bits)];
}
