using System.IO.Compression;
using System.Text;

namespace Engine.Fuzzing.Targets;

/// <summary>Changes members of a zip inside of it.</summary>
internal static class ZipMembers
{
    /// <summary>One member is opened; the zip is written anew around it, with the right checksum.</summary>
    public static (byte[], Func<byte[], byte[]>)? Open(byte[] file, Random random)
    {
        try
        {
            var members = new List<(string Name, byte[] Content)>();
            using (var zip = new ZipArchive(new MemoryStream(file, writable: false), ZipArchiveMode.Read))
            {
                foreach (var entry in zip.Entries)
                {
                    if (entry.Length > 1 << 16 || entry.FullName.Length == 0) return null;
                    using var content = new MemoryStream();
                    using var stream = entry.Open();
                    stream.CopyTo(content);
                    members.Add((entry.FullName, content.ToArray()));
                }
            }

            if (members.Count == 0) return null;
            var chosen = random.Next(members.Count);
            return (members[chosen].Content, content =>
            {
                members[chosen] = (members[chosen].Name, content);
                using var stream = new MemoryStream();
                using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8))
                {
                    foreach (var (member, bytes) in members)
                    {
                        var entry = zip.CreateEntry(member, CompressionLevel.NoCompression);
                        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                        using var open = entry.Open();
                        open.Write(bytes);
                    }
                }

                return stream.ToArray();
            }
            );
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            return null;
        }
    }
}
