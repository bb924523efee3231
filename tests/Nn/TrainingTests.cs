using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Nn.Optimizers;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

public class TrainingTests
{
    // Every kind of layer that learns, smooth activations only, so that central differences in float32 mean something.
    [Fact]
    public void Backward_SmallNetwork_MatchesCentralDifferences()
    {
        using var network = new Sequential(
            new Conv2d(2, 3, 3, 1, 1), new BatchNorm2d(3), Activation.Elu(), new AveragePool2d(2),
            new Sequential(new Flatten(), new LayerNorm(27)),
            new Dense(27, 8), Activation.Tanh(), new Dense(8, 4));
        network.Initialize(3);
        var random = new RandomStream(3, "data");
        var x = GradCheck.Draw(random, 5 * 2 * 6 * 6);
        int[] labels = [0, 1, 2, 3, 1];
        using (var tape = new Tape()) tape.Backward(Loss());
        const double step = 1e-2;
        foreach (var parameter in network.Parameters())
        {
            var start = parameter.Value.ToArray();
            var gradient = parameter.Gradient!.ToArray();
            var direction = GradCheck.Draw(random, start.Length);
            var expected = gradient.Zip(direction).Sum(p => (double)p.First * p.Second);
            var numeric = (At(step) - At(-step)) / (2 * step);
            // Third-order terms of 1e-4 and rounding of 1e-7 over the step.
            Close.Assert([numeric], new[] { expected }, 5e-4, 5e-3, parameter.Name);

            double At(double h)
            {
                parameter.Value.Write([.. start.Zip(direction).Select(p => (float)(p.First + h * p.Second))]);
                using var scope = new TensorScope();
                var loss = Loss().Item();
                parameter.Value.Write(start);
                return loss;
            }
        }

        Tensor Loss()
        {
            var output = network.Forward(Tensor.From(x, new Shape(5, 2, 6, 6)),
                ForwardContext.Train(new RandomStream(1, "dropout")));
            return Tensor.CrossEntropy(output, Tensor.FromIndices(labels, new Shape(5)));
        }
    }

    [Fact]
    public void Training_Xor_IsLearned()
    {
        using var network = new Sequential(new Dense(2, 8), Activation.Tanh(), new Dense(8, 2));
        network.Initialize(1);
        using var optimizer = new Optimizer(network.Parameters(), new Adam(0.05));
        float[] x = [0, 0, 0, 1, 1, 0, 1, 1];
        int[] labels = [0, 1, 1, 0];
        for (var step = 0; step < 200; step++)
            Step(network, optimizer, x, new Shape(4, 2), labels, new RandomStream(1, "dropout"));
        Assert.Equal(labels, Classify(network, x, new Shape(4, 2)));
    }

    [Fact]
    public void Training_SmallPictures_AreLearnedWithDropoutAndBatchNorm()
    {
        using var network = Pictures();
        Train(network, steps: 150);
        var (x, labels) = Stripes(64);
        Assert.Equal(labels, Classify(network, x, new Shape(64, 1, 8, 8)));
    }

    [Fact]
    public void Training_Sequences_AreLearned()
    {
        // Which of two signs came first in a sequence of zeros.
        var random = new RandomStream(2, "sequences");
        var (x, labels) = (new float[32 * 10], new int[32]);
        for (var i = 0; i < 32; i++)
        {
            labels[i] = random.NextInt(2);
            x[10 * i + random.NextInt(4)] = labels[i] == 0 ? 1 : -1;
            x[10 * i + 5 + random.NextInt(4)] = labels[i] == 0 ? -1 : 1;
        }

        using var network = new Sequential(new Lstm(1, 12), new Dense(12, 2));
        network.Initialize(1);
        using var optimizer = new Optimizer(network.Parameters(), new NAdam(0.02)) { ClipNorm = 1 };
        for (var step = 0; step < 200; step++)
            Step(network, optimizer, x, new Shape(32, 10, 1), labels, new RandomStream(1, "dropout"));
        Assert.Equal(labels, Classify(network, x, new Shape(32, 10, 1)));
    }

    [Fact]
    public void Training_OneAndTwoThreads_GiveTheSameBits() => ThreadCheck.SameBits(() =>
    {
        using var network = Pictures();
        Train(network, steps: 20);
        return [.. network.State().SelectMany(p => p.Value.ToArray())];
    });

    /// <summary>A small network with everything in it that has a state.</summary>
    internal static Sequential Pictures() => new(
        new Conv2d(1, 8, 3, 1, 1), new BatchNorm2d(8), Activation.Relu(), new MaxPool2d(2), new Dropout(0.1),
        new Conv2d(8, 8, 3), Activation.Relu(), new Flatten(), new Dense(32, 16), Activation.Relu(), new Dropout(0.2),
        new Dense(16, 3));

    /// <summary>Noisy pictures 8×8 with horizontal (0), vertical (1) or diagonal (2) stripes.</summary>
    internal static (float[] Values, int[] Labels) Stripes(int count)
    {
        var random = new RandomStream(9, "stripes");
        var (values, labels) = (new float[count * 64], new int[count]);
        for (var i = 0; i < count; i++)
        {
            labels[i] = i % 3;
            var phase = random.NextInt(4);
            for (var p = 0; p < 64; p++)
            {
                var (row, column) = (p / 8, p % 8);
                var along = (labels[i] switch { 0 => row, 1 => column, _ => row + column }) + phase;
                values[64 * i + p] = (float)(Math.Sin(Math.PI / 2 * along) + 0.3 * random.NextGaussian());
            }
        }

        return (values, labels);
    }

    internal static float Step(
        Sequential network, Optimizer optimizer, float[] x, Shape shape, int[] labels, RandomStream dropout)
    {
        optimizer.ClearGradients();
        float value;
        using (var tape = new Tape())
        {
            var output = network.Forward(Tensor.From(x, shape), ForwardContext.Train(dropout));
            var loss = Tensor.CrossEntropy(output, Tensor.FromIndices(labels, new Shape(labels.Length)));
            value = loss.Item();
            tape.Backward(loss);
        }

        optimizer.Step();
        return value;
    }

    private static void Train(Sequential network, int steps)
    {
        network.Initialize(1);
        using var optimizer = new Optimizer(network.Parameters(), new AdamW(0.01));
        var dropout = new RandomStream(1, "dropout");
        var (x, labels) = Stripes(64);
        for (var step = 0; step < steps; step++) Step(network, optimizer, x, new Shape(64, 1, 8, 8), labels, dropout);
    }

    private static int[] Classify(Sequential network, float[] x, Shape shape)
    {
        using var scope = new TensorScope();
        return network.Forward(Tensor.From(x, shape), ForwardContext.Evaluate()).ArgMax(1).ToIndices();
    }
}
