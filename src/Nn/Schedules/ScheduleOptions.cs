using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Engine.Tensors;

namespace Engine.Nn.Schedules;

/// <summary>How the learning rate changes during training.</summary>
/// <param name="WarmUp">Epochs over which it first rises from a hundredth to its full value; 0: none.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ConstantSchedule), "constant")]
[JsonDerivedType(typeof(StepSchedule), "step")]
[JsonDerivedType(typeof(CosineSchedule), "cosine")]
[JsonDerivedType(typeof(PlateauSchedule), "plateau")]
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)]
public abstract record ScheduleOptions([property: Range(Minimum = 0)] double WarmUp)
{
    private const double WarmUpStart = 0.01;

    /// <summary>Begins a run of this many epochs.</summary>
    /// <exception cref="ArgumentException">A number is out of its range, or there are no epochs.</exception>
    public LearningRateSchedule Start(int epochs)
    {
        Guard.Ranges(GetType().Name, GetType(), this);
        Guard.Positive(GetType().Name, nameof(epochs), epochs);
        return WarmUp > 0 ? new WarmingUp(WarmUp, WarmUpStart, StartWarm(epochs)) : StartWarm(epochs);
    }

    private protected abstract LearningRateSchedule StartWarm(int epochs);
}

/// <summary>The learning rate stays the same.</summary>
/// <inheritdoc cref="ScheduleOptions"/>
public sealed record ConstantSchedule(double WarmUp = 0) : ScheduleOptions(WarmUp)
{
    private protected override LearningRateSchedule StartWarm(int epochs) => new FactorOfTime(nameof(ConstantSchedule), _ => 1);
}

/// <summary>The learning rate is multiplied by a decay at a fixed interval of epochs.</summary>
/// <param name="Epochs">Epochs between steps.</param>
/// <param name="Decay">The factor of each step.</param>
/// <param name="WarmUp">Epochs over which it first rises; 0: none.</param>
public sealed record StepSchedule(
    [property: Range(Minimum = 1)] int Epochs,
    [property: Range(Above = 0)] double Decay = 0.1,
    double WarmUp = 0) : ScheduleOptions(WarmUp)
{
    private protected override LearningRateSchedule StartWarm(int epochs) =>
        new FactorOfTime(nameof(StepSchedule), epoch => Math.Pow(Decay, Math.Floor(epoch / Epochs)));
}

/// <summary>The learning rate falls along half a cosine until the last epoch (Loshchilov and Hutter 2017).</summary>
/// <param name="Floor">The share of it left at the end.</param>
/// <param name="WarmUp">Epochs over which it first rises; 0: none.</param>
public sealed record CosineSchedule(
    [property: Range(Minimum = 0, Below = 1)] double Floor = 0,
    double WarmUp = 0) : ScheduleOptions(WarmUp)
{
    private protected override LearningRateSchedule StartWarm(int epochs) => new FactorOfTime(
        nameof(CosineSchedule),
        epoch => Floor + (1 - Floor) * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, epoch / epochs))));
}

/// <summary>
/// The learning rate is multiplied by a decay when the loss has stopped falling, as in PyTorch's <c>ReduceLROnPlateau</c>: a fall
/// counts if it exceeds a share of the best loss.
/// </summary>
/// <param name="Decay">The factor.</param>
/// <param name="Patience">Tolerated epochs without a fall.</param>
/// <param name="Threshold">How far below the best loss a fall must go, as a share of it.</param>
/// <param name="Floor">The smallest share of it that is kept.</param>
/// <param name="WarmUp">Epochs over which it first rises; 0: none.</param>
public sealed record PlateauSchedule(
    [property: Range(Minimum = 0, Below = 1)] double Decay = 0.1,
    [property: Range(Minimum = 0)] int Patience = 10,
    [property: Range(Minimum = 0, Below = 1)] double Threshold = 1e-4,
    [property: Range(Minimum = 0, Below = 1)] double Floor = 0,
    double WarmUp = 0) : ScheduleOptions(WarmUp)
{
    private protected override LearningRateSchedule StartWarm(int epochs) => new OnPlateau(this);
}
