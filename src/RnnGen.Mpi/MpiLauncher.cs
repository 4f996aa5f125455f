namespace RnnGen.Mpi;

/// <summary>What started this process, as its environment tells.</summary>
/// <param name="Family">The library that the launcher belongs to; <see langword="null"/> if it serves several.</param>
/// <param name="Name">What messages call the launcher.</param>
/// <param name="Rank">The number of this process, from 0.</param>
/// <param name="Count">How many processes were started; <see langword="null"/> if the environment does not say.</param>
internal readonly record struct MpiLauncher(MpiFamily? Family, string Name, int Rank, int? Count)
{
    /// <summary>Finds the launcher.</summary>
    /// <param name="variable">Reads a variable of the environment.</param>
    /// <returns><see langword="null"/> if the process was started by none.</returns>
    /// <exception cref="ProcessGroupException">Several processes were started without MPI, so that each would train alone.</exception>
    public static MpiLauncher? Find(Func<string, string?> variable)
    {
        if (Number("OMPI_COMM_WORLD_RANK") is { } openRank)
        {
            return new(MpiFamily.OpenMpi, "Open MPI's mpirun", openRank, Number("OMPI_COMM_WORLD_SIZE"));
        }

        if (Number("PMI_RANK") is { } rank)
        {
            return new(MpiFamily.Mpich, "MPICH's mpiexec (or srun --mpi=pmi2)", rank, Number("PMI_SIZE"));
        }

        if (Number("PMIX_RANK") is { } pmixRank)
        {
            return new(null, "a launcher with PMIx (srun --mpi=pmix)", pmixRank, Number("SLURM_NTASKS"));
        }

        return Number("SLURM_PROCID") is { } task && Number("SLURM_STEP_NUM_TASKS") is > 1 and { } tasks
            ? throw new ProcessGroupException(Invariant($"srun started this process as task {task} of {tasks}, without MPI: each would train alone. Start it with srun --mpi=pmix or --mpi=pmi2 (srun --mpi=list says what there is)."))
            : null;

        int? Number(string name) => int.TryParse(variable(name), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int value) ? value : null;
    }
}
