using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Engine.Tests;

public class ProjectReferencesTests
{
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Dsp"] = [],
        ["Tensors"] = ["Dsp"],
        ["Nn"] = ["Tensors"],
        ["Classifiers"] = ["Dsp", "Nn", "Tensors"],
        ["Cli"] = ["Classifiers", "Dsp", "Nn", "Tensors"],
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

    private static string Name(string path) => Path.GetFileNameWithoutExtension(path).Replace("Engine.", "");

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, ".."));
}
