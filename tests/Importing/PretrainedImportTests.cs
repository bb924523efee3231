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
        Import("efficientat-mn04", "efficientat-mn04-as",
            "b15c90ed9b0ae7710a630b4d19a16c393e8f77d13b64f236e2b4648ff2ca40ac");
        Import("musicnn-msd", "musicnn-msd",
            "ecba2a1a033901dea91df741c1438a0048ec84fc98d914a3333d98afb46d18d8");
        Import("choi2017-compact", "choi2017-compact-cnn",
            "2c9dfc59a054bc2c0277708d109c17126a833d82d36b6c1bfaff09593194367f");

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
