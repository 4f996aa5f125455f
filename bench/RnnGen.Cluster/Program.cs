using System.Globalization;
using RnnGen;
using RnnGen.Cluster;

// mpirun -n P RnnGen.Cluster measure FOLDER: time and bytes of a step in P processes; FOLDER/cluster-measured.csv gets a line for each process.
// mpirun -n P RnnGen.Cluster memory FOLDER: what each of P processes takes of the memory for one batch of 128 sequences, with its part of the optimiser's moments; FOLDER/cluster-memory.csv.
// RnnGen.Cluster compute FOLDER: the computing of a step of each model on one core; writes FOLDER/cluster-models.csv.
// RnnGen.Cluster predict FOLDER: reads both, prints tables, and draws FOLDER/cluster.svg.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string folder = args.Length > 1 ? args[1] : ".";
Directory.CreateDirectory(folder);
switch (args.Length > 0 ? args[0] : "")
{
    case "measure":
        using (MpiProcesses processes = MpiProcesses.Join())
        {
            Measured.Run(processes, folder);
        }

        return 0;
    case "memory":
        using (MpiProcesses processes = MpiProcesses.Join())
        {
            Memory.Run(processes, folder);
        }

        return 0;
    case "compute":
        Computed.Run(folder);
        return 0;
    case "predict":
        Predicted.Run(folder);
        return 0;
    default:
        Console.Error.WriteLine("RnnGen.Cluster measure|memory|compute|predict FOLDER");
        return 1;
}
