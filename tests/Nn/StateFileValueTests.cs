using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Nn.Optimizers;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

/// <summary>What a file of weights may hold, and how damage to it is noticed.</summary>
public sealed class StateFileValueTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0.weight", float.NaN, "'0.weight' holds NaN at index 1; every value must be finite")]
    [InlineData("0.bias", float.PositiveInfinity, "'0.bias' holds Infinity at index 1")]
    [InlineData("1.weight", float.NegativeInfinity, "'1.weight' holds -Infinity at index 1")]
    [InlineData("1.running_mean", float.NaN, "'1.running_mean' holds NaN")]
    [InlineData("1.running_var", float.NaN, "'1.running_var' holds NaN")]
    [InlineData("1.running_var", -1e-6f, "'1.running_var' holds -1E-06 at index 1; a variance must be finite and at least 0")]
    public void Restore_ValueThatNoTrainingGives_IsNamedAndNothingIsChanged(string tensor, float value, string expected)
    {
        using var network = Network();
        network.Initialize(1);
        var file = new SafetensorsFile();
        StateFile.Store(file, network);
        ((float[])file.Tensors[tensor].Data)[1] = value;
        using var other = Network();
        other.Initialize(2);
        var before = other.Parameter("0.weight").Value.ToArray();
        var error = Assert.Throws<InvalidDataException>(() => StateFile.Restore(file, other, name: "weights"));
        Assert.StartsWith("weights: ", error.Message);
        Assert.Contains(expected, error.Message);
        Assert.Equal(before, other.Parameter("0.weight").Value.ToArray());
    }

    [Fact]
    public void Checkpoint_DamagedValue_FailsTheChecksum()
    {
        using var network = Network();
        network.Initialize(1);
        using var optimizer = new Optimizer(network.Parameters(), new Adam());
        var path = _folder["last.checkpoint"];
        new Checkpoint(network, optimizer).Save(path);
        new Checkpoint(network, optimizer).Load(path);
        var bytes = File.ReadAllBytes(path);
        bytes[^5] ^= 1;
        File.WriteAllBytes(path, bytes);
        var error = Assert.Throws<InvalidDataException>(() => new Checkpoint(network, optimizer).Load(path));
        Assert.StartsWith($"{path}: the SHA-256 of its values is ", error.Message);
        Assert.Contains("Restore it, or train again", error.Message);
    }

    [Fact]
    public void Checkpoint_OfBeforeThereWereChecksums_Loads()
    {
        using var network = Network();
        network.Initialize(1);
        using var optimizer = new Optimizer(network.Parameters(), new Adam());
        var path = _folder["last.checkpoint"];
        var checkpoint = new Checkpoint(network, optimizer);
        checkpoint.Metadata["recipe"] = "x";
        checkpoint.Save(path);
        SafetensorsFile.Read(path).Write(path);
        Assert.DoesNotContain("sha256", System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(path)));
        checkpoint.Load(path, new Dictionary<string, string> { ["recipe"] = "x" });
    }

    [Fact]
    public void Safetensors_Checksum_IsThatOfTheValuesAndNoPartOfTheMetadata()
    {
        var file = new SafetensorsFile();
        file.Tensors["b"] = new(new[] { 1f, 2f }, 2);
        file.Tensors["a"] = new(new[] { 3L }, 1);
        file.Tensors["c"] = new(new byte[] { 9 }, 1);
        file.Tensors["none"] = new(Array.Empty<double>(), 0);
        file.Metadata["k"] = "v";
        var bytes = file.ToBytes(checksum: true);
        var payload = bytes.AsSpan(8 + (int)BitConverter.ToUInt64(bytes));
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(payload));
        Assert.Contains($"\"payload_sha256\":\"{digest}\"", System.Text.Encoding.UTF8.GetString(bytes));
        var read = SafetensorsFile.Parse(bytes);
        Assert.Equal(["k"], read.Metadata.Keys);
        Assert.Equal(file.ToBytes(), read.ToBytes());
        Assert.Equal(bytes, read.ToBytes(checksum: true));
        bytes[^1] ^= 0x80;
        Assert.Contains("the SHA-256 of its values", Assert.Throws<InvalidDataException>(() => SafetensorsFile.Parse(bytes))
            .Message);
    }

    private static Sequential Network() => new(new Dense(3, 4), new BatchNorm1d(4), new Dense(4, 2));
}
