using Engine.Nn.Schedules;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

public class ScheduleTests
{
    [Fact]
    public void Schedules_FollowTheirFormulas()
    {
        Assert.Equal(1, new ConstantSchedule().Start(9).Factor(7));
        Close.Assert([1, 1, 0.5, 0.25], new[] { 0, 1.9, 2, 5.5 }.Select(new StepSchedule(2, 0.5).Start(9).Factor).ToArray(),
            1e-15);
        Close.Assert([1, 0.55, 0.1, 0.1], new[] { 0, 5.0, 10, 20 }.Select(new CosineSchedule(0.1).Start(10).Factor).ToArray(),
            1e-15);
        Close.Assert([0.01, 0.505, 1, 0.5],
            new[] { 0, 1, 2, 4.0 }.Select(new StepSchedule(4, 0.5, WarmUp: 2).Start(9).Factor).ToArray(), 1e-15);
    }

    // torch.optim.lr_scheduler.ReduceLROnPlateau(factor=0.5, patience=1) on these losses.
    [Fact]
    public void Plateau_FallsAfterItsPatience()
    {
        var schedule = new PlateauSchedule(0.5, Patience: 1, WarmUp: 0.5).Start(9);
        double[] losses = [1, 0.9, 0.95, 0.93, 0.91, 0.89999, 0.5, 0.6, 0.6];
        double[] factors = [1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125];
        for (var i = 0; i < losses.Length; i++)
        {
            // An interruption at any epoch changes nothing.
            var state = schedule.Save();
            schedule = new PlateauSchedule(0.5, Patience: 1, WarmUp: 0.5).Start(9);
            schedule.Load(state);
            schedule.Observe(losses[i]);
            Close.Assert([factors[i]], new[] { schedule.Factor(i + 1) }, 1e-15, what: $"epoch {i}");
        }
    }

    public static TheoryData<string, Func<LearningRateSchedule>> Bad => new()
    {
        { "StepSchedule: Epochs is 0", () => new StepSchedule(0).Start(1) },
        { "StepSchedule: Decay is 0", () => new StepSchedule(1, 0).Start(1) },
        { "CosineSchedule: Floor is 1", () => new CosineSchedule(1).Start(1) },
        { "CosineSchedule: epochs is 0", () => new CosineSchedule().Start(0) },
        { "ConstantSchedule: WarmUp is -1", () => new ConstantSchedule(-1).Start(1) },
        { "PlateauSchedule: Patience is -1", () => new PlateauSchedule(Patience: -1).Start(1) },
    };

    [Theory, MemberData(nameof(Bad))]
    public void Start_BadNumber_IsNamed(string message, Func<LearningRateSchedule> make) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(make).Message);
}
