namespace RnnGen.Mpi;

/// <summary>The families of MPI libraries: each has a launcher, and programs that it starts know each other through its own library only.</summary>
public enum MpiFamily
{
    /// <summary>Open MPI, and what derives from it.</summary>
    OpenMpi,

    /// <summary>MPICH, and what has its binary interface: Intel MPI, MVAPICH, Cray MPICH, Microsoft MPI.</summary>
    Mpich,
}
