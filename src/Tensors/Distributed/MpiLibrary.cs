using System.Runtime.InteropServices;
using System.Text;

namespace Engine.Tensors.Distributed;

/// <summary>The functions of MPI that we call, in whichever library of MPI fits the launcher.</summary>
/// <remarks>MPI: A Message-Passing Interface Standard, version 3.1 (2015).</remarks>
internal sealed unsafe class MpiLibrary
{
    private static readonly string[] s_open = ["libmpi.so.40"], s_mpich = ["libmpich.so.12", "libmpi.so.12"];

#pragma warning disable SA1401, CA1051 // Pointers to functions, called like methods.
    public readonly delegate* unmanaged[Cdecl]<nint, int*, int> CommRank, CommSize;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, int> SetErrorHandler;
    public readonly delegate* unmanaged[Cdecl]<nint, int, int> Abort;
    public readonly delegate* unmanaged[Cdecl]<nint, nint*, int> Ibarrier;
    public readonly delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, nint*, int> Ibcast;
    public readonly delegate* unmanaged[Cdecl]<void*, int, nint, void*, int, nint, nint, nint*, int> Iallgather;
    public readonly delegate* unmanaged[Cdecl]<void*, int*, int*, nint, void*, int*, int*, nint, nint, nint*, int> Ialltoallv;
    public readonly delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, nint*, int> Isend, Irecv;
    public readonly delegate* unmanaged[Cdecl]<nint*, int*, nint, int> Test;
    public readonly delegate* unmanaged[Cdecl]<int, int, nint, int*, int*, int> Iprobe;
    public readonly delegate* unmanaged[Cdecl]<int*, nint, int*, int> GetCount;
    public readonly delegate* unmanaged[Cdecl]<int> Finalize;
#pragma warning restore SA1401, CA1051

    private readonly delegate* unmanaged[Cdecl]<int*, byte***, int, int*, int> _init;
    private readonly delegate* unmanaged[Cdecl]<int, byte*, int*, int> _errorString;
    private readonly delegate* unmanaged[Cdecl]<byte*, int*, int> _version;

    private MpiLibrary(nint library)
    {
        Abi = MpiAbi.Of(library);
        nint Export(string name) => NativeLibrary.GetExport(library, $"MPI_{name}");
        CommRank = (delegate* unmanaged[Cdecl]<nint, int*, int>)Export("Comm_rank");
        CommSize = (delegate* unmanaged[Cdecl]<nint, int*, int>)Export("Comm_size");
        SetErrorHandler = (delegate* unmanaged[Cdecl]<nint, nint, int>)Export("Comm_set_errhandler");
        Abort = (delegate* unmanaged[Cdecl]<nint, int, int>)Export("Abort");
        Ibarrier = (delegate* unmanaged[Cdecl]<nint, nint*, int>)Export("Ibarrier");
        Ibcast = (delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, nint*, int>)Export("Ibcast");
        Iallgather = (delegate* unmanaged[Cdecl]<void*, int, nint, void*, int, nint, nint, nint*, int>)Export("Iallgather");
        Ialltoallv = (delegate* unmanaged[Cdecl]<void*, int*, int*, nint, void*, int*, int*, nint, nint, nint*, int>)
            Export("Ialltoallv");
        Isend = (delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, nint*, int>)Export("Isend");
        Irecv = (delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, nint*, int>)Export("Irecv");
        Test = (delegate* unmanaged[Cdecl]<nint*, int*, nint, int>)Export("Test");
        Iprobe = (delegate* unmanaged[Cdecl]<int, int, nint, int*, int*, int>)Export("Iprobe");
        GetCount = (delegate* unmanaged[Cdecl]<int*, nint, int*, int>)Export("Get_count");
        Finalize = (delegate* unmanaged[Cdecl]<int>)Export("Finalize");
        _init = (delegate* unmanaged[Cdecl]<int*, byte***, int, int*, int>)Export("Init_thread");
        _errorString = (delegate* unmanaged[Cdecl]<int, byte*, int*, int>)Export("Error_string");
        _version = (delegate* unmanaged[Cdecl]<byte*, int*, int>)Export("Get_library_version");
    }

    /// <summary>Its binary interface.</summary>
    public MpiAbi Abi { get; }

    /// <summary>The first line of what the library says that it is.</summary>
    public string Version
    {
        get
        {
            Span<byte> text = stackalloc byte[MpiAbi.LongestText];
            var length = 0;
            fixed (byte* pointer = text) _version(pointer, &length);
            var line = Encoding.UTF8.GetString(text[..Math.Clamp(length, 0, text.Length)]).TrimEnd('\0').Split('\n')[0];
            return string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        }
    }

    /// <summary>Loads the library that fits a launcher, or the one that <see cref="Launcher.Variable"/> names.</summary>
    /// <exception cref="CommunicationException">There is none, or it lacks a function of MPI 3.</exception>
    public static MpiLibrary Load(LauncherKind launcher, string? named)
    {
        string[] names = named is { Length: > 0 } ? [named] : launcher == LauncherKind.Pmi
            ? [.. s_mpich, "libmpi.so", .. s_open] : [.. s_open, "libmpi.so", .. s_mpich];
        foreach (var name in names)
        {
            if (!NativeLibrary.TryLoad(name, out var library)) continue;
            try
            {
                return new(library);
            }
            catch (EntryPointNotFoundException e)
            {
                throw new CommunicationException($"{name}: is no library of MPI 3: {e.Message}", e);
            }
        }

        throw new CommunicationException(named is { Length: > 0 }
            ? $"{Launcher.Variable}={named}: cannot be loaded; name the library of MPI, such as /usr/lib/libmpi.so.40."
            : $"no library of MPI was found ({string.Join(", ", names)}). Install the one of the launcher on every host (on " +
                $"Debian {(launcher == LauncherKind.Pmi ? "libmpich12" : "libopenmpi3")}), or name it by " +
                $"{Launcher.Variable}=FILE.");
    }

    /// <summary>Starts MPI such that one thread at a time may call it.</summary>
    /// <exception cref="CommunicationException">It does not start, or allows no threads.</exception>
    public void Start()
    {
        var provided = 0;
        Check(_init(null, null, MpiAbi.Serialized, &provided), "MPI_Init_thread");
        if (provided < MpiAbi.Serialized)
        {
            throw new CommunicationException(
                $"{Version}: supports no threads (level {provided}, needed {MpiAbi.Serialized}); use a build that does.");
        }
    }

    /// <summary>Throws unless a function succeeded.</summary>
    /// <exception cref="CommunicationException">It did not.</exception>
    public void Check(int code, string function)
    {
        if (code == MpiAbi.Success) return;
        Span<byte> text = stackalloc byte[MpiAbi.LongestText];
        var length = 0;
        fixed (byte* pointer = text) _errorString(code, pointer, &length);
        throw new CommunicationException(
            $"{function}: {Encoding.UTF8.GetString(text[..Math.Clamp(length, 0, text.Length)]).Trim()}");
    }
}
