using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>
/// What a network learns from: examples of one or more inputs and a label. Several threads may ask at once, and the same
/// arguments must always give the same bits: a resumed run reads everything again.
/// </summary>
public interface IExampleSource
{
    /// <summary>How many examples there are.</summary>
    int Count { get; }

    /// <summary>The shape of one example for each input of the network, without the axis of samples.</summary>
    IReadOnlyList<Shape> Shapes { get; }

    /// <summary>How many labels there are: the network ends in one score for each.</summary>
    int Classes { get; }

    /// <summary>The label of one example, from 0 to <see cref="Classes"/> - 1; asked for in training and validation only.</summary>
    int Label(int index);

    /// <summary>Writes every value of every input of one example, row-major.</summary>
    /// <param name="index">The example, from 0 to <see cref="Count"/> - 1.</param>
    /// <param name="inputs">Where to write: as many values for each input as its shape has.</param>
    /// <param name="augmentation">
    /// Decides what is changed at random, if the source changes anything; null: the example as it is, for evaluation. It
    /// stands where this example of this epoch begins and is valid only during the call.
    /// </param>
    void Read(int index, IReadOnlyList<Memory<float>> inputs, RandomStream? augmentation);
}
