using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>What a comparison takes for its own in its folder, and what it leaves to whoever it belongs to.</summary>
public sealed class ComparisonFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _table;
    private readonly Recipe _knn = RecipeCatalog.Get("gtzan57-knn");

    public ComparisonFolderTests() => _table = PipelineCorpus.WriteTable(_folder["f.csv"], tracks: 4);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("recipe.json")]
    [InlineData("notes.txt")]
    [InlineData("recipe.json", "notes.txt")]
    [InlineData("recipe.json", "rounds/mine.txt")]
    public void Run_FolderOfSomebodyElse_IsRefusedAndKept(params string[] files)
    {
        foreach (var file in files) Write(Path.Combine("gtzan57-knn", file), "{}");
        Assert.Contains("gtzan57-knn", PipelineCorpus.ErrorOf(() => Compare(_knn)));
        Assert.All(files, file => Assert.Equal("{}", File.ReadAllText(_folder["compared", "gtzan57-knn", file])));
        Assert.Equal(["gtzan57-knn"], Directory.GetFileSystemEntries(_folder["compared"]).Select(Path.GetFileName));
    }

    [Fact]
    public void Run_ChangedRecipe_KeepsWhatOthersPutThere()
    {
        Compare(_knn);
        Write("gtzan57-knn/notes.txt", "mine");
        Write("gtzan57-knn/rounds/notes.txt", "mine, too");
        Compare(_knn.With("classifier.k", "1"));
        Assert.Equal("mine", File.ReadAllText(_folder["compared", "gtzan57-knn", "notes.txt"]));
        Assert.Equal("mine, too", File.ReadAllText(_folder["compared", "gtzan57-knn", "rounds", "notes.txt"]));
        Assert.Equal(1, Compare(_knn.With("classifier.k", "1")).Systems[0].TrainAccuracy.Mean);
    }

    [Fact]
    public void Run_RecipeChangedByHand_IsRefusedAndKept()
    {
        Compare(_knn);
        var file = _folder["compared", "gtzan57-knn", "recipe.json"];
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"k\": 5", "\"k\": 7"));
        Assert.Contains("has changed", PipelineCorpus.ErrorOf(() => Compare(_knn)));
        Assert.Contains("\"k\": 7", File.ReadAllText(file));
    }

    [Fact]
    public void Run_FolderOfAnEarlierVersion_GoesOn()
    {
        Compare(_knn);
        File.Delete(_folder["compared", "recipes.sha256"]);
        var round = _folder["compared", "gtzan57-knn", "rounds", "round-1.safetensors"];
        var done = File.GetLastWriteTimeUtc(round);
        Compare(_knn);
        Assert.Equal(done, File.GetLastWriteTimeUtc(round));
        Assert.EndsWith("  gtzan57-knn/recipe.json\n", File.ReadAllText(_folder["compared", "recipes.sha256"]));
    }

    [Fact]
    public void Run_TablesOfSomebodyElse_AreRefusedAndKept()
    {
        Write("compare.md", "mine");
        Assert.Contains("compare.md", PipelineCorpus.ErrorOf(() => Compare(_knn)));
        Assert.Equal("mine", File.ReadAllText(_folder["compared", "compare.md"]));
    }

    [Theory]
    [InlineData("compare.json")]
    [InlineData("recipes.sha256")]
    [InlineData("a\nb")]
    [InlineData(".hidden")]
    [InlineData("")]
    public void Run_NameThatIsNoFolder_IsRefused(string name) =>
        Assert.Contains("is not a valid folder name", PipelineCorpus.ErrorOf(() => Compare(_knn with { Name = name })));

    [Fact]
    public void Run_NameOfTenThousandLetters_IsRefusedInALine() =>
        Assert.InRange(PipelineCorpus.ErrorOf(() => Compare(_knn with { Name = new string('x', 10_000) })).Length, 1, 300);

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder["compared", file])!);
        File.WriteAllText(_folder["compared", file], text);
    }

    private Comparison Compare(Recipe recipe) =>
        Comparing.Run(new ComparisonOptions
        {
            Data = _table,
            Recipes = [recipe],
            Output = _folder["compared"],
            Split = "holdout:2",
            Seed = 5
        });
}
