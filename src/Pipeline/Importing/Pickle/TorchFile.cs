using System.IO.Compression;
using Engine.Dsp.Files;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Importing.Pickle;

/// <summary>
/// The format of <c>torch.save</c> since PyTorch 1.6: a zip of a pickle, <c>data.pkl</c>, and the numbers, <c>data/KEY</c>, all
/// of them stored and not compressed.
/// </summary>
internal sealed class TorchFile : TorchWeights
{
    private const string Program = "data.pkl";

    private readonly ZipArchive _zip;
    private readonly string _name, _folder;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);

    public TorchFile(ZipArchive zip, string name, long length)
    {
        (_zip, _name) = (zip, name);
        foreach (var entry in zip.Entries)
        {
            if (entry.Length != entry.CompressedLength || entry.Length > length)
                Throw($"{name}: its member '{Excerpt.Of(entry.FullName)}' is compressed or has an impossible size, which PyTorch "
                    + "does not write; save it with torch.save again.");
            if (!_entries.TryAdd(entry.FullName, entry))
                Throw($"{name}: two of its members are named '{Excerpt.Of(entry.FullName)}'.");
        }

        string[] programs = [.. _entries.Keys.Where(IsProgram)];
        if (programs.Length > 1) Throw($"{name}: has {programs.Length} members named {Program} instead of one.");
        var program = programs[0];
        _folder = program[..^Program.Length];
        if (_entries.TryGetValue($"{_folder}byteorder", out var order) && !Bytes(order).AsSpan().SequenceEqual("little"u8))
            Throw($"{name}: was written on a big-endian machine; load it and save it again on another.");
        var pickle = Bytes(_entries[program]);
        Find(new Unpickler(pickle, name).Run(), pickle.Length, name);
        foreach (var storage in Storages) Entry(storage);
    }

    /// <summary>Whether a zip with these members is a file of PyTorch.</summary>
    public static bool Holds(IEnumerable<string> members) => members.Any(IsProgram);

    protected override byte[] ReadStorage(PickleStorage storage) => Bytes(Entry(storage));

    protected override void Dispose(bool disposing)
    {
        if (disposing) _zip.Dispose();
    }

    private static bool IsProgram(string member) =>
        member == Program || member.EndsWith("/" + Program, StringComparison.Ordinal);

    private ZipArchiveEntry Entry(PickleStorage storage)
    {
        if (!_entries.TryGetValue($"{_folder}data/{storage.Key}", out var entry))
            Throw($"{_name}: the numbers '{Excerpt.Of(storage.Key)}' are missing; it is damaged.");
        CheckSize(storage, entry.Length, _name);
        return entry;
    }

    private byte[] Bytes(ZipArchiveEntry entry)
    {
        var bytes = new byte[entry.Length];
        try
        {
            using var member = entry.Open();
            member.ReadExactly(bytes);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            throw new InvalidDataException($"{_name}: member '{Excerpt.Of(entry.FullName)}': {e.Message} It is damaged.", e);
        }

        var crc = new Crc32();
        crc.Append(bytes);
        // PyTorch can be told to leave the checksums out.
        return entry.Crc32 == 0 || crc.Value == entry.Crc32 ? bytes
            : throw new InvalidDataException($"{_name}: member '{Excerpt.Of(entry.FullName)}' has the checksum {crc.Value:X8}, "
                + $"but should have {entry.Crc32:X8}; it is damaged.");
    }
}
