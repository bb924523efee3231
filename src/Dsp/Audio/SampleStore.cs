using System.Buffers;
using System.Runtime.InteropServices;
using Engine.Dsp.Files;

namespace Engine.Dsp.Audio;

/// <summary>
/// Keeps the samples of a recording to be read by position: in memory up to <see cref="LargestInMemory"/>, then in a temporary
/// file. The file is unlinked as soon as it is created, so it disappears with the process, however that ends.
/// </summary>
internal sealed class SampleStore : ISampleSink, IDisposable
{
    /// <summary>Five minutes at 22,050 Hz, 26 MB.</summary>
    public const int LargestInMemory = 5 * 60 * 22_050;

    // Chunks come from a pool: fresh memory costs more than the copy into it.
    private const int ChunkSamples = 1 << 14;

    private readonly string _name, _folder;
    private readonly int _largestInMemory;
    private readonly List<float[]> _chunks = [];
    private FileStream? _file;

    /// <summary>An empty store.</summary>
    /// <param name="name">The recording, for messages.</param>
    /// <param name="largestInMemory">Above this many samples, they go to a file.</param>
    /// <param name="folder">Where the file goes; null: the system's temporary folder.</param>
    public SampleStore(string name, int largestInMemory = LargestInMemory, string? folder = null) =>
        (_name, _largestInMemory, _folder) = (name, largestInMemory, folder ?? Path.GetTempPath());

    /// <summary>How many samples there are.</summary>
    public long Length { get; private set; }

    /// <summary>How many samples are going to come, if known: more than stay in memory go to the file from the first.</summary>
    public long Expected { get; init; }

    /// <summary>Whether the samples are in a file.</summary>
    public bool OnDisk => _file is not null;

    /// <inheritdoc/>
    /// <exception cref="IOException">The temporary file cannot be written.</exception>
    public void Add(ReadOnlySpan<float> samples)
    {
        if (_file is null && Math.Max(Expected, Length + samples.Length) > _largestInMemory) Spill();
        if (_file is not null)
        {
            WriteFile(samples, Length);
            Length += samples.Length;
            return;
        }

        while (!samples.IsEmpty)
        {
            var used = (int)(Length % ChunkSamples);
            if (used == 0) _chunks.Add(ArrayPool<float>.Shared.Rent(ChunkSamples));
            var part = samples[..Math.Min(samples.Length, ChunkSamples - used)];
            part.CopyTo(_chunks[^1].AsSpan(used));
            Length += part.Length;
            samples = samples[part.Length..];
        }
    }

    /// <summary>Copies a part that is within the store; safe from any thread once all samples are added.</summary>
    /// <exception cref="IOException">The temporary file cannot be read.</exception>
    public void Read(long start, Span<float> destination)
    {
        if (_file is not null)
        {
            if (!NamelessFile.Fill(_file, start * sizeof(float), MemoryMarshal.AsBytes(destination)))
                throw new IOException($"{_name}: the temporary file with its samples became shorter while it was read.");
            return;
        }

        while (!destination.IsEmpty)
        {
            var from = (int)(start % ChunkSamples);
            var part = destination[..Math.Min(destination.Length, ChunkSamples - from)];
            _chunks[(int)(start / ChunkSamples)].AsSpan(from, part.Length).CopyTo(part);
            start += part.Length;
            destination = destination[part.Length..];
        }
    }

    /// <summary>Releases the samples and the file.</summary>
    public void Dispose()
    {
        _file?.Dispose();
        Release();
    }

    private void Release()
    {
        var chunks = _chunks.ToArray();
        // Whoever reads too late fails, and does not get the samples of another recording.
        _chunks.Clear();
        foreach (var chunk in chunks) ArrayPool<float>.Shared.Return(chunk);
    }

    private void Spill()
    {
        _file = CreateNameless();
        for (long at = 0; at < Length; at += ChunkSamples)
        {
            WriteFile(_chunks[(int)(at / ChunkSamples)].AsSpan(0, (int)Math.Min(ChunkSamples, Length - at)), at);
        }

        Release();
    }

    private void WriteFile(ReadOnlySpan<float> samples, long start)
    {
        try
        {
            RandomAccess.Write(_file!.SafeFileHandle, MemoryMarshal.AsBytes(samples), start * sizeof(float));
        }
        catch (IOException e)
        {
            throw NoRoom(e);
        }
    }

    private FileStream CreateNameless()
    {
        try
        {
            return NamelessFile.Create(_folder, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NoRoom(e);
        }
    }

    private IOException NoRoom(Exception cause) => new(
        $"{_name}: a recording this long keeps its samples in a temporary file in {_folder}, which cannot be written: "
        + $"{cause.Message} Make room there, or set TMPDIR to another folder.", cause);
}
