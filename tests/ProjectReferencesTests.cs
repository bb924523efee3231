using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Engine.Tests;

public partial class ProjectReferencesTests
{
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Dsp"] = [],
        ["Tensors"] = ["Dsp"],
        ["Nn"] = ["Tensors"],
        ["Classifiers"] = ["Tensors"],
        ["Pipeline"] = ["Classifiers", "Dsp", "Nn", "Tensors"],
        ["Plots"] = ["Classifiers", "Dsp", "Nn", "Pipeline", "Tensors"],
        ["Cli"] = ["Classifiers", "Dsp", "Nn", "Pipeline", "Plots", "Tensors"],
    };

    [Fact]
    public void Projects_ReferenceOnlyTheAllowedOnes()
    {
        var source = Path.Combine(Root(), "src");
        var projects = Directory.GetFiles(source, "*.csproj", SearchOption.AllDirectories);
        Assert.Equal(s_allowed.Keys.Order(), projects.Select(Name).Order());
        foreach (var project in projects)
        {
            var references = XDocument.Load(project).Descendants("ProjectReference")
                .Select(r => Name(r.Attribute("Include")!.Value)).Order().ToArray();
            Assert.All(references, r => Assert.Contains(r, s_allowed[Name(project)]));
        }
    }

    // From the lowest up; "" is what lies in the project's own folder.
    private static readonly string[] s_folders =
        ["Ranks", "Json", "Data", "FrontEnds", "Networks", "Pretrained", "Importing", "Recipes", "Fitting",
            "Checking", "", "Exploring", "Explaining", "Runs"];

    [Fact]
    public void PipelineFolders_UseOnlyLowerOnes()
    {
        var source = Path.Combine(Root(), "src", "Pipeline");
        var files = Directory.GetFiles(source, "*.cs", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(source, f))
            .Where(f => !f.StartsWith("obj", StringComparison.Ordinal) && !f.StartsWith("bin", StringComparison.Ordinal))
            .ToArray();
        Assert.True(files.Length > 100);
        foreach (var file in files)
        {
            var own = Array.IndexOf(s_folders, Path.GetDirectoryName(file)!.Split(Path.DirectorySeparatorChar)[0]);
            Assert.True(own >= 0, $"{file} lies in a folder that has no place in the order.");
            foreach (Match used in UsedFolder().Matches(File.ReadAllText(Path.Combine(source, file))))
            {
                var other = Array.IndexOf(s_folders, used.Groups[1].Value);
                Assert.True(other >= 0 && other <= own, $"{file} uses {used.Value.Trim()}, which lies above it.");
            }
        }
    }

    [GeneratedRegex(@"^using Engine\.Pipeline\.?(\w*)", RegexOptions.Multiline)]
    private static partial Regex UsedFolder();

    private static string Name(string path) => Path.GetFileNameWithoutExtension(path).Replace("Engine.", "");

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, ".."));
}
