namespace Engine.Tests.Support;

/// <summary>The launchers of MPI, by names that do not depend on which one the system prefers.</summary>
internal static class Mpi
{
    public const string Open = "mpirun.openmpi", Mpich = "mpirun.mpich";

    /// <summary>Why a test that needs a launcher is skipped; null if the launcher is there.</summary>
    public static string? Missing(string launcher) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(f => File.Exists(Path.Combine(f, launcher)))
            ? null : $"{launcher} is not on the PATH.";

    /// <summary>Its arguments that start so many processes, as any user and on as few processors as there are.</summary>
    public static string[] Arguments(string launcher, int ranks) => launcher == Open
        ? ["--allow-run-as-root", "--oversubscribe", "-n", $"{ranks}"] : ["-n", $"{ranks}"];
}

/// <summary>A test that starts processes by Open MPI; skipped, visibly, where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpenMpiFactAttribute : FactAttribute
{
    public OpenMpiFactAttribute() => Skip = Mpi.Missing(Mpi.Open);
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpenMpiTheoryAttribute : TheoryAttribute
{
    public OpenMpiTheoryAttribute() => Skip = Mpi.Missing(Mpi.Open);
}

/// <summary>A theory that starts processes by MPICH; skipped, visibly, where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MpichTheoryAttribute : TheoryAttribute
{
    public MpichTheoryAttribute() => Skip = Mpi.Missing(Mpi.Mpich);
}
