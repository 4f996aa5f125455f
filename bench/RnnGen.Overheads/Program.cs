using System.Globalization;
using RnnGen.Comparison;
using RnnGen.Overheads;

// What leaving gradient flow on costs, what reading ahead leaves of the rate of data in memory, what two threads do where no core is free, and what listening to meters costs: ratios of things
// that are measured by turns.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
bool all = args.All(a => int.TryParse(a, out _));
int? turns = args.Select(a => int.TryParse(a, out int count) ? count : (int?)null).FirstOrDefault(t => t is not null);
if (!all && !args.Contains("flow") && !args.Contains("streams") && !args.Contains("threads") && !args.Contains("meters"))
{
    Console.Error.WriteLine("Usage: dotnet run -c Release --project bench/RnnGen.Overheads -- [flow] [streams] [threads] [meters] [turns]");
    return 2;
}

if (all || args.Contains("flow"))
{
    // Of the thread itself, which others on the machine disturb less; reading is a second thread's, so that its time is the wall's.
    Clock.IsThreadTime = OperatingSystem.IsLinux();
    FlowOverhead.Run(turns ?? 101);
}

if (all || args.Contains("streams"))
{
    StreamOverhead.Run(turns ?? 11);
}

if (all || args.Contains("threads"))
{
    Clock.IsThreadTime = false;
    CrowdedThreads.Run(turns ?? 51);
}

if (all || args.Contains("meters"))
{
    Clock.IsThreadTime = OperatingSystem.IsLinux();
    MeterOverhead.Run(turns ?? 101);
}

return 0;
