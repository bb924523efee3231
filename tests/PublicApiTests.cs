using System.Reflection;
using System.Runtime.CompilerServices;
using PublicApiGenerator;

namespace Engine.Tests;

/// <summary>
/// What each library offers stands in <c>tests/PublicApi</c>, so that a change of it shows in review. Brought up to date by
/// running these tests with <c>ENGINE_UPDATE_API=1</c>.
/// </summary>
public class PublicApiTests
{
    [Theory]
    [InlineData("Engine.Dsp")]
    [InlineData("Engine.Tensors")]
    [InlineData("Engine.Nn")]
    [InlineData("Engine.Classifiers")]
    [InlineData("Engine.Pipeline")]
    public void PublicApi_IsTheOneReviewed(string assembly)
    {
        var options = new ApiGeneratorOptions
        {
            IncludeAssemblyAttributes = false,
            UseDenyNamespacePrefixesForExtensionMethods = false
        };
        var offered = Assembly.Load(assembly).GeneratePublicApi(options).ReplaceLineEndings("\n").TrimEnd() + "\n";
        var path = Path.Combine(Folder(), $"{assembly}.txt");
        if (Environment.GetEnvironmentVariable("ENGINE_UPDATE_API") == "1") File.WriteAllText(path, offered);
        var reviewed = File.ReadAllText(path).ReplaceLineEndings("\n");
        if (offered == reviewed) return;
        var (now, before) = (offered.Split('\n'), reviewed.Split('\n'));
        Assert.Fail($"{assembly} offers something else than {path}. If that is meant, run this test with "
            + $"ENGINE_UPDATE_API=1 and commit the file.\n"
            + $"new:\n{string.Join('\n', now.Except(before).Take(40))}\ngone:\n{string.Join('\n', before.Except(now).Take(40))}");
    }

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "PublicApi");
}
