using Engine.Peers.Comparing;
using Engine.Peers.Networks;

namespace Engine.Tests.Peers;

public class WorkCountTests
{
    // The same walk builds the peers' networks, so this also shows that they get every layer.
    [Fact]
    public void Forward_EveryRecipe_IsWhatTheSummaryCounts()
    {
        Assert.True(CaseList.Recipes.Count > 20);
        Assert.All(CaseList.Recipes, r =>
            Assert.Equal(3 * r.Summary.Network.MultiplyAdds, WorkCount.Of(r.Recipe, r.Summary, 3).Forward));
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
        var (recipe, summary) = CaseList.Recipes.Single(r => r.Recipe.Name == name);
        var count = WorkCount.Of(recipe, summary, 1);
        Assert.Equal(3 * count.Forward - first, count.Step);
    }
}
