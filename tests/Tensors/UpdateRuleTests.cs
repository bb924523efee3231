using System.Runtime.Intrinsics;
using Engine.Cli.Cases;
using Engine.Tensors;
using Engine.Tensors.Operators;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

/// <summary>The forms of an optimiser's rule that a GPU and the processor take are one function.</summary>
public class UpdateRuleTests
{
    [Fact]
    public void Plain_ScalarAndVectorForm_AgreeWithinTheBudget() => Check<UpdateRules.Plain>();

    [Fact]
    public void Momentum_ScalarAndVectorForm_AgreeWithinTheBudget() => Check<UpdateRules.Momentum>();

    [Fact]
    public void Adam_ScalarAndVectorForm_AgreeWithinTheBudget() => Check<UpdateRules.Adam>();

    [Fact]
    public void Adamax_ScalarAndVectorForm_AgreeWithinTheBudget() => Check<UpdateRules.Adamax>();

    [Fact]
    public void Adagrad_ScalarAndVectorForm_AgreeWithinTheBudget() => Check<UpdateRules.Adagrad>();

    [Fact]
    public void RmsProp_ScalarAndVectorForm_AgreeWithinTheBudget() => Check<UpdateRules.RmsProp>();

    [Fact]
    public void RmsPropMomentum_ScalarAndVectorForm_AgreeWithinTheBudget() => Check<UpdateRules.RmsPropMomentum>();

    private static void Check<TOperator>()
        where TOperator : struct, IUpdateOperator
    {
        var random = new RandomStream(6, "rules");
        float[] g = GradCheck.Draw(random, 1000), m = GradCheck.Draw(random, 1000);
        var v = Array.ConvertAll(GradCheck.Draw(random, 1000), x => x * x + 0.1f);
        for (var i = 0; i < g.Length; i++)
        {
            var (_, size) = UpdateCases.Step(
                TOperator.Rule, UpdateCases.Bare, g[i], Math.Abs(g[i]), m[i], v[i], out _, out var firstSize, out _,
                out var secondSize);
            var (first, second) = (m[i], v[i]);
            var (firsts, seconds) = (Vector512.Create(first), Vector512.Create(second));
            var step = TOperator.Step(UpdateCases.Bare, g[i], ref first, ref second);
            var steps = TOperator.Step(UpdateCases.Bare, Vector512.Create(g[i]), ref firsts, ref seconds);
            Close.Assert([steps[0]], [step], 8 * Probe.U * size, what: $"{TOperator.Rule}: step {i}");
            Close.Assert([firsts[0]], [first], 8 * Probe.U * firstSize, what: $"{TOperator.Rule}: first state {i}");
            Close.Assert([seconds[0]], [second], 8 * Probe.U * secondSize, what: $"{TOperator.Rule}: second state {i}");
        }
    }
}
