using Engine.Nn.Layers;
using Engine.Nn.Optimizers;
using Engine.Nn.Training;
using Engine.Tensors;

namespace Engine.Tests.Nn;

public class TrainerProgressTests
{
    [Fact]
    public void Run_WithNobodyToTell_EndsAfterItsEpochs()
    {
        using var network = new Dense(2, 3);
        using var optimizer = new Optimizer(network.Parameters(), new Sgd(0.1));
        var outcome = new Trainer(network, optimizer,
            new TrainerOptions { BatchSize = 2, Epochs = 3 }).Run(new Examples(mostReads: 100), valid: null);
        Assert.Equal(3, outcome.History.Count);
    }

    /// <summary>Six examples, which refuse to be read for ever.</summary>
    private sealed class Examples(int mostReads) : IExampleSource
    {
        private int _reads;

        public int Count => 6;

        public IReadOnlyList<Shape> Shapes { get; } = [new Shape(2)];

        public int Classes => 3;

        public int Label(int index) => index % 3;

        public void Read(int index, IReadOnlyList<Memory<float>> inputs, RandomStream? augmentation)
        {
            if (++_reads > mostReads) throw new InvalidOperationException($"The examples were read more than {mostReads} times.");
            inputs[0].Span[0] = index;
            inputs[0].Span[1] = 1;
        }
    }
}
