using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Engine.Tests.Cli;

/// <summary>What the documents promise and a machine can check.</summary>
public partial class DocumentationTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/architecture.md")]
    public void Document_FilesNamed_Exist(string document)
    {
        var paths = SourcePath().Matches(Read(document)).Select(m => m.Groups[1].Value).Distinct().ToArray();
        Assert.NotEmpty(paths);
        Assert.All(paths, path => Assert.True(Path.Exists(Path.Combine(Root(), path)), $"{document} names {path}"));
    }

    [Fact]
    public void Readme_Length_IsBelow800Words() =>
        Assert.InRange(Read("README.md").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length, 100, 799);

    [Fact]
    public void Readme_FirstTwoCommands_RunTheDemoAndTheTests()
    {
        var commands = Read("README.md").Split("```")[1].Trim().Split('\n');
        Assert.Equal(2, commands.Length);
        Assert.EndsWith("--project src/Cli -- demo", commands[0]);
        Assert.StartsWith("dotnet test Engine.sln", commands[1]);
    }

    [Fact]
    public void RecipePage_Program_IsWhatItIsWrittenFrom()
    {
        var (page, written) = (Path.Combine(Root(), "docs", "recipes.md"), Path.Combine(AppContext.BaseDirectory, "recipes.md"));
        File.WriteAllText(written, RecipeReference.Write());
        Assert.True(File.Exists(page) && File.ReadAllText(page) == File.ReadAllText(written),
            $"{page} is out of date. Bring it up to date by: cp {written} {page}");
    }

    private static string Read(string document) => File.ReadAllText(Path.Combine(Root(), document));

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    [GeneratedRegex(@"(?:`|\()((?:src|tests|docs|bench)/[A-Za-z0-9_./-]+)(?:`|\))")]
    private static partial Regex SourcePath();
}
