using System.Text.Json;
using Engine.Pipeline.Recipes;

namespace Engine.Tests.Cli;

public class RecipesTests
{
    [Fact]
    public void Recipes_List_NamesEveryRecipe()
    {
        var output = EngineRun.Of("recipes").Succeeds();
        Assert.All(RecipeCatalog.Names, name => Assert.Contains(name, output));
    }

    [Fact]
    public void Recipes_Json_IsAnArrayOfRecipes()
    {
        using var json = JsonDocument.Parse(EngineRun.Of("recipes", "--json").Succeeds());
        Assert.Equal(RecipeCatalog.Names, json.RootElement.EnumerateArray().Select(r => r.GetProperty("name").GetString()));
    }

    [Fact]
    public void Recipes_Name_PrintsWhatTrainReads()
    {
        foreach (var name in RecipeCatalog.Names)
        {
            Assert.Equal(RecipeCatalog.Get(name), Recipe.Parse(EngineRun.Of("recipes", name).Succeeds(), name));
        }
    }

    [Fact]
    public void Recipes_UnknownName_IsRefusedWithTheList() => EngineRun.Of("recipes", "knn").IsRefused("'knn'", "gtzan57-knn");
}
