using System.Globalization;

namespace Engine.Tensors.Distributed;

/// <summary>
/// What started this process as one of several: <c>mpirun</c> of Open MPI or of MPICH and its relatives, or <c>srun</c>. They
/// tell each process its rank in environment variables, so it is known before MPI starts.
/// </summary>
public sealed class Launcher
{
    /// <summary>
    /// The variable that keeps this process out of a job, <c>off</c>, or names the library of MPI by its path.
    /// </summary>
    public const string Variable = "ENGINE_MPI";

    private Launcher(LauncherKind kind, int rank, int size) => (Kind, Rank, Size) = (kind, rank, size);

    /// <summary>What started this process; null if nothing that numbers its processes did.</summary>
    public static Launcher? Current { get; } = Find(Environment.GetEnvironmentVariable);

    /// <summary>Which process this is, from 0.</summary>
    public int Rank { get; }

    /// <summary>How many processes were started, at least 1.</summary>
    public int Size { get; }

    internal LauncherKind Kind { get; }

    /// <summary>What the variables of an environment tell; null if nothing.</summary>
    // Open MPI: "Environment variables" of mpirun(1). PMI: what MPICH's Hydra and Slurm's pmi2 set, "PMI: A Scalable Parallel
    // Process-Management Interface for Extreme-Scale Systems" (Balaji et al., 2010). PMIx leaves the size to its library, but
    // srun tells it: "OUTPUT ENVIRONMENT VARIABLES" of srun(1).
    internal static Launcher? Find(Func<string, string?> variable)
    {
        if (variable(Variable) == "off") return null;
        return Of(LauncherKind.OpenMpi, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE")
            ?? Of(LauncherKind.Pmi, "PMI_RANK", "PMI_SIZE")
            ?? Of(LauncherKind.Pmix, "PMIX_RANK", "SLURM_STEP_NUM_TASKS")
            ?? Of(LauncherKind.Tasks, "SLURM_PROCID", "SLURM_STEP_NUM_TASKS");

        Launcher? Of(LauncherKind kind, string rank, string size) =>
            Number(variable(rank)) is { } own && Number(variable(size)) is { } all && own < all ? new(kind, own, all) : null;
    }

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>How a launcher lets its processes find each other.</summary>
internal enum LauncherKind
{
    /// <summary>Open MPI's own.</summary>
    OpenMpi,

    /// <summary>PMI 1 or 2: MPICH and its relatives, or <c>srun --mpi=pmi2</c>.</summary>
    Pmi,

    /// <summary>PMIx: <c>srun --mpi=pmix</c>.</summary>
    Pmix,

    /// <summary>Not at all: <c>srun</c> without <c>--mpi</c>.</summary>
    Tasks,
}
