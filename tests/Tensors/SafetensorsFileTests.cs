using System.Buffers.Binary;
using System.Text;
using Engine.Tensors;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Tensors;

public class SafetensorsFileTests
{
    private static SafetensorsFile Example()
    {
        var file = new SafetensorsFile();
        file.Tensors["weights"] = new(new[] { 1.5f, -2f, float.NaN, 0f, float.Epsilon, 6f }, 2, 3);
        file.Tensors["mean"] = new(new[] { Math.PI, double.NegativeInfinity }, 2);
        file.Tensors["labels"] = new(new[] { 1, -1, int.MaxValue }, 3);
        file.Tensors["position"] = new(new[] { long.MinValue });
        file.Tensors["bytes"] = new(new byte[] { 0, 127, 255 }, 3, 1);
        file.Tensors["none"] = new(System.Array.Empty<float>(), 4, 0);
        file.Metadata["recipe"] = "{\"name\": \"gtzan57-knn\"}";
        file.Metadata["ключ"] = "line\nfeed 🎵";
        return file;
    }

    private static byte[] Bytes(string header, params byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)text.Length);
        text.CopyTo(bytes, 8);
        data.CopyTo(bytes, 8 + text.Length);
        return bytes;
    }

    private static void AssertEqual(SafetensorsFile expected, SafetensorsFile actual)
    {
        Assert.Equal(expected.Metadata.OrderBy(m => m.Key), actual.Metadata.OrderBy(m => m.Key));
        Assert.Equal(expected.Tensors.Keys.Order(), actual.Tensors.Keys.Order());
        foreach (var (name, tensor) in expected.Tensors)
        {
            Assert.Equal(tensor.ToString(), actual.Tensors[name].ToString());
            Assert.Equal(tensor.Data, actual.Tensors[name].Data);
        }
    }

    [Fact]
    public void Parse_HandMadeFile_FollowsThePublishedFormat()
    {
        // Written out after the format's description: length, JSON with trailing spaces, values in the order of their offsets.
        var file = SafetensorsFile.Parse(Bytes(
            "{\"b\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[4,12]},\"__metadata__\":{\"format\":\"pt\"},\"a\":{\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[0,4]}}   ",
            0xFE, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x80, 0x3F, 0x00, 0x00, 0x20, 0xC1));
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(new[] { -2 }, file.Tensors["a"].Data);
        Assert.Empty(file.Tensors["a"].Shape);
        Assert.Equal(new[] { 1f, -10f }, file.Tensors["b"].Data);
        Assert.Equal([1, 2], file.Tensors["b"].Shape);
    }

    [Fact]
    public void ToBytes_SmallFile_IsThePublishedFormat()
    {
        var file = new SafetensorsFile();
        file.Tensors["z"] = new(new[] { 1.0 }, 1);
        file.Tensors["a"] = new(new byte[] { 7 }, 1);
        file.Metadata["k"] = "v";
        const string header = "{\"__metadata__\":{\"k\":\"v\"},\"z\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[8,9]}}";
        Assert.Equal(Bytes(header.PadRight((header.Length + 7) / 8 * 8), 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 7), file.ToBytes());
    }

    [Fact]
    public void ToBytes_MixedTypes_AlignsEveryTensorToItsType()
    {
        var bytes = Example().ToBytes();
        var headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal(0, headerLength % 8);
        using var json = System.Text.Json.JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        foreach (var entry in json.RootElement.EnumerateObject().Where(e => e.Name != "__metadata__"))
        {
            var size = entry.Value.GetProperty("dtype").GetString() is "F64" or "I64"
                ? 8 : entry.Value.GetProperty("dtype").GetString() is "U8" ? 1 : 4;
            Assert.Equal(0, (8 + headerLength + entry.Value.GetProperty("data_offsets")[0].GetInt64()) % size);
        }
    }

    [Fact]
    public void Parse_WrittenFile_GivesEverythingBack() => AssertEqual(Example(), SafetensorsFile.Parse(Example().ToBytes()));

    [Fact]
    public void Parse_EmptyFile_HoldsNothing() =>
    AssertEqual(new SafetensorsFile(), SafetensorsFile.Parse(new SafetensorsFile().ToBytes()));

    [Fact]
    public void RoundTrip_RandomTensors_SameBits()
    {
        var tensors = Gen.OneOf(
            ArbMap.Default.GeneratorFor<float[]>().Select(a => new StoredTensor(a, a.Length)),
            ArbMap.Default.GeneratorFor<double[]>().Select(a => new StoredTensor(a, 1, a.Length)),
            ArbMap.Default.GeneratorFor<int[]>().Select(a => new StoredTensor(a, a.Length, 1, 1)),
            ArbMap.Default.GeneratorFor<long[]>().Select(a => new StoredTensor(a, a.Length)),
            ArbMap.Default.GeneratorFor<byte[]>().Select(a => new StoredTensor(a, a.Length)));
        var named = ArbMap.Default.GeneratorFor<NonNull<string>>().Zip(tensors).ListOf();
        Prop.ForAll(named.ToArbitrary(), list =>
        {
            var file = new SafetensorsFile();
            foreach (var (name, tensor) in list) file.Tensors[name.Get] = tensor;
            var bytes = file.ToBytes();
            var back = SafetensorsFile.Parse(bytes);
            AssertEqual(file, back);
            return bytes.SequenceEqual(back.ToBytes());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Write_OverAnotherFile_ReplacesItAndLeavesNoOther()
    {
        using var folder = new TemporaryFolder();
        var path = folder["model.safetensors"];
        new SafetensorsFile().Write(path);
        Example().Write(path);
        AssertEqual(Example(), SafetensorsFile.Read(path));
        Assert.Equal(["model.safetensors"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Write_ReservedName_ThrowsAndKeepsTheOldFile()
    {
        using var folder = new TemporaryFolder();
        var path = folder["model.safetensors"];
        Example().Write(path);
        var broken = new SafetensorsFile();
        broken.Tensors["__metadata__"] = new(new byte[1], 1);
        Assert.Contains("__metadata__", Assert.Throws<ArgumentException>(() => broken.Write(path)).Message);
        AssertEqual(Example(), SafetensorsFile.Read(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Write_FolderMissing_Throws()
    {
        using var folder = new TemporaryFolder();
        Assert.ThrowsAny<IOException>(() => Example().Write(folder["no", "model.safetensors"]));
        Assert.ThrowsAny<IOException>(() => SafetensorsFile.Read(folder["no", "model.safetensors"]));
    }

    [Fact]
    public void Read_EveryTruncation_ThrowsNamingTheFile()
    {
        using var folder = new TemporaryFolder();
        var whole = Example().ToBytes();
        for (var length = 0; length < whole.Length; length++)
        {
            var path = folder.Write("cut.safetensors", whole[..length]);
            Assert.StartsWith(path + ": ", Assert.Throws<InvalidDataException>(() => SafetensorsFile.Read(path)).Message);
        }
    }

    [Theory]
    [InlineData("[]", "does not begin with '{'")]
    [InlineData(" {}", "does not begin with '{'")]
    [InlineData("{", "is not the JSON")]
    [InlineData("{}x", "is not the JSON")]
    [InlineData("{\"a\":1}", "tensor 'a' is Number")]
    [InlineData("{\"a\":{}}", "lacks dtype, shape or data_offsets")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "is not the JSON")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "is not the JSON")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"more\":1}}", "unexpected field 'more'")]
    [InlineData("{\"a\":{\"dtype\":5,\"shape\":[1],\"data_offsets\":[0,4]}}", "unexpected field 'dtype' of kind Number")]
    [InlineData("{\"a\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]}}", "is of type BF16")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}", "shape that is not an array")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", "shape entry -1")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", "shape entry 1.5")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[\"1\"],\"data_offsets\":[0,4]}}", "shape entry \"1\"")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", "needs 8 bytes but its data_offsets span 4")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", "must be begin and end")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", "must be begin and end")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647,2147483647],\"data_offsets\":[0,4]}}",
        "span 4")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[0,2147483647],\"data_offsets\":[0,4]}}",
        "needs 0 bytes but its data_offsets span 4")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        "ends at byte 8 but 4 bytes of values follow")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[2147483591],\"data_offsets\":[0,2147483591]}}", "4 bytes of values follow")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]}}", "the tensors end at byte 3 but 4")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[1,4]}}", "begins at byte 1 where 0 was expected")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}", "tensor 'b' begins at byte 2 where 3")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", "where 4 was expected")]
    [InlineData("{\"__metadata__\":{\"k\":1},\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}",
        "metadata 'k' is Number")]
    [InlineData("{\"__metadata__\":\"v\",\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}",
        "__metadata__ is String")]
    [InlineData("{\"\\ud800\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", "is not the JSON")]
    public void Parse_WrongHeader_NamesWhatDoesNotFit(string header, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => SafetensorsFile.Parse(Bytes(header, 1, 2, 3, 4)))
            .Message);

    [Fact]
    public void Parse_EmptyTensorOfHugeSizes_IsEmpty()
    {
        var file = SafetensorsFile.Parse(
            Bytes("{\"a\":{\"dtype\":\"U8\",\"shape\":[2147483647,2147483647,2147483647,0],\"data_offsets\":[0,0]}}"));
        Assert.Equal("U8 [2147483647, 2147483647, 2147483647, 0]", file.Tensors["a"].ToString());
        AssertEqual(file, SafetensorsFile.Parse(file.ToBytes()));
    }

    [Fact]
    public void Parse_WrongPrefix_NamesTheLengths()
    {
        Assert.Contains("3 bytes are too few", Message([1, 2, 3]));
        Assert.Contains("given as 3 bytes but 2 follow", Message([3, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}']));
        Assert.Contains("given as 18446744073709551615 bytes", Message([255, 255, 255, 255, 255, 255, 255, 255, (byte)'{']));
        Assert.Contains("not UTF-8", Message([4, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'"', 0xC3, (byte)'"']));

        static string Message(byte[] bytes) => Assert.Throws<InvalidDataException>(() => SafetensorsFile.Parse(bytes)).Message;
    }

    [Fact]
    public void Parse_MutatedFiles_OnlyDocumentedExceptions()
    {
        var random = new RandomStream(3, "safetensors");
        var larger = new SafetensorsFile();
        for (var i = 0; i < 20; i++)
            larger.Tensors[$"layer{i}.weight"] =
                new(Enumerable.Range(0, i * i).Select(_ => (float)random.NextGaussian()).ToArray(), i, i);
        Fuzz.Run([Example().ToBytes(), larger.ToBytes(), new SafetensorsFile().ToBytes()], 10_000,
            bytes => SafetensorsFile.Parse(bytes), e => e is InvalidDataException);
    }

    [Fact]
    public void StoredTensor_WrongArrayOrSizes_Throws()
    {
        Assert.Contains("Int16", Assert.Throws<ArgumentException>(() => _ = new StoredTensor(new short[1], 1)).Message);
        Assert.Contains("[2, 2] do not describe 3",
            Assert.Throws<ArgumentException>(() => _ = new StoredTensor(new float[3], 2, 2)).Message);
        Assert.Contains("[-1, -3]", Assert.Throws<ArgumentException>(() => _ = new StoredTensor(new float[3], -1, -3)).Message);
        Assert.Equal("F64", StoredTensor.TypeName(typeof(double)));
    }
}
