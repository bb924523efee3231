using System.Buffers.Binary;
using System.Text;
using Engine.Dsp;
using Engine.Dsp.Numpy;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp.Numpy;

public sealed class NpyArrayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A header as NumPy writes it, in any version, followed by a body.</summary>
    internal static byte[] Npy(string header, byte[] body, byte version = 1)
    {
        var text = Encoding.UTF8.GetBytes(header + "\n");
        var length = new byte[version == 1 ? 2 : 4];
        if (version == 1) BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)text.Length);
        else BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)text.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. text, .. body];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Load_AnyVersion_ReadsTheSame(byte version)
    {
        var array = Load(Npy("{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }", AudioBytes.Encode([1, -2, 3], 32),
            version));
        Assert.Equal([1L, -2, 3], array.ToInt64s());
        Assert.Equal([3], array.Shape);
    }

    [Fact]
    public void Load_FortranOrder_ComesOutInCOrder()
    {
        double[] file = [1, 4, 2, 5, 3, 6];
        var array = Load(Npy("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }",
            AudioBytes.Encode(file, 64, isFloat: true)));
        Assert.Equal([1.0, 2, 3, 4, 5, 6], array.ToDoubles());
        double[] cube = [.. Enumerable.Range(0, 24)];
        array = Load(Npy("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3, 4), }",
            AudioBytes.Encode(cube, 64, isFloat: true)));
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (double)(i / 12 + 2 * (i / 4 % 3) + 6 * (i % 4))), array.ToDoubles());
    }

    [Fact]
    public void Load_ScalarEmptyAndOddSpacing_AreRead()
    {
        Assert.Equal([2.5f], Load(
            Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", AudioBytes.Encode([2.5], 32, true))).ToSingles());
        var empty = Load(Npy("{\"shape\":(0,7),\"fortran_order\":True,\"descr\":\"<f4\"}   ", []));
        Assert.Empty(empty.ToSingles());
        Assert.Equal([0, 7], empty.Shape);
    }

    public static TheoryData<string, int, string> BadHeaders => new()
    {
        { "{'descr': '<f16', 'fortran_order': False, 'shape': (1,), }", 16, "type <f16 is not supported" },
        { "{'descr': '=f4', 'fortran_order': False, 'shape': (1,), }", 4, "type =f4 is not supported" },
        { "{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (1,), }", 8, "type <M8[ns] is not supported" },
        { "{'descr': [('a', '<f4'), 'fortran_order': False", 4, "']'" },
        { "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 8, "type |O is not supported" },
        { "{'descr': '<U0', 'fortran_order': False, 'shape': (1000000000,), }", 0, "type <U0 is not supported" },
        { "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", 4, "records are not supported" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 8, "shape (3) of <f4 needs 12 bytes, but 8 follow" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 16, "needs 12 bytes, but 16 follow" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2000000000, 2000000000, 4), }", 4,
            "more values than fit in an array" },
        { "{'descr': '<U2000000000', 'fortran_order': False, 'shape': (2000000000,), }", 4, "needs 16000000000000000000 bytes" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 4, "a size from 0" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }", 4, "a size from 0" },
        { "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,), }", 4, "True or False" },
        { "{'descr': '<f4', 'shape': (1,), }", 4, "each of descr, fortran_order and shape" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1 }", 4, "instead of more" },
        { "{'descr': '<f4, 'fortran_order': False", 4, "a comma" },
        { "", 4, "'{'" },
    };

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void Load_BadHeader_NamesFileAndFinding(string header, int bodyBytes, string finding)
    {
        var path = _folder.Write("x.npy", Npy(header, new byte[bodyBytes]));
        var error = Assert.Throws<InvalidDataException>(() => NpyArray.Load(path));
        Assert.StartsWith(path + ": npy: ", error.Message);
        Assert.Contains(finding, error.Message);
    }

    [Theory]
    [InlineData("|b1", new byte[] { 0, 1, 2 }, new[] { 0.0, 1, 1 })]
    [InlineData("|i1", new byte[] { 0, 127, 128 }, new[] { 0.0, 127, -128 })]
    [InlineData("|u1", new byte[] { 0, 127, 255 }, new[] { 0.0, 127, 255 })]
    [InlineData("<i2", new byte[] { 2, 1, 0xFE, 0xFF }, new[] { 258.0, -2 })]
    [InlineData(">i2", new byte[] { 1, 2, 0xFF, 0xFE }, new[] { 258.0, -2 })]
    [InlineData("<u2", new byte[] { 0xFE, 0xFF }, new[] { 65534.0 })]
    [InlineData(">i4", new byte[] { 0, 0, 1, 2 }, new[] { 258.0 })]
    [InlineData("<u4", new byte[] { 0xFE, 0xFF, 0xFF, 0xFF }, new[] { 4294967294.0 })]
    [InlineData(">u4", new byte[] { 0xFF, 0xFF, 0xFF, 0xFE }, new[] { 4294967294.0 })]
    [InlineData(">i8", new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE }, new[] { -2.0 })]
    [InlineData("<u8", new byte[] { 3, 0, 0, 0, 0, 0, 0, 0 }, new[] { 3.0 })]
    [InlineData("<f2", new byte[] { 0, 0x3C, 0, 0xC0 }, new[] { 1.0, -2 })]
    [InlineData(">f2", new byte[] { 0x3C, 0, 0xC0, 0 }, new[] { 1.0, -2 })]
    [InlineData(">f4", new byte[] { 0x3F, 0x80, 0, 0 }, new[] { 1.0 })]
    [InlineData(">f8", new byte[] { 0x3F, 0xF0, 0, 0, 0, 0, 0, 0 }, new[] { 1.0 })]
    public void Load_EveryWidthInEitherByteOrder_IsRead(string type, byte[] body, double[] expected)
    {
        var array = Load(Npy($"{{'descr': '{type}', 'fortran_order': False, 'shape': ({expected.Length},), }}", body));
        Assert.Equal(expected, array.ToDoubles());
        Assert.Equal(expected, Array.ConvertAll(array.ToSingles(), x => (double)x), (a, b) => (float)a == (float)b);
    }

    [Fact]
    public void Load_BigEndianTextComplexAndTooLargeNumbers_AreReadOrNamed()
    {
        Assert.Equal(["Zo\u00EB"],
            Load(Npy("{'descr': '>U3', 'fortran_order': False, 'shape': (1,), }", [0, 0, 0, 0x5A, 0, 0, 0, 0x6F, 0, 0, 0, 0xEB]))
                .ToStrings());
        var complex = Load(Npy("{'descr': '>c8', 'fortran_order': False, 'shape': (1,), }", [0x3F, 0x80, 0, 0, 0xC0, 0, 0, 0]));
        Assert.Equal(new Complex<float>(1, -2), ((Complex<float>[])complex.Data)[0]);
        var masks = Load(Npy("{'descr': '|b1', 'fortran_order': True, 'shape': (2, 2), }", [1, 0, 0, 0]));
        Assert.Equal(new[] { true, false, false, false }, masks.Data);
        Assert.Equal([1L, 0, 0, 0], masks.ToInt64s());
        Assert.Contains("18446744073709551615 does not fit",
            Error(Npy("{'descr': '<u8', 'fortran_order': False, 'shape': (1,), }", [.. Enumerable.Repeat((byte)255, 8)])));
    }

    [Fact]
    public void Load_BytesThatAreNoArray_AreNamed()
    {
        var good = Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", new byte[4]);
        Assert.Contains("inside the magic bytes, after 0 of 8", Error([]));
        Assert.Contains("inside the header's length", Error(good[..9]));
        Assert.Contains("does not start with", Error([0x92, .. good[1..]]));
        Assert.Contains("does not start with", Error([.. good[..5], (byte)'Z', .. good[6..]]));
        Assert.Contains("version 9.0", Error([.. good[..6], 9, .. good[7..]]));
        Assert.Contains("does not fit", Error(good[..20]));
        Assert.Contains("does not fit", Error([.. good[..6], 2, 0, 0xFF, 0xFF, 0xFF, 0xFF, .. good[10..]]));
        Assert.Contains("value 0 is not Unicode text",
            Error(Npy("{'descr': '<U1', 'fortran_order': False, 'shape': (), }", [0, 0xD8, 0, 0])));
    }

    [Fact]
    public void NpyArray_DataThatDoNotFit_AreRejected()
    {
        Assert.Contains("(2, 3) does not fit 5", Assert.Throws<ArgumentException>(() => new NpyArray(new float[5], 2, 3))
            .Message);
        Assert.Contains("(-1, -5)", Assert.Throws<ArgumentException>(() => new NpyArray(new float[5], -1, -5)).Message);
        Assert.Contains("Byte[]", Assert.Throws<ArgumentException>(() => new NpyArray(new byte[5], 5)).Message);
        Assert.Contains("UInt32[]", Assert.Throws<ArgumentException>(() => new NpyArray(new uint[5], 5)).Message);
        Assert.Throws<ArgumentException>(() => new NpyArray(new float[2, 3], 2, 3));
        Assert.Throws<ArgumentException>(() => new NpyArray(new float[5], 65536, 65536, 65536, 65536, 5));
    }

    [Fact]
    public void ToConversions_OfAnotherKind_AreRejected()
    {
        Assert.Throws<InvalidDataException>(() => new NpyArray(new[] { "a" }, 1).ToSingles());
        Assert.Throws<InvalidDataException>(() => new NpyArray(new[] { 1f }, 1).ToInt64s());
        Assert.Throws<InvalidDataException>(() => new NpyArray(new[] { 1f }, 1).ToStrings());
        Assert.Throws<InvalidDataException>(() => new NpyArray(new[] { new Complex<float>(1, 2) }, 1).ToDoubles());
        Assert.Equal([1.0, 2.0], new NpyArray(new[] { 1, 2 }, 2).ToDoubles());
    }

    [Fact]
    public void Save_HeaderAsNumPyWritesIt()
    {
        new NpyArray(new[] { 1f, 2f }, 2, 1).Save(_folder["x.npy"]);
        var bytes = File.ReadAllBytes(_folder["x.npy"]);
        Assert.Equal(128 + 8, bytes.Length);
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }".PadRight(117) + "\n";
        Assert.Equal([0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header), 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40],
            bytes);
    }

    [Fact]
    public void FromFrames_TurnsToBinsFirst()
    {
        var array = NpyArray.FromFrames(new Frames<float>(2, 3, [1, 2, 3, 4, 5, 6]));
        Assert.Equal([3, 2], array.Shape);
        Assert.Equal([1f, 4, 2, 5, 3, 6], array.ToSingles());
    }

    private string Error(byte[] bytes) => Assert.Throws<InvalidDataException>(() => Load(bytes)).Message;

    private NpyArray Load(byte[] bytes) => NpyArray.Load(_folder.Write("x.npy", bytes));
}
