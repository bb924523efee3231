using System.Runtime.InteropServices;
using System.Text;

namespace Engine.Peers.LibTorch;

/// <summary>What TorchSharp has no method for: functions that LibTorch exports to C++.</summary>
internal static unsafe class Context
{
    private static readonly nint s_library = NativeLibrary.Load(Path.Combine(AppContext.BaseDirectory, "libtorch_cpu.so"));

    /// <summary>
    /// Denormal numbers count as zero in this thread and those it starts, as with <c>torch.set_flush_denormal(True)</c>.
    /// </summary>
    public static void FlushDenormals()
    {
        var context = ((delegate* unmanaged<nint>)Export("_ZN2at13globalContextEv"))();
        var set = (delegate* unmanaged<nint, byte, byte>)Export("_ZN2at7Context16setFlushDenormalEb");
        if (set(context, 1) == 0) throw new NotSupportedException("LibTorch cannot flush denormal numbers on this processor");
    }

    /// <summary>LibTorch's products, its convolutions, and the instructions that its own kernels use.</summary>
    public static string Libraries() => string.Join(", ",
        Short(Text("_ZN2at15get_mkl_versionB5cxx11Ev")), Short(Text("_ZN2at18get_mkldnn_versionB5cxx11Ev")),
        "kernels for " + Text("_ZN2at18get_cpu_capabilityB5cxx11Ev"));

    private static nint Export(string name) => NativeLibrary.GetExport(s_library, name);

    // A std::string is returned where the hidden first argument points: address, length, 16 bytes for short ones.
    private static string Text(string function)
    {
        var result = stackalloc nint[4];
        ((delegate* unmanaged<nint*, nint*>)Export(function))(result);
        return Encoding.UTF8.GetString((byte*)result[0], (int)result[1]);
    }

    // "Intel(R) oneAPI Math Kernel Library Version 2024.2-Product Build 20240605 for …" and the like.
    private static string Short(string text) => text.Split(" for ")[0].Split(" (")[0].Split("-Product")[0];
}
