using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>
/// The examples that a network learns from, each with one or more inputs and a label. Several threads may call it at once, and
/// the same arguments must always give the same bits: a resumed run reads everything again.
/// </summary>
public interface IExampleSource
{
    /// <summary>How many examples there are.</summary>
    int Count { get; }

    /// <summary>The shape of one example for each input of the network, without the sample axis.</summary>
    IReadOnlyList<Shape> Shapes { get; }

    /// <summary>How many classes there are: the network ends in one score per class.</summary>
    int Classes { get; }

    /// <summary>
    /// Whether training reads other values of an example each time. If not, what frozen first layers make of it is computed once.
    /// </summary>
    bool Augments => true;

    /// <summary>The label of one example, from 0 to <see cref="Classes"/> - 1; read in training and validation only.</summary>
    int Label(int index);

    /// <summary>Writes every value of every input of one example, row-major.</summary>
    /// <param name="index">The example, from 0 to <see cref="Count"/> - 1.</param>
    /// <param name="inputs">Where to write: for each input, as many values as its shape has.</param>
    /// <param name="augmentation">
    /// The random stream for augmentation, if the source augments; null: the unchanged example, for evaluation. It is
    /// positioned for this example of this epoch and valid only during the call.
    /// </param>
    void Read(int index, IReadOnlyList<Memory<float>> inputs, RandomStream? augmentation);
}
