using System.IO.Compression;
using System.Text;
using Engine.Fuzzing.Targets;

namespace Engine.Tests.Importing;

public class TorchFileTests
{
    // One state dictionary, saved in both formats: views, every type that weights have, a parameter, a scalar, nothing.
    public static TheoryData<string> Formats => ["zip", "legacy"];

    [Theory, MemberData(nameof(Formats))]
    public void Open_StateDictionaryOfPyTorch_EveryTensor(string format)
    {
        using var file = Weights.Open(format == "zip" ? WeightSeeds.TorchZip : WeightSeeds.TorchLegacy);
        Assert.Equal("PyTorch", file.Format);
        Assert.Equal(10, file.Tensors.Count);
        Weights.Holds(file, "conv.weight", "float32 [2, 3]", 1, 2, 3, 4, 5, 6);
        Weights.Holds(file, "conv.turned", "float32 [3, 2]", 1, 4, 2, 5, 3, 6);
        Weights.Holds(file, "conv.part", "float32 [1, 2]", 5, 6);
        Weights.Holds(file, "half", "float16 [2]", 0.5f, -2);
        Weights.Holds(file, "brain", "bfloat16 [2]", 1.5f, -3);
        Weights.Holds(file, "double", "float64 [2]", 0.1f, 1e10f);
        Weights.Holds(file, "steps", "int64 []", 7);
        Weights.Holds(file, "bytes", "uint8 [2]", 250, 3);
        Weights.Holds(file, "flags", "bool [2]", 1, 0);
        Weights.Holds(file, "none", "float32 [0, 3]");
    }

    [Fact]
    public void Open_Checkpoint_NamesOfItsDictionariesAreJoined()
    {
        using var file = Weights.Open(WeightSeeds.TorchModule);
        Assert.Equal(["state_dict.0.weight", "state_dict.0.bias", "state_dict.1.weight", "state_dict.1.bias",
            "state_dict.1.running_mean", "state_dict.1.running_var", "state_dict.1.num_batches_tracked"],
            file.Tensors.Select(t => t.Name));
        Weights.Holds(file, "state_dict.0.weight", "float32 [1, 2]", 1, -2);
        Weights.Holds(file, "state_dict.1.running_var", "float32 [1]", 1);
    }

    [Theory, MemberData(nameof(Formats))]
    public void Open_CutAnywhere_OneLine(string format)
    {
        var bytes = format == "zip" ? WeightSeeds.TorchZip : WeightSeeds.TorchLegacy;
        for (var length = 2; length < bytes.Length; length += 7) Weights.Refused(bytes[..length]);
    }

    [Fact]
    public void Read_ChangedNumbers_ChecksumIsNamed()
    {
        var bytes = new PickleBytes().Raw((byte)'}').Text("a").Tensor("0", 2, 0, [2], [1]).Raw((byte)'s').Zip(("0", [1, 2]));
        var at = bytes.AsSpan().IndexOf(BitConverter.GetBytes(2f));
        bytes[at] ^= 1;
        using var file = Weights.Open(bytes);
        var message = Assert.Throws<InvalidDataException>(() => file.Read(file.Tensors[0])).Message;
        Assert.Contains("checksum", message);
    }

    [Fact]
    public void Open_StorageThatIsMissingOrOfAnotherSize_IsNamed()
    {
        var pickle = new PickleBytes().Raw((byte)'}').Text("a").Tensor("seven", 2, 0, [2], [1]).Raw((byte)'s');
        Assert.Contains("'seven' are missing", Weights.Refused(pickle.Zip()));
        Assert.Contains("take 8 bytes, but the file has 12", Weights.Refused(pickle.Zip(("seven", [1, 2, 3]))));
    }

    // Of 4 numbers: an offset, sizes and strides that reach beyond them, backwards, or repeat them without end.
    [Theory]
    [InlineData(3, new[] { 2 }, new[] { 1 })]
    [InlineData(-1, new[] { 2 }, new[] { 1 })]
    [InlineData(0, new[] { 2, 2 }, new[] { 3, 1 })]
    [InlineData(3, new[] { 2 }, new[] { -1 })]
    [InlineData(0, new[] { 1 << 30 }, new[] { 0 })]
    [InlineData(0, new[] { 5 }, new[] { 0 })]
    [InlineData(0, new[] { int.MaxValue, int.MaxValue }, new[] { 1, 1 })]
    [InlineData(0, new[] { -1 }, new[] { 1 })]
    public void Open_ViewBeyondItsNumbers_IsRefused(int offset, int[] sizes, int[] strides)
    {
        var bytes = new PickleBytes().Raw((byte)'}').Text("a.weight").Tensor("0", 4, offset, sizes, strides).Raw((byte)'s')
            .Zip(("0", [1, 2, 3, 4]));
        Assert.Contains("'a.weight'", Weights.Refused(bytes));
    }

    [Fact]
    public void Open_TorchScript_SaysHowToSave()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.CreateEntry("m/constants.pkl");
            zip.CreateEntry("m/data.pkl");
        }

        Assert.Contains("TorchScript", Weights.Refused(stream.ToArray()));
    }

    [Fact]
    public void Open_NumbersOfABigEndianMachine_AreRefused()
    {
        var bytes = WeightSeeds.TorchLegacy;
        var at = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes("little_endian"));
        var flag = at + bytes.AsSpan(at).IndexOf((byte)0x88);
        byte[] big = [.. bytes[..flag], 0x89, .. bytes[(flag + 1)..]];
        Assert.Contains("big-endian", Weights.Refused(big));
    }
}
