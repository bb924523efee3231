using Engine.Classifiers;
using Engine.Pipeline.Importing;
using Engine.Pipeline.Pretrained;
using Engine.Tensors;

namespace Engine.Tests.Importing;

public class ImportPlanTests
{
    [Theory]
    [InlineData("a.weight", "a.weight", "b", "b")]
    [InlineData("a.weight", "a.weight2", "b", null)]
    [InlineData("conv_*_W", "conv_3_W", "*.conv.weight", "3.conv.weight")]
    [InlineData("*", "x", "net.*", "net.x")]
    [InlineData("*.*", "a.b.c", "*/*", "a/b.c")]
    [InlineData("*a*a", "aaa", "<*|*>", "<|a>")]
    [InlineData("block.*.se.*", "block.2.se.fc1.weight", "block.*.*", "block.2.fc1.weight")]
    [InlineData("ab*ba", "aba", "*", null)]
    [InlineData("*x", "xx", "*", "x")]
    [InlineData("a.*.kernel", "A.1.kernel", "*", null)]
    public void Rename_Patterns(string from, string name, string to, string? renamed) =>
        Assert.Equal(renamed, new TensorRule(from, to).Rename(name));

    // numpy: np.arange(24).reshape(2, 3, 1, 4), then [::-1, :, :, ::-1].squeeze(2).transpose(2, 0, 1)
    [Fact]
    public void Apply_FlipTransposeAndDrop_AsNumpy()
    {
        float[] values = [.. Enumerable.Range(0, 24).Select(i => (float)i)];
        var layout = new TensorLayout([3, 0, 1], [0, 3]);
        Assert.Null(layout.Problem([2, 3, 1, 4]));
        Assert.Equal([4, 2, 3], layout.Shape([2, 3, 1, 4]));
        Assert.Equal([15, 19, 23, 3, 7, 11, 14, 18, 22, 2, 6, 10, 13, 17, 21, 1, 5, 9, 12, 16, 20, 0, 4, 8],
            layout.Apply(values, [2, 3, 1, 4]));
        Assert.Same(values, new TensorLayout(null, null).Apply(values, [24]));
        Assert.Equal([0, 1], new TensorLayout([1], null).Apply([0, 1], [1, 2]));
    }

    [Fact]
    public void Problem_AxesThatAreNotThereOrNotOne_AreNamed()
    {
        Assert.Contains("axis 2", new TensorLayout(null, [2]).Problem([3, 4]));
        Assert.Contains("axis 2", new TensorLayout([0, 1, 2], null).Problem([3, 4]));
        Assert.Contains("axis 1 of size 4", new TensorLayout([0], null).Problem([3, 4]));
    }

    [Fact]
    public void Of_EveryKindOfTensor_IsAccountedFor()
    {
        TensorRule[] rules = [new("*.steps", Skip: true), new("old.kernel", "conv.weight", [1, 0]), new("twin", "conv.bias"),
            new("old.*", "conv.*"), new("wrong", "bn.weight")];
        var plan = ImportPlan.Of(
            [Tensor("old.kernel", 3, 2), Tensor("old.bias", 2), Tensor("twin", 2), Tensor("bn.steps"), Tensor("other", 1),
                Tensor("old.extra", 1), Tensor("wrong", 5)],
            rules, [("conv.weight", new(2, 3)), ("conv.bias", new(2)), ("bn.weight", new(4)), ("bn.bias", new(4))]);
        Assert.Equal([("old.kernel", "conv.weight"), ("old.bias", "conv.bias"), ("wrong", "bn.weight")],
            plan.Matched.Select(m => (m.Source.Name, m.Target)));
        Assert.Equal(["bn.steps"], plan.Skipped.Select(t => t.Name));
        Assert.Equal(["other", "old.extra"], plan.Unused.Select(t => t.Name));
        Assert.Equal(["'bn.bias' [4]"], plan.Missing);
        Assert.Equal(["'twin' and 'old.bias' both fill 'conv.bias'", "'wrong' is float32 [5]; 'bn.weight' is [4]"], plan.Wrong);
        Assert.False(plan.IsComplete);
    }

    [Fact]
    public void Of_NoRules_NamesStay()
    {
        var plan = ImportPlan.Of([Tensor("a", 2), Tensor("b", 1)], null, [("a", new Shape(2))]);
        Assert.True(plan.IsComplete);
        Assert.Equal(["b"], plan.Unused.Select(t => t.Name));
    }

    [Theory]
    [InlineData("", "a", null, null, false, "$.from is \"\"")]
    [InlineData("a", null, null, null, false, "$.to is null")]
    [InlineData("a", "b", null, null, true, "$.skip is true")]
    [InlineData("a*", "*b*", null, null, false, "more * than from")]
    [InlineData("a", "b", new[] { 0, 0 }, null, false, "$.transpose is [0, 0]")]
    [InlineData("a", "b", null, new[] { -1 }, false, "$.flip[0] is -1")]
    public void Validate_RuleThatCannotWork_IsRefused(
        string from, string? to, int[]? transpose, int[]? flip, bool skip, string says)
    {
        var rule = new TensorRule(from, to, transpose, flip, skip);
        var message = Assert.Throws<EngineException>(() => rule.Validate("$", new RangeCheck("m.json"))).Message;
        Assert.StartsWith("m.json: ", message);
        Assert.Contains(says, message);
    }

    private static SourceTensor Tensor(string name, params int[] shape) => new(name, shape, NumberType.Float32);
}
