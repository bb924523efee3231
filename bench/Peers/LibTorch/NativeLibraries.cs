using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Engine.Peers.LibTorch;

/// <summary>
/// Lets TorchSharp's library load where the C++ library is older than the one it was built with (Debian 12). Of the version
/// GLIBCXX_3.4.32 it uses nothing: the symbol that carries it only says that streams are to be initialised, which the loaded
/// library does anyway, and no relocation refers to it. The need for that version is marked as weak in the program's own copy
/// of the file, so that the loader passes over it.
/// </summary>
internal static class NativeLibraries
{
    private const string Missing = "GLIBCXX_3.4.32";
    private const int VersionNeeds = 0x6ffffffe;
    private const ushort Weak = 2;

    /// <summary>Makes TorchSharp's library loadable; to be called before anything of TorchSharp.</summary>
    public static void Prepare()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        try
        {
            NativeLibrary.Load(path);
        }
        catch (DllNotFoundException e) when (e.Message.Contains(Missing, StringComparison.Ordinal))
        {
            var bytes = File.ReadAllBytes(path);
            Weaken(bytes);
            var changed = $"{path}.{Environment.ProcessId}";
            File.WriteAllBytes(changed, bytes);
            File.Move(changed, path, overwrite: true);
            NativeLibrary.Load(path);
        }
    }

    // An ELF file for 64 bits, the lowest byte first: the table of sections leads to the chained lists of needed versions.
    private static void Weaken(Span<byte> file)
    {
        var table = checked((int)BinaryPrimitives.ReadInt64LittleEndian(file[0x28..]));
        int size = Half(file, 0x3a), count = Half(file, 0x3c);
        for (var i = 0; i < count; i++)
        {
            var section = file.Slice(table + i * size, size);
            if (Word(section, 4) != VersionNeeds) continue;
            var names = Offset(file.Slice(table + Word(section, 0x28) * size, size));
            var need = Offset(section);
            for (var left = Word(section, 0x2c); left > 0; left--)
            {
                var version = need + Word(file, need + 8);
                for (int versions = Half(file, need + 2); versions > 0; versions--)
                {
                    var name = file[(names + Word(file, version + 8))..];
                    if (Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]) == Missing)
                        BinaryPrimitives.WriteUInt16LittleEndian(file[(version + 4)..], (ushort)(Half(file, version + 4) | Weak));
                    version += Word(file, version + 12);
                }

                need += Word(file, need + 12);
            }
        }
    }

    private static int Offset(ReadOnlySpan<byte> section) =>
        checked((int)BinaryPrimitives.ReadInt64LittleEndian(section[0x18..]));

    private static int Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);

    private static ushort Half(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
}
