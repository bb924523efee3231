using System.IO.Compression;
using System.Text;
using Engine.Dsp.Numpy;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Importing;

public class WeightsFileTests
{
    [Fact]
    public void Open_Safetensors_EveryType()
    {
        const string Header = """
            {"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[1,2],"data_offsets":[4,8]},
            "c":{"dtype":"U64","shape":[],"data_offsets":[8,16]},"d":{"dtype":"I8","shape":[1],"data_offsets":[16,17]},
            "e":{"dtype":"BOOL","shape":[1],"data_offsets":[17,18]},"f":{"dtype":"I16","shape":[1],"data_offsets":[18,20]}}
            """;
        byte[] values = [0x00, 0x38, 0x00, 0xC0, 0xC0, 0x3F, 0x40, 0xC0, 9, 0, 0, 0, 0, 0, 0, 0, 0xFE, 1, 0xFF, 0xFF];
        using var file = Weights.Open(
            [.. BitConverter.GetBytes((long)Header.Length), .. Encoding.UTF8.GetBytes(Header), .. values]);
        Assert.Equal("safetensors", file.Format);
        Weights.Holds(file, "a", "float16 [2]", 0.5f, -2);
        Weights.Holds(file, "b", "bfloat16 [1, 2]", 1.5f, -3);
        Weights.Holds(file, "c", "uint64 []", 9);
        Weights.Holds(file, "d", "int8 [1]", -2);
        Weights.Holds(file, "e", "bool [1]", 1);
        Weights.Holds(file, "f", "int16 [1]", -1);
    }

    [Fact]
    public void Open_SafetensorsOfOurs_AsWritten()
    {
        var written = new SafetensorsFile();
        written.Tensors["x"] = new(new[] { 1f, 2, 3, 4 }, 2, 2);
        written.Tensors["y"] = new(new[] { 0.1, 1e10 }, 2);
        using var file = Weights.Open(written.ToBytes(checksum: true));
        Weights.Holds(file, "x", "float32 [2, 2]", 1, 2, 3, 4);
        Weights.Holds(file, "y", "float64 [2]", 0.1f, 1e10f);
    }

    [Fact]
    public void Open_Npz_NumbersAndText()
    {
        using var folder = new TemporaryFolder();
        NpzFile.Write(folder["w.npz"],
            [new("w", new NpyArray(new[] { 1f, 2 }, 2, 1)), new("names", new NpyArray(new[] { "a" }, 1))]);
        using var file = Weights.Open(File.ReadAllBytes(folder["w.npz"]));
        Assert.Equal("NumPy", file.Format);
        Weights.Holds(file, "w", "float32 [2, 1]", 1, 2);
        var names = Assert.Single(file.Tensors, t => t.Name == "names");
        Assert.Contains("'names'", Assert.Throws<InvalidDataException>(() => file.Read(names)).Message);
    }

    [Fact]
    public void Open_AnythingElse_SaysWhatCanBeRead()
    {
        Assert.Contains(".safetensors", Weights.Refused([]));
        Assert.Contains(".safetensors", Weights.Refused("a text, and no weights"u8.ToArray()));
        Assert.Contains("without weights", Weights.Refused(Zip("readme.txt")));
        Assert.Contains("model.weights.h5", Weights.Refused(Zip("model.weights.h5")));
        Assert.Contains("cannot be read as one", Weights.Refused("PK but no zip"u8.ToArray()));
        Assert.Contains("none of PyTorch's", Weights.Refused([0x80, 4, (byte)'N', (byte)'.']));
    }

    private static byte[] Zip(string member)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true)) zip.CreateEntry(member);
        return stream.ToArray();
    }
}
