using System.Text.Json.Serialization;
using Engine.Nn.Schedules;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>How the learning rate changes as training goes on.</summary>
/// <param name="WarmUp">Epochs in which it first rises from a hundredth to the whole; 0: none.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ConstantScheduleSpec), "constant")]
[JsonDerivedType(typeof(StepScheduleSpec), "step")]
[JsonDerivedType(typeof(CosineScheduleSpec), "cosine")]
[JsonDerivedType(typeof(PlateauScheduleSpec), "plateau")]
public abstract record ScheduleSpec([property: Range(Minimum = 0)] double WarmUp)
{
    /// <summary>Makes the schedule of a run of so many epochs.</summary>
    internal LearningRateSchedule Create(int epochs) => WarmUp > 0
        ? new WarmUpSchedule(WarmUp, CreateAfterWarmUp(epochs)) : CreateAfterWarmUp(epochs);

    private protected abstract LearningRateSchedule CreateAfterWarmUp(int epochs);
}

/// <summary>It stays.</summary>
/// <inheritdoc cref="ScheduleSpec"/>
public sealed record ConstantScheduleSpec(double WarmUp = 0) : ScheduleSpec(WarmUp)
{
    private protected override LearningRateSchedule CreateAfterWarmUp(int epochs) => new ConstantSchedule();
}

/// <summary>It is multiplied by a decay after every so many epochs.</summary>
/// <param name="Epochs">Epochs between two steps.</param>
/// <param name="Decay">The factor of a step.</param>
/// <param name="WarmUp">Epochs in which it first rises; 0: none.</param>
public sealed record StepScheduleSpec(
    [property: Range(Minimum = 1)] int Epochs,
    [property: Range(Above = 0)] double Decay = 0.1,
    double WarmUp = 0) : ScheduleSpec(WarmUp)
{
    private protected override LearningRateSchedule CreateAfterWarmUp(int epochs) => new StepSchedule(Epochs, Decay);
}

/// <summary>It falls along half a cosine until the last epoch.</summary>
/// <param name="Floor">The share of it that is left at the end.</param>
/// <param name="WarmUp">Epochs in which it first rises; 0: none.</param>
public sealed record CosineScheduleSpec(
    [property: Range(Minimum = 0, Below = 1)] double Floor = 0,
    double WarmUp = 0) : ScheduleSpec(WarmUp)
{
    private protected override LearningRateSchedule CreateAfterWarmUp(int epochs) => new CosineSchedule(epochs, Floor);
}

/// <summary>It is multiplied by a decay when the loss has stopped falling.</summary>
/// <param name="Decay">The factor.</param>
/// <param name="Patience">Epochs without a fall that are borne.</param>
/// <param name="Threshold">The share of the best loss by which a fall must go below it.</param>
/// <param name="Floor">The smallest share of it.</param>
/// <param name="WarmUp">Epochs in which it first rises; 0: none.</param>
public sealed record PlateauScheduleSpec(
    [property: Range(Minimum = 0, Below = 1)] double Decay = 0.1,
    [property: Range(Minimum = 0)] int Patience = 10,
    [property: Range(Minimum = 0, Below = 1)] double Threshold = 1e-4,
    [property: Range(Minimum = 0, Below = 1)] double Floor = 0,
    double WarmUp = 0) : ScheduleSpec(WarmUp)
{
    private protected override LearningRateSchedule CreateAfterWarmUp(int epochs) =>
        new PlateauSchedule(Decay, Patience, Threshold, Floor);
}
