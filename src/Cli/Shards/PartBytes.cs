using System.Text;
using Engine.Pipeline;

namespace Engine.Cli.Shards;

/// <summary>A part, its note and what its rank has to tell, to be sent to the first rank.</summary>
/// <param name="Note">The text of the note.</param>
/// <param name="Warnings">Warnings for the user.</param>
/// <param name="Content">The part.</param>
internal sealed record PartBytes(string Note, IReadOnlyList<string> Warnings, ReadOnlyMemory<byte> Content)
{
    /// <summary>Joins them: the length of what comes before the part, that, and the part.</summary>
    public static byte[] Of(ShardNote note, IReadOnlyCollection<string> warnings, ReadOnlySpan<byte> part)
    {
        var head = LabelledSongBytes.Of(writer =>
        {
            writer.Write(note.ToText());
            LabelledSongBytes.Write(writer, warnings, writer.Write);
        });
        return [.. BitConverter.GetBytes(head.Length), .. head, .. part];
    }

    /// <summary>Takes it apart.</summary>
    public static PartBytes Read(byte[] bytes)
    {
        var length = BitConverter.ToInt32(bytes);
        using var reader = new BinaryReader(new MemoryStream(bytes, sizeof(int), length), Encoding.UTF8);
        return new(reader.ReadString(), LabelledSongBytes.List(reader, reader.ReadString), bytes.AsMemory(sizeof(int) + length));
    }
}
