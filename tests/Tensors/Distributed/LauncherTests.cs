using Engine.Tensors.Distributed;

namespace Engine.Tests.Tensors.Distributed;

public class LauncherTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(null, "OMPI_COMM_WORLD_RANK=1")]
    [InlineData(null, "PMI_RANK=3", "PMI_SIZE=3")]
    [InlineData(null, "PMI_RANK=-1", "PMI_SIZE=3")]
    [InlineData(null, "PMIX_RANK=1")]
    [InlineData(null, "SLURM_PROCID=0", "SLURM_NTASKS=4")]
    [InlineData("OpenMpi 2/4", "OMPI_COMM_WORLD_RANK=2", "OMPI_COMM_WORLD_SIZE=4", "PMIX_RANK=2")]
    [InlineData("Pmi 1/3", "PMI_RANK=1", "PMI_SIZE=3")]
    [InlineData("Pmi 1/3", "PMI_RANK=1", "PMI_SIZE=3", "SLURM_PROCID=0", "SLURM_STEP_NUM_TASKS=1")]
    [InlineData("Pmix 5/8", "PMIX_RANK=5", "SLURM_PROCID=5", "SLURM_STEP_NUM_TASKS=8")]
    [InlineData("Tasks 5/8", "SLURM_PROCID=5", "SLURM_STEP_NUM_TASKS=8")]
    [InlineData("Pmi 0/1", "PMI_RANK=0", "PMI_SIZE=1")]
    [InlineData(null, "ENGINE_MPI=off", "PMI_RANK=1", "PMI_SIZE=3")]
    [InlineData("Pmi 1/3", "ENGINE_MPI=/opt/libmpi.so", "PMI_RANK=1", "PMI_SIZE=3")]
    public void Find_Environment_TellsRankAndSize(string? expected, params string[] variables)
    {
        var found = Find(variables);
        Assert.Equal(expected, found is null ? null : $"{found.Kind} {found.Rank}/{found.Size}");
    }

    [Fact]
    public void Start_OneProcess_NeedsNoLibrary()
    {
        Assert.Same(Communicator.Alone, Communicator.Start(null));
        Assert.Same(Communicator.Alone, Communicator.Start(Find("OMPI_COMM_WORLD_RANK=0", "OMPI_COMM_WORLD_SIZE=1")));
        Assert.Equal("", Communicator.Alone.Library);
    }

    [Fact]
    public void Start_TasksOfSrunWithoutMpi_NamesTheOption()
    {
        var error = Assert.Throws<CommunicationException>(
            () => Communicator.Start(Find("SLURM_PROCID=5", "SLURM_STEP_NUM_TASKS=8")));
        Assert.Contains("srun started 8 tasks", error.Message);
        Assert.Contains("--mpi=pmix or --mpi=pmi2", error.Message);
    }

    [Fact]
    public void Load_MissingLibrary_NamesIt()
    {
        var error = Assert.Throws<CommunicationException>(() => MpiLibrary.Load(LauncherKind.Pmi, "/none/libmpi.so"));
        Assert.Contains("ENGINE_MPI=/none/libmpi.so: cannot be loaded", error.Message);
    }

    private static Launcher? Find(params string[] variables) =>
        Launcher.Find(name => variables.Select(v => v.Split('=')).FirstOrDefault(v => v[0] == name)?[1]);
}
