using Engine.Nn.Schedules;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

public class ScheduleTests
{
    [Fact]
    public void Schedules_FollowTheirFormulas()
    {
        Assert.Equal(1, new ConstantSchedule().Factor(7));
        Close.Assert([1, 1, 0.5, 0.25], new[] { 0, 1.9, 2, 5.5 }.Select(new StepSchedule(2, 0.5).Factor).ToArray(), 1e-15);
        Close.Assert([1, 0.55, 0.1, 0.1], new[] { 0, 5.0, 10, 20 }.Select(new CosineSchedule(10, 0.1).Factor).ToArray(), 1e-15);
        Close.Assert([0.2, 0.6, 1, 0.5],
            new[] { 0, 1, 2, 4.0 }.Select(new WarmUpSchedule(2, new StepSchedule(4, 0.5), 0.2).Factor).ToArray(), 1e-15);
    }

    // torch.optim.lr_scheduler.ReduceLROnPlateau(factor=0.5, patience=1) on these losses.
    [Fact]
    public void Plateau_FallsAfterItsPatience()
    {
        var schedule = new WarmUpSchedule(0.5, new PlateauSchedule(0.5, patience: 1));
        double[] losses = [1, 0.9, 0.95, 0.93, 0.91, 0.89999, 0.5, 0.6, 0.6];
        double[] factors = [1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125];
        for (var i = 0; i < losses.Length; i++)
        {
            // An interruption at any epoch changes nothing.
            var state = schedule.Save();
            schedule = new WarmUpSchedule(0.5, new PlateauSchedule(0.5, patience: 1));
            schedule.Load(state);
            schedule.Observe(losses[i]);
            Close.Assert([factors[i]], new[] { schedule.Factor(i + 1) }, 1e-15, what: $"epoch {i}");
        }
    }

    public static TheoryData<string, Func<LearningRateSchedule>> Bad => new()
    {
        { "StepSchedule: epochs is 0", () => new StepSchedule(0) },
        { "StepSchedule: decay is 0", () => new StepSchedule(1, 0) },
        { "CosineSchedule: floor is 1", () => new CosineSchedule(1, 1) },
        { "WarmUpSchedule: epochs is -1", () => new WarmUpSchedule(-1, new ConstantSchedule()) },
        { "PlateauSchedule: patience is -1", () => new PlateauSchedule(patience: -1) },
    };

    [Theory, MemberData(nameof(Bad))]
    public void Constructor_BadNumber_IsNamed(string message, Func<LearningRateSchedule> make) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(make).Message);
}
