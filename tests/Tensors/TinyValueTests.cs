using System.Runtime.Intrinsics;
using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tests.Support;
using Tiny = Engine.Dsp.Tiny;

namespace Engine.Tests.Tensors;

/// <summary>
/// What becomes of numbers near and in the subnormal range, which many processors compute with a hundred times more slowly.
/// </summary>
[EveryInstructionSet]
public class TinyValueTests
{
    private const float Least = 7.8886091e-31f;

    // What shrinks at each step, or has a tail; the others pass on what they get.
    private static readonly string[] s_promised =
        ["maps", "arithmetic", "softmax", "recurrent layers", "updates", "dropout", "spectra"];

    public static TheoryData<string, float, float> Families
    {
        get
        {
            var data = new TheoryData<string, float, float>();
            foreach (var name in s_promised)
            {
                foreach (var scale in new[] { 1e-10f, 1e-19f, 1e-20f, 1e-31f, 1e-40f }) data.Add(name, scale, 1);
                foreach (var scale in new[] { 1e-20f, 1e-26f, 1e-29f }) data.Add(name, 1, scale);
            }

            return data;
        }
    }

    [Fact]
    public void Flush_AnyNumber_ChangesTinyOnesAlone()
    {
        float[] kept = [Least, -Least, 1, -1, float.MaxValue, float.NegativeInfinity, float.PositiveInfinity, 0];
        float[] flushed = [MathF.BitDecrement(Least), -MathF.BitDecrement(Least), 1e-38f, 1e-45f, -1e-45f, -0f];
        foreach (var x in kept) Assert.Equal((x, x), (Tiny.Flush(x), Tiny.Flush(Vector512.Create(x))[3]));
        foreach (var x in flushed) Assert.Equal((0, 0), (Tiny.Flush(x), Tiny.Flush(Vector512.Create(x))[3]));
        Assert.True(float.IsNaN(Tiny.Flush(float.NaN)) && float.IsNaN(Tiny.Flush(Vector512.Create(float.NaN))[0]));

        const float normal = 1.17549435E-38f;
        Assert.Equal((normal, -normal), (Tiny.FlushSubnormal(normal), Tiny.FlushSubnormal(Vector512.Create(-normal))[0]));
        Assert.Equal((0, 0), (Tiny.FlushSubnormal(MathF.BitDecrement(normal)),
            Tiny.FlushSubnormal(Vector512.Create(-1e-45f))[0]));
    }

    [Theory, MemberData(nameof(Families))]
    public void Family_TinyOperandsOrGradients_GivesNoSubnormalNumber(string name, float scale, float gradientScale)
    {
        var results = OperationFamilies.All.Single(f => f.Name == name).Run(scale, gradientScale);
        for (var r = 0; r < results.Count; r++)
        {
            var bad = Array.FindIndex(results[r], float.IsSubnormal);
            Assert.True(bad < 0, bad < 0
                ? "" : $"{name} of {scale}, gradients of {gradientScale}: result {r} has {results[r][bad]} at {bad}.");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Recurrent_GradientThatShrinksAtEveryStep_EndsInZeros(bool gru)
    {
        const int steps = 400;
        using var scope = new TensorScope();
        using Layer layer = gru ? new Engine.Nn.Layers.Gru(3, 20) : new Lstm(3, 20);
        layer.Initialize(1);
        var x = Tensor.From(GradCheck.Draw(new RandomStream(1, "shrinking"), 2 * steps * 3), new Shape(2, steps, 3));
        x.RequiresGrad = true;
        using (var tape = new Tape()) tape.Backward(layer.Forward(x, ForwardContext.Evaluate()).Sum());

        // The first step's share is below any float by then, and everything on the way there is above 2⁻¹⁰⁰ or 0.
        var gradient = x.Grad!.ToArray();
        Assert.All(gradient, g => Assert.False(float.IsSubnormal(g)));
        Assert.Equal(0, gradient[0]);
        Assert.NotEqual(0, gradient[(steps - 1) * 3]);
        layer.ClearGradients();
    }

    [Theory]
    [InlineData(UpdateRule.Momentum)]
    [InlineData(UpdateRule.Adam)]
    [InlineData(UpdateRule.RmsProp)]
    [InlineData(UpdateRule.RmsPropMomentum)]
    [InlineData(UpdateRule.Adamax)]
    public void Update_NoMoreGradient_StatesAndWeightsReachZero(UpdateRule rule)
    {
        using var scope = new TensorScope();
        var (parameter, gradient) = (Tensor.Full(new Shape(19), 1e-3f), Tensor.Full(new Shape(19), 1e-3f));
        var first = rule == UpdateRule.RmsProp ? null : Tensor.Zeros(new Shape(19));
        var second = rule == UpdateRule.Momentum ? null : Tensor.Zeros(new Shape(19));
        var factors = new UpdateFactors
        {
            GradientRate = 1e-30f,
            StateRate = 1e-30f,
            FirstDecay = 0.9f,
            FirstShare = 0.1f,
            SecondDecay = 0.9f,
            SecondShare = 0.1f,
            Epsilon = 1e-8f,
            DirectDecay = 0.1f
        };
        parameter.Update(rule, factors, gradient, first, second);
        var nothing = Tensor.Zeros(new Shape(19));
        for (var step = 0; step < 1500; step++)
        {
            parameter.Update(rule, factors, nothing, first, second);
            foreach (var tensor in new[] { parameter, first, second })
                Assert.DoesNotContain(tensor?.ToArray() ?? [], float.IsSubnormal);
        }

        Assert.All(parameter.ToArray(), v => Assert.Equal(0, v));
        if (first is not null) Assert.All(first.ToArray(), v => Assert.Equal(0, v));

        // Adamax's never falls below epsilon.
        if (second is not null) Assert.All(second.ToArray(), v => Assert.True(v == 0 || rule == UpdateRule.Adamax));
    }

    [Fact]
    public void RunningStatistics_OfADeadChannel_ReachZero()
    {
        using var scope = new TensorScope();
        var (weight, bias) = (Tensor.Full(new Shape(2), 1), Tensor.Zeros(new Shape(2)));
        var (mean, variance) = (Tensor.Full(new Shape(2), 1), Tensor.Full(new Shape(2), 1));
        var dead = Tensor.Zeros(new Shape(4, 2, 3));
        for (var step = 0; step < 1500; step++)
        {
            using var y = Tensor.BatchNorm(dead, weight, bias, mean, variance, true);
            Assert.DoesNotContain(mean.ToArray().Concat(variance.ToArray()), float.IsSubnormal);
        }

        Assert.Equal([0, 0, 0, 0], mean.ToArray().Concat(variance.ToArray()));
    }

    [Fact]
    public void MovingAverage_OfWeightsThatBecameZero_ReachesZero()
    {
        using var network = new Dense(3, 2);
        network.Initialize(1);
        using var average = new ExponentialMovingAverage(network, 0.9);
        foreach (var parameter in network.Parameters()) parameter.Value.Write(new float[parameter.Shape.Count]);
        for (var step = 0; step < 1500; step++) average.Update();
        foreach (var (_, tensor) in average.State()) Assert.All(tensor.ToArray(), v => Assert.Equal(0, v));
    }

    [Fact]
    public void CrossEntropy_OfACertainAnswer_HasNoSubnormalGradient()
    {
        foreach (var classes in new[] { 10, 50 })
        {
            foreach (var distance in new[] { 60f, 69, 75, 88, 95, 103, 120 })
            {
                using var scope = new TensorScope();
                var scores = Tensor.From(
                    [.. Enumerable.Range(0, 3 * classes).Select(i => i % classes == 1 ? distance : i % 3 * 0.1f)],
                    new Shape(3, classes));
                scores.RequiresGrad = true;
                using (var tape = new Tape()) tape.Backward(
                    Tensor.CrossEntropy(scores, Tensor.FromIndices([1, 1, 1], new Shape(3))));
                Assert.DoesNotContain(scores.Grad!.ToArray(), g => g != 0 && Math.Abs(g) < Least / 3);
                Assert.DoesNotContain(scores.Detach().Softmax().ToArray(), float.IsSubnormal);
            }
        }
    }
}
