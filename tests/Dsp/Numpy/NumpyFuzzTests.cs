using Engine.Dsp;
using Engine.Dsp.Numpy;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp.Numpy;

public class NumpyFuzzTests
{
    private static readonly NpyArray[] s_arrays =
    [
        new(Enumerable.Range(0, 60).Select(i => MathF.Sin(i)).ToArray(), 3, 4, 5),
        new(Enumerable.Range(0, 60).Select(i => Math.Sin(i)).ToArray(), 60),
        new(Enumerable.Range(0, 9).Select(i => new Complex<float>(i, -i)).ToArray(), 3, 3),
        new(Enumerable.Range(0, 9).Select(i => new Complex<double>(i, -i)).ToArray(), 9),
        new(Enumerable.Range(0, 50).ToArray(), 5, 10),
        new(Enumerable.Range(0, 50).Select(i => (long)i * i).ToArray(), 50),
        new(new[] { "blues", "rock", "Zoë" }, 3),
        new(new[] { 1f }),
    ];

    [Fact]
    public void NpyArray_MutatedFile_ThrowsOnlyWhatItDocuments()
    {
        byte[] turned = NpyArrayTests.Npy("{'descr': '<f8', 'fortran_order': True, 'shape': (4, 5), }", new byte[160],
            version: 2);
        byte[][] samples = [.. s_arrays.Select(Bytes), turned];
        Fuzz.Run(samples, 1500, bytes =>
        {
            using var stream = new MemoryStream(bytes);
            NpyArray.Read(stream, bytes.Length, bytes.Length);
        }, e => e is InvalidDataException, seed: 13);
    }

    [Fact]
    public void NpzFile_MutatedFile_ThrowsOnlyWhatItDocuments()
    {
        byte[][] samples = [Zip(false), Zip(true)];
        Fuzz.Run(samples, 2000, bytes =>
        {
            using var stream = new MemoryStream(bytes);
            NpzFile.Read(stream, "x.npz");
        }, e => e is InvalidDataException, seed: 14);
    }

    private static byte[] Bytes(NpyArray array)
    {
        using var stream = new MemoryStream();
        array.Write(stream);
        return stream.ToArray();
    }

    private static byte[] Zip(bool compress)
    {
        using var stream = new MemoryStream();
        NpzFile.Write(stream, s_arrays.Select((a, i) => KeyValuePair.Create($"case/{i}", a)), compress);
        return stream.ToArray();
    }
}
