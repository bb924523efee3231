using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>The validation figure that early stopping monitors.</summary>
public enum EarlyStoppingMonitor
{
    /// <summary>The loss, which should fall.</summary>
    Loss,

    /// <summary>The accuracy, which should rise.</summary>
    Accuracy,
}

/// <summary>
/// Stops when the validation figure has not improved for more epochs in a row than the patience. The network
/// ends with the weights of the best epoch, whatever ended the training.
/// </summary>
/// <param name="Monitor">The figure.</param>
/// <param name="Patience">Tolerated epochs in a row without improvement; 0: stop at the first one.</param>
/// <param name="MinimumDelta">An improvement must exceed this to count.</param>
public sealed record EarlyStopping(
    EarlyStoppingMonitor Monitor = EarlyStoppingMonitor.Loss,
    [property: Range(Minimum = 0)] int Patience = 10,
    [property: Range(Minimum = 0)] double MinimumDelta = 0)
{
    /// <summary>The starting value, which every figure improves on.</summary>
    internal double Worst => Monitor == EarlyStoppingMonitor.Loss ? double.PositiveInfinity : double.NegativeInfinity;

    internal double Figure(EpochRecord epoch) =>
        (Monitor == EarlyStoppingMonitor.Loss ? epoch.ValidLoss : epoch.ValidAccuracy)!.Value;

    internal bool IsBetter(double figure, double best) =>
        Monitor == EarlyStoppingMonitor.Loss ? figure < best - MinimumDelta : figure > best + MinimumDelta;
}
