using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RnnGen.Comparison;

/// <summary>What time is measured by: the wall, or on a machine that others use too, the time that the thread itself ran.</summary>
internal static partial class Clock
{
    private const int ThreadTime = 3;

    /// <summary>Whether work of one thread is timed by the thread's own clock (Linux). Work of several threads never is.</summary>
    public static bool IsThreadTime { get; set; }

    /// <summary>Runs an action and returns the seconds that it took.</summary>
    /// <param name="action">The work.</param>
    /// <param name="threads">Threads that do it.</param>
    public static double Time(Action action, int threads = 1)
    {
        bool own = IsThreadTime && threads == 1;
        double start = own ? Thread() : Wall();
        action();
        return (own ? Thread() : Wall()) - start;
    }

    private static double Wall() => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    private static double Thread() => GetTime(ThreadTime, out Timespec time) == 0
        ? time.Seconds + (time.Nanoseconds * 1e-9)
        : throw new PlatformNotSupportedException("This system has no clock of a thread's time; leave --cpu-time out.");

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Timespec time);

    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
