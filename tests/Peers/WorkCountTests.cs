using Engine.Peers.Comparing;
using Engine.Peers.Networks;
using Engine.Pipeline.Recipes;

namespace Engine.Tests.Peers;

public class WorkCountTests
{
    // The peers' networks are built by the same walk, so that this shows what it passes to them to be ours, layer by layer.
    [Fact]
    public void Forward_EveryRecipe_IsWhatTheSummaryCounts()
    {
        var recipes = CaseList.Recipes().ToArray();
        Assert.True(recipes.Length > 20);
        Assert.All(recipes, r =>
            Assert.Equal(3 * r.Summary.Network.MultiplyAdds, WorkCount.Of(r.Recipe, 3).Forward));
    }

    [Theory]
    // Of the first layer, the input's gradient is not needed.
    [InlineData("cortis-mlp-fixed", 57L * 256)]
    [InlineData("cs464-conv2d", 398L * 398 * 16 * 3 * 9)]
    // Of the first layer of an LSTM, that of its states is.
    [InlineData("cs464-lstm", 400L * 4 * 400 * 1200)]
    // Each branch has a first layer.
    [InlineData("cortis-mmnn", 18L * 128 * 32 * 9 + 57 * 128)]
    public void Step_IsThreeForwardPassesWithoutTheInputsGradient(string name, long first)
    {
        var count = WorkCount.Of(RecipeCatalog.Get(name), 1);
        Assert.Equal(3 * count.Forward - first, count.Step);
    }
}
