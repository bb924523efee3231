using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>What early stopping watches on the validation examples.</summary>
public enum EarlyStoppingMonitor
{
    /// <summary>The loss, which should fall.</summary>
    Loss,

    /// <summary>The accuracy, which should rise.</summary>
    Accuracy,
}

/// <summary>
/// Stops when the validation figure has not become better for more than so many epochs in a row. The network ends with the
/// weights of the best epoch, whatever stopped the training.
/// </summary>
/// <param name="Monitor">The figure.</param>
/// <param name="Patience">Epochs in a row without improvement that are borne; 0: the first such epoch is the last.</param>
/// <param name="MinimumDelta">The figure must be better than the best so far by more than this to count.</param>
public sealed record EarlyStopping(
    EarlyStoppingMonitor Monitor = EarlyStoppingMonitor.Loss,
    [property: Range(Minimum = 0)] int Patience = 10,
    [property: Range(Minimum = 0)] double MinimumDelta = 0)
{
    /// <summary>What every figure is better than.</summary>
    internal double Worst => Monitor == EarlyStoppingMonitor.Loss ? double.PositiveInfinity : double.NegativeInfinity;

    internal double Figure(EpochRecord epoch) => (Monitor == EarlyStoppingMonitor.Loss ? epoch.ValidLoss : epoch.ValidAccuracy)!.Value;

    internal bool IsBetter(double figure, double best) =>
        Monitor == EarlyStoppingMonitor.Loss ? figure < best - MinimumDelta : figure > best + MinimumDelta;
}
