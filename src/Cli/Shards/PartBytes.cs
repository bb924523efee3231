using System.Buffers.Binary;
using System.Text;
using Engine.Classifiers;
using Engine.Pipeline;

namespace Engine.Cli.Shards;

/// <summary>A part, its note and what its rank has to tell, to be sent to the first rank.</summary>
/// <param name="Note">The text of the note.</param>
/// <param name="Warnings">Warnings for the user.</param>
/// <param name="Content">The part.</param>
internal sealed record PartBytes(string Note, IReadOnlyList<string> Warnings, ReadOnlyMemory<byte> Content)
{
    private const long Most = 1 << 30;

    /// <summary>Reads a part from the disk: the length of what comes before it, that, and the part.</summary>
    /// <exception cref="EngineException">It is larger than a message can be.</exception>
    public static byte[] Of(string path, IReadOnlyCollection<string> warnings)
    {
        var note = File.ReadAllText(ShardNote.FileName(path));
        var head = LabelledSongBytes.Of(writer =>
        {
            writer.Write(note);
            LabelledSongBytes.Write(writer, warnings, writer.Write);
        });
        using var file = File.OpenRead(path);
        if (file.Length > Most)
        {
            throw new EngineException($"a part of {file.Length >> 20} MiB is too large to be sent to the first rank; make " +
                "parts by --shard, without mpirun, and join them by engine merge.");
        }

        var bytes = new byte[sizeof(int) + head.Length + file.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, head.Length);
        head.CopyTo(bytes, sizeof(int));
        file.ReadExactly(bytes, sizeof(int) + head.Length, (int)file.Length);
        return bytes;
    }

    /// <summary>Takes it apart.</summary>
    public static PartBytes Read(byte[] bytes)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        using var reader = new BinaryReader(new MemoryStream(bytes, sizeof(int), length), Encoding.UTF8);
        return new(reader.ReadString(), LabelledSongBytes.List(reader, reader.ReadString), bytes.AsMemory(sizeof(int) + length));
    }
}
