using Engine.Dsp;
using Engine.Dsp.Numpy;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp.Numpy;

public sealed class NpyFramesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Six frames of a hop that lets a block have two; many in one block; and none at all.
    [Theory]
    [InlineData(2_000_000, 350_000, 2048)]
    [InlineData(20_000, 100, 512)]
    [InlineData(100, 100, 512)]
    public void Save_AnyBlocks_WritesTheBytesOfTheWhole(int samples, int hop, int fftSize)
    {
        var source = new FormulaSource(samples);
        var stft = new Stft(new StftOptions { FftSize = fftSize, HopLength = hop, Center = samples > fftSize });
        Check(stft.Forward(source.ToArray()), FrameReader.Spectrum(source, stft));
        Check(stft.Magnitude(source.ToArray()), FrameReader.Magnitude(source, stft));
    }

    [Fact]
    public void ToScratch_LeavesNothing()
    {
        var stft = new Stft(new StftOptions());
        using (new NpyFrames<float>(FrameReader.Magnitude(new FormulaSource(9000), stft), _folder.Path).ToScratch())
        {
            if (!OperatingSystem.IsWindows()) Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Save_SourceThatFails_LeavesNothing()
    {
        var frames = new FrameReader<float>(9, 3, 2, (first, _) =>
        {
            if (first == 4) throw new IOException("gone");
        });
        Assert.Equal("gone", Assert.Throws<IOException>(() => new NpyFrames<float>(frames, _folder.Path).Save(_folder["f.npy"]))
            .Message);
        Assert.Equal("gone", Assert.Throws<IOException>(() => new NpyFrames<float>(frames, _folder.Path).ToScratch()).Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    private void Check<T>(Frames<T> expected, FrameReader<T> reader)
        where T : unmanaged
    {
        using var bytes = new MemoryStream();
        NpyArray.FromFrames(expected).Write(bytes);
        var frames = new NpyFrames<T>(reader, _folder.Path);
        frames.Save(_folder["f.npy"]);
        Assert.Equal(bytes.ToArray(), File.ReadAllBytes(_folder["f.npy"]));
        NpzFile.WriteContents(_folder["f.npz"], [new("a", frames), new("b", new NpyArray(new[] { 1L }, 1))]);
        NpzFile.Write(_folder["g.npz"], [new("a", NpyArray.FromFrames(expected)), new("b", new NpyArray(new[] { 1L }, 1))]);
        Assert.Equal(File.ReadAllBytes(_folder["g.npz"]), File.ReadAllBytes(_folder["f.npz"]));
        Assert.Equal(3, Directory.EnumerateFileSystemEntries(_folder.Path).Count());
    }
}
