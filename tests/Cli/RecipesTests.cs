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
    public void Recipes_UnknownName_IsRefusedWithTheList() =>
        EngineRun.Of("recipes", "gtzan57-kn").IsRefused("'gtzan57-kn'", "gtzan57-knn");

    [Fact]
    public void Recipes_List_BeginsWithWhatToStartWith()
    {
        var lines = EngineRun.Of("recipes").Succeeds().Split('\n');
        Assert.StartsWith("to start with", lines[0]);
        Assert.Equal("", lines[6].Trim());
        Assert.StartsWith("recipe", lines[7]);
        var words = string.Join('\n', lines[..7]).Split([' ', ',', ':', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.All(["svm", "logistic", "forest", "cnn", "transfer"], alias => Assert.Contains(alias, words));
    }

    [Fact]
    public void Recipes_Alias_IsTheRecipeUnderItsOwnName()
    {
        Assert.All(RecipeCatalog.Aliases, a =>
        {
            Assert.DoesNotContain(a.Key, RecipeCatalog.Names);
            Assert.Equal(a.Value, Recipe.Parse(EngineRun.Of("recipes", a.Key).Succeeds(), a.Key).Name);
        });
        Assert.Equal("gtzan57-svm", RecipeCatalog.Aliases["svm"]);
        Assert.Equal("gtzan57-forest", RecipeCatalog.Aliases["forest"]);
    }

    [Fact]
    public void Find_FolderWithTheNameOfAnAlias_IsStillTheRecipe()
    {
        var name = Path.Combine(Environment.CurrentDirectory, "lda");
        Directory.CreateDirectory(name);
        try
        {
            Assert.Equal("gtzan57-lda", RecipeCatalog.Find("lda").Name);
        }
        finally
        {
            Directory.Delete(name);
        }
    }
}
