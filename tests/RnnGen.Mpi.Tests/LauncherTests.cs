using Shouldly;
using Xunit;

namespace RnnGen.Mpi.Tests;

/// <summary>The environment tells what started a process.</summary>
public sealed class LauncherTests
{
    [Theory]
    [InlineData("OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=4", "OpenMpi", 2, 4)]
    [InlineData("PMI_RANK=0 PMI_SIZE=2", "Mpich", 0, 2)]
    [InlineData("PMIX_RANK=3 SLURM_NTASKS=8", "", 3, 8)]
    [InlineData("OMPI_COMM_WORLD_RANK=1 PMIX_RANK=1", "OpenMpi", 1, null)]
    public void TheLauncherIsFound(string variables, string family, int rank, int? count)
    {
        MpiLauncher launcher = Find(variables).ShouldNotBeNull();
        (launcher.Family?.ToString() ?? "").ShouldBe(family);
        launcher.Rank.ShouldBe(rank);
        launcher.Count.ShouldBe(count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1")]
    [InlineData("PMI_RANK=x")]
    public void WithoutOneAProcessIsAlone(string variables) => Find(variables).ShouldBeNull();

    [Fact]
    public void TasksWithoutMpiAreRejected() => Should.Throw<ProcessGroupException>(() => Find("SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=4")).Message.ShouldContain("task 1 of 4");

    /// <summary>In a test nobody has started MPI: the library of a launcher says that this process is alone.</summary>
    [MpiFact("Open MPI")]
    public void TheLibraryOfTheLauncherIsTaken()
    {
        MpiLibrary.Load(Find("OMPI_COMM_WORLD_RANK=0")!.Value).Version.ShouldStartWith("Open MPI");
    }

    [MpiFact("MPICH")]
    public void TheLibraryOfMpichIsTaken()
    {
        MpiLibrary library = MpiLibrary.Load(Find("PMI_RANK=0")!.Value);
        library.Version.ShouldContain("MPICH");
        library.Family.ShouldBe(MpiFamily.Mpich);
    }

    private static MpiLauncher? Find(string variables)
    {
        Dictionary<string, string> environment = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);
        return MpiLauncher.Find(environment.GetValueOrDefault);
    }
}
