using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using Engine.Dsp;
using Engine.Pipeline.Importing.Hdf5;
using Engine.Pipeline.Importing.Pickle;

namespace Engine.Pipeline.Importing;

/// <summary>
/// A file of a network's weights: what tensors it holds, and the values of one at a time. Neither lists nor values take more
/// memory than a few times the file, whatever it claims.
/// </summary>
internal abstract class WeightsFile : IDisposable
{
    private const string Known = "PyTorch's .pt and .pth, HDF5 and Keras' .h5, .safetensors and .npz can be read";

    /// <summary>What kind of file it is.</summary>
    public abstract string Format { get; }

    /// <summary>Its tensors, in the file's order; no name appears twice.</summary>
    public abstract IReadOnlyList<SourceTensor> Tensors { get; }

    /// <summary>The values of a tensor in C order and single precision.</summary>
    /// <exception cref="InvalidDataException">They are of a type that cannot be read, or the file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public abstract float[] Read(SourceTensor tensor);

    /// <summary>Opens a file; its first bytes tell its kind, not its name.</summary>
    /// <exception cref="InvalidDataException">It is of no known kind, damaged, or holds what is refused; the message says
    /// what.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static WeightsFile Open(string path) => Open(RegularFile.OpenRead(path), path);

    /// <summary>Opens a stream that can seek, which becomes the file's own; messages call it <paramref name="name"/>.</summary>
    /// <exception cref="InvalidDataException">As of a file.</exception>
    public static WeightsFile Open(Stream stream, string name)
    {
        try
        {
            Span<byte> start = stackalloc byte[9];
            var got = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            stream.Position = 0;
            start = start[..got];
            if (start.StartsWith(Hdf5File.Signature)) return new Hdf5File(stream, name);
            if (start.StartsWith("PK"u8)) return OpenZip(stream, name);
            if (start is [0x80, ..]) return new LegacyTorchFile(stream, name);
            if (start is [_, _, _, _, _, _, _, 0, (byte)'{']) return new SafetensorsWeights(stream, name);
            Throw($"{name}: is no file of weights; {Known}.");
            return null;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what the file holds.</summary>
    protected abstract void Dispose(bool disposing);

    [DoesNotReturn]
    private protected static void Throw(string message) => throw new InvalidDataException(message);

    private static WeightsFile OpenZip(Stream stream, string name)
    {
        ZipArchive zip;
        try
        {
            zip = new ZipArchive(stream, ZipArchiveMode.Read);
            _ = zip.Entries.Count;
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException(
                $"{name}: begins like a zip, but cannot be read as one: {e.Message} Download or copy it again.", e);
        }

        var names = zip.Entries.Select(e => e.FullName).ToArray();
        if (names.Any(n => n.EndsWith("/constants.pkl", StringComparison.Ordinal)))
        {
            Throw($"{name}: is a TorchScript program, not a state dictionary; load it in PyTorch and save its weights: " +
                "torch.save(torch.jit.load(FILE).state_dict(), \"weights.pt\").");
        }

        if (TorchFile.Holds(names)) return new TorchFile(zip, name, stream.Length);
        if (names.Contains("model.weights.h5"))
            Throw($"{name}: is a Keras archive; unzip it and import the model.weights.h5 in it.");
        if (names.Any(n => n.EndsWith(".npy", StringComparison.Ordinal)))
        {
            stream.Position = 0;
            return new NpzWeights(stream, name);
        }

        Throw($"{name}: is a zip without weights; {Known}.");
        return null;
    }
}
