using System.ComponentModel;

namespace Engine.Dsp.Files;

/// <summary>
/// The bytes of a stream, read asynchronously to be read again synchronously: in memory, or from a certain size on in a
/// temporary file that disappears with the process.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class SpooledBytes : IDisposable
{
    private const int LargestInMemory = 16 << 20, BlockBytes = 1 << 16;

    private readonly bool _own;

    private SpooledBytes(Stream stream, bool own) => (Stream, _own) = (stream, own);

    /// <summary>The bytes, which can be read and sought without waiting for the original.</summary>
    public Stream Stream { get; }

    /// <summary>Reads a stream to its end; one in memory or of a file is used as it is.</summary>
    /// <exception cref="IOException">It cannot be read, or the temporary file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static async Task<SpooledBytes> ReadAsync(
        Stream stream, CancellationToken cancellation, int largestInMemory = LargestInMemory)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (stream is MemoryStream or FileStream { CanSeek: true }) return new(stream, own: false);
        if (stream.CanSeek) stream.Position = 0;
        Stream bytes = new MemoryStream();
        try
        {
            var block = new byte[BlockBytes];
            for (int got; (got = await stream.ReadAsync(block, cancellation).ConfigureAwait(false)) > 0;)
            {
                if (bytes is MemoryStream memory && memory.Length + got > largestInMemory)
                {
                    bytes = NamelessFile.Create(Path.GetTempPath(), BlockBytes);
                    memory.WriteTo(bytes);
                }

                bytes.Write(block, 0, got);
            }

            bytes.Position = 0;
            return new(bytes, own: true);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <summary>Frees the memory or the file; a stream that is used as it is stays open.</summary>
    public void Dispose()
    {
        if (_own) Stream.Dispose();
    }
}
