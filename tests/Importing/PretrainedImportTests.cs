using Engine.Pipeline.Pretrained;
using Engine.Tensors.Serialization;
using Engine.Tests.Cli;
using Engine.Tests.Support;

namespace Engine.Tests.Importing;

public class PretrainedImportTests
{
    public static TheoryData<string> Names => [.. DescriptionCatalog.Names];

    [Theory, MemberData(nameof(Names))]
    public void Description_OfEveryNetwork_BuildsAndSurvivesARoundTrip(string name)
    {
        var description = DescriptionCatalog.Get(name);
        Assert.Equal(name, description.Name);
        using var network = description.Build(name);
        Assert.True(network.CountParameters() > 30_000);
        Assert.Equal(description.ToJson(), NetworkDescription.Parse(description.ToJson(), name).ToJson());
    }

    // The hashes are those of the values that the public files give: docs/transfer.md.
    [PretrainedFact]
    public void Import_ConvertedWeights_SameValuesAsThePublicFilesAndTheReference()
    {
        Import("efficientat-mn04", "efficientat-mn04-as", "MN04HASH");
        Import("musicnn-msd", "musicnn-msd", "MUSICNNHASH");
        Import("choi2017-compact", "choi2017-compact-cnn", "CHOIHASH");

        static void Import(string name, string file, string hash)
        {
            using var folder = new TemporaryFolder();
            var path = Path.Combine(PretrainedFactAttribute.Folder, file);
            var output = EngineRun.Of("import", $"{path}.safetensors", "--as", name, "--out", folder["n.safetensors"],
                "--reference", $"{path}.reference.safetensors").Succeeds();
            Assert.Contains("tags ", output);
            Assert.Equal(hash, SafetensorsFile.ReadMetadata(folder["n.safetensors"])["payload_sha256"]);
        }
    }
}
