using System.Runtime.InteropServices;

namespace Engine.Tensors.Distributed;

/// <summary>
/// The values of MPI's handles and constants, and the layout of its status, in the two binary interfaces in use. A handle is
/// the address of a symbol in Open MPI, and an integer in MPICH; both fit a native integer.
/// </summary>
/// <param name="World"><c>MPI_COMM_WORLD</c>.</param>
/// <param name="Byte"><c>MPI_BYTE</c>.</param>
/// <param name="ErrorsReturn"><c>MPI_ERRORS_RETURN</c>.</param>
/// <param name="StatusIgnore"><c>MPI_STATUS_IGNORE</c>.</param>
/// <param name="AnySource"><c>MPI_ANY_SOURCE</c>.</param>
/// <param name="SourceField">Where <c>MPI_SOURCE</c> is in <c>MPI_Status</c>, counted in 32-bit integers.</param>
internal sealed record MpiAbi(nint World, nint Byte, nint ErrorsReturn, nint StatusIgnore, int AnySource, int SourceField)
{
    /// <summary><c>MPI_SUCCESS</c>, in both.</summary>
    public const int Success = 0;

    /// <summary><c>MPI_ANY_TAG</c>, in both.</summary>
    public const int AnyTag = -1;

    /// <summary><c>MPI_THREAD_SERIALIZED</c>, in both.</summary>
    public const int Serialized = 2;

    /// <summary>At least <c>MPI_MAX_ERROR_STRING</c> and <c>MPI_MAX_LIBRARY_VERSION_STRING</c> of both, in bytes.</summary>
    public const int LongestText = 8192;

    /// <summary>Longer than <c>MPI_Status</c> of both, in 32-bit integers.</summary>
    public const int StatusLength = 16;

    private const string OpenMpiWorld = "ompi_mpi_comm_world";

    // The MPICH ABI Compatibility Initiative (mpich.org/abi), which Intel MPI, MVAPICH and Cray MPICH share since 2014:
    // mpi.h of MPICH 4.0.
    private static readonly MpiAbi s_mpich = new(0x44000000, 0x4c00010d, 0x54000001, 1, -2, 2);

    /// <summary>The one that a loaded library has.</summary>
    public static MpiAbi Of(nint library) => NativeLibrary.TryGetExport(library, OpenMpiWorld, out var world)
        // Open MPI keeps these over versions 2 to 5, "libmpi.so.40": "Version Number and Binary Compatibility" in its
        // documentation, and mpi.h of 4.1.4.
        ? new(world, NativeLibrary.GetExport(library, "ompi_mpi_byte"),
            NativeLibrary.GetExport(library, "ompi_mpi_errors_return"), 0, -1, 0)
        : s_mpich;
}
