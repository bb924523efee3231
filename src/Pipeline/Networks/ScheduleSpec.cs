using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Nn.Schedules;

namespace Engine.Pipeline.Networks;

/// <summary>How the learning rate changes as training goes on.</summary>
/// <param name="WarmUp">Epochs in which it first rises from a hundredth to the whole; 0: none.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ConstantScheduleSpec), "constant")]
[JsonDerivedType(typeof(StepScheduleSpec), "step")]
[JsonDerivedType(typeof(CosineScheduleSpec), "cosine")]
[JsonDerivedType(typeof(PlateauScheduleSpec), "plateau")]
public abstract record ScheduleSpec(double WarmUp)
{
    /// <summary>Makes the schedule of a run of so many epochs.</summary>
    internal LearningRateSchedule Create(int epochs) => WarmUp > 0 ? new WarmUpSchedule(WarmUp, CreateAfterWarmUp(epochs)) : CreateAfterWarmUp(epochs);

    /// <summary>Throws where a parameter has a value that cannot work; <paramref name="at"/> is the spec's JSON path.</summary>
    internal virtual void Validate(string at, RangeCheck check) => check.NotNegative($"{at}.warm_up", WarmUp);

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
public sealed record StepScheduleSpec(int Epochs, double Decay = 0.1, double WarmUp = 0) : ScheduleSpec(WarmUp)
{
    internal override void Validate(string at, RangeCheck check)
    {
        base.Validate(at, check);
        check.AtLeast($"{at}.epochs", Epochs, 1);
        check.Positive($"{at}.decay", Decay);
    }

    private protected override LearningRateSchedule CreateAfterWarmUp(int epochs) => new StepSchedule(Epochs, Decay);
}

/// <summary>It falls along half a cosine until the last epoch.</summary>
/// <param name="Floor">The share of it that is left at the end.</param>
/// <param name="WarmUp">Epochs in which it first rises; 0: none.</param>
public sealed record CosineScheduleSpec(double Floor = 0, double WarmUp = 0) : ScheduleSpec(WarmUp)
{
    internal override void Validate(string at, RangeCheck check)
    {
        base.Validate(at, check);
        check.Fraction($"{at}.floor", Floor);
    }

    private protected override LearningRateSchedule CreateAfterWarmUp(int epochs) => new CosineSchedule(epochs, Floor);
}

/// <summary>It is multiplied by a decay when the loss has stopped falling.</summary>
/// <param name="Decay">The factor.</param>
/// <param name="Patience">Epochs without a fall that are borne.</param>
/// <param name="Threshold">The share of the best loss by which a fall must go below it.</param>
/// <param name="Floor">The smallest share of it.</param>
/// <param name="WarmUp">Epochs in which it first rises; 0: none.</param>
public sealed record PlateauScheduleSpec(double Decay = 0.1, int Patience = 10, double Threshold = 1e-4, double Floor = 0, double WarmUp = 0) : ScheduleSpec(WarmUp)
{
    internal override void Validate(string at, RangeCheck check)
    {
        base.Validate(at, check);
        check.Fraction($"{at}.decay", Decay);
        check.AtLeast($"{at}.patience", Patience, 0);
        check.Fraction($"{at}.threshold", Threshold);
        check.Fraction($"{at}.floor", Floor);
    }

    private protected override LearningRateSchedule CreateAfterWarmUp(int epochs) => new PlateauSchedule(Decay, Patience, Threshold, Floor);
}
