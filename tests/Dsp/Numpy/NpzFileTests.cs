using System.IO.Compression;
using Engine.Dsp;
using Engine.Dsp.Numpy;
using Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Dsp.Numpy;

public sealed class NpzFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void NpzFile_ArraysOfAnyTypeAndShape_RoundTrip()
    {
        var bits = Gen.Choose(int.MinValue, int.MaxValue);
        var wide = from high in bits from low in bits select ((long)high << 32) ^ low;
        var single = bits.Select(BitConverter.Int32BitsToSingle);
        var twofold = wide.Select(BitConverter.Int64BitsToDouble);
        var text = Gen.Elements("", "a", "Zoë", "\U0001F3B5 song", "a\0b", "blues").Where(s => !s.EndsWith('\0'));
        var array = from shape in Gen.ListOf(Gen.Choose(0, 5)).Where(s => s.Count <= 4)
                    let count = shape.Aggregate(1, (a, b) => a * b)
                    from data in Gen.OneOf(
                        Gen.ArrayOf(single, count).Select(a => (Array)a),
                        Gen.ArrayOf(twofold, count).Select(a => (Array)a),
                        Gen.ArrayOf(bits, count).Select(a => (Array)a),
                        Gen.ArrayOf(wide, count).Select(a => (Array)a),
                        Gen.ArrayOf(single.Two().Select(p => new Complex<float>(p.Item1, p.Item2)), count).Select(a => (Array)a),
                        Gen.ArrayOf(twofold.Two().Select(p => new Complex<double>(p.Item1, p.Item2)), count)
                            .Select(a => (Array)a),
                        Gen.ArrayOf(text, count).Select(a => (Array)a))
                    select new NpyArray(data, [.. shape]);
        Prop.ForAll(Gen.NonEmptyListOf(array).ToArbitrary(), Gen.Elements(false, true).ToArbitrary(), (arrays, compress) =>
        {
            var path = _folder["a.npz"];
            NpzFile.Write(path, arrays.Select((a, i) => KeyValuePair.Create($"case/{i}", a)), compress);
            var read = NpzFile.Read(path);
            Assert.Equal(arrays.Count, read.Count);
            for (var i = 0; i < arrays.Count; i++)
            {
                Assert.Equal(arrays[i].Shape, read[$"case/{i}"].Shape);
                Assert.Equal(arrays[i].Data, read[$"case/{i}"].Data);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void NpzFile_SameArrays_SameBytes()
    {
        Dictionary<string, NpyArray> arrays = new() { ["x"] = new(new float[1000], 10, 100), ["y"] = new(new[] { "a" }, 1) };
        NpzFile.Write(_folder["a.npz"], arrays, compress: true);
        NpzFile.Write(_folder["b.npz"], arrays, compress: true);
        Assert.Equal(File.ReadAllBytes(_folder["a.npz"]), File.ReadAllBytes(_folder["b.npz"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NpzFile_DamagedValues_FailTheChecksum(bool compress)
    {
        var path = _folder["a.npz"];
        var noise = new float[1000];
        for (var i = 0; i < noise.Length; i++) noise[i] = MathF.Sin(i * i);
        NpzFile.Write(path, [KeyValuePair.Create("x", new NpyArray(noise, 1000))], compress);
        var bytes = File.ReadAllBytes(path);
        bytes[2000] ^= 1;
        File.WriteAllBytes(path, bytes);
        var error = Assert.Throws<InvalidDataException>(() => NpzFile.Read(path));
        Assert.StartsWith($"{path}: member 'x.npy': ", error.Message);
    }

    [Fact]
    public void NpzFile_OtherBytes_AreNamed()
    {
        var path = _folder.Write("a.npz", [1, 2, 3]);
        Assert.StartsWith(path + ": ", Assert.Throws<InvalidDataException>(() => NpzFile.Read(path)).Message);
        using (var stream = File.Create(path))
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
        using (var member = zip.CreateEntry("notes.txt").Open()) member.Write("hello"u8);
        Assert.Equal($"{path}: member 'notes.txt': it is not a .npy array.",
            Assert.Throws<InvalidDataException>(() => NpzFile.Read(path)["notes.txt"].Data).Message);
        Assert.Throws<FileNotFoundException>(() => NpzFile.Read(_folder["none.npz"]));
    }

    [Fact]
    public void Read_ArrayOfATypeThatCannotBeRead_FailsOnlyWhenItIsAskedFor()
    {
        var path = _folder["a.npz"];
        using (var stream = File.Create(path))
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            Add(zip, "mask.npy", NpyArrayTests.Npy("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", [1, 0, 1]));
            Add(zip, "objects.npy", NpyArrayTests.Npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", [1, 2, 3]));
            Add(zip, "records.npy",
                NpyArrayTests.Npy("{'descr': [('a', '<f4'), ('b[', '<f8')], 'fortran_order': False, 'shape': (1,), }",
                    new byte[12]));
            Add(zip, "x.npy", NpyArrayTests.Npy("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", [0x3F, 0x80, 0, 0]));
        }

        var arrays = NpzFile.Read(path);
        Assert.Equal(["mask", "objects", "records", "x"], arrays.Keys.Order());
        Assert.Equal(new[] { true, false, true }, arrays["mask"].Data);
        Assert.Equal([1f], arrays["x"].ToSingles());
        Assert.StartsWith($"{path}: member 'objects.npy': npy: type |O is not supported",
            Assert.Throws<InvalidDataException>(() => arrays["objects"].ToDoubles()).Message);
        Assert.Contains("records are not supported", Assert.Throws<InvalidDataException>(() => arrays["records"].Data).Message);

        static void Add(ZipArchive zip, string name, byte[] bytes)
        {
            using var member = zip.CreateEntry(name).Open();
            member.Write(bytes);
        }
    }

    [Fact]
    public void Read_FewBytesThatInflateToMany_AreRefusedUnlessAskedFor()
    {
        var path = _folder["bomb.npz"];
        NpzFile.Write(path, [KeyValuePair.Create("a", new NpyArray(new float[1 << 20], 1 << 20)),
            KeyValuePair.Create("b", new NpyArray(new float[1 << 20], 1 << 20))], compress: true);
        Assert.Contains("member 'b.npy'", Assert.Throws<InvalidDataException>(() => NpzFile.Read(path, mostBytes: 5 << 20))
            .Message);
        Assert.Equal(2, NpzFile.Read(path, mostBytes: 9 << 20).Count);
        Assert.Equal(2, NpzFile.Read(path).Count);
    }

    [Fact]
    public void NpyArray_ClaimBeyondItsBytes_TakesMemoryOnlyAsTheyArrive()
    {
        // as a zip entry that says it holds 256 MiB, but whose deflated bytes hold 1/1000 of that
        const int Claimed = 1 << 26;
        var header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({Claimed},), }}";
        var bytes = NpyArrayTests.Npy(header, new byte[Claimed / 250]);
        using var stream = new MemoryStream(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidDataException>(
            () => NpyArray.Read(stream, bytes.Length - Claimed / 250 + 4L * Claimed, likely: bytes.Length));
        Assert.Contains("of 67108864 values", error.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * bytes.Length);
    }
}
