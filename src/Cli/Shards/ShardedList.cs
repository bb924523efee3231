using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Engine.Cli.Shards;

/// <summary>A list of songs that is shared out, and what is done with them.</summary>
internal sealed class ShardedList
{
    private readonly ulong[] _hashes;

    /// <summary>Hashes the list.</summary>
    /// <param name="command">All that the content of a part depends on beside the songs.</param>
    /// <param name="songs">All songs of the list, in order.</param>
    public ShardedList(IEnumerable<string> command, IReadOnlyList<ShardedSong> songs)
    {
        Command = ShardNote.Digest([CommandLine.Version, .. command]);
        Songs = ShardNote.Digest(songs.SelectMany(s => new[] { s.Name, s.Track, Size(s.Path) }));
        _hashes = [.. songs.Select(s => Hash(s.Track))];
    }

    /// <summary>Tells the command, its options and the version of engine from others.</summary>
    public string Command { get; }

    /// <summary>Tells the songs, their names and sizes, from others.</summary>
    public string Songs { get; }

    /// <summary>How many songs there are.</summary>
    public int Count => _hashes.Length;

    /// <summary>The places of a part's songs in the list, in order.</summary>
    public IReadOnlyList<int> Places(Shard shard) => [.. Enumerable.Range(0, Count).Where(i => shard.Has(_hashes[i]))];

    /// <summary>What decides the part of a track; only its name counts.</summary>
    public static ulong Hash(string track) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(track)));

    /// <summary>The size of a song's file as text; empty if it cannot be told.</summary>
    public static string Size(string path)
    {
        try
        {
            return new FileInfo(path).Length.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is wrong with the song is said when it is read.
            return "";
        }
    }
}
