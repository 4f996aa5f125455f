using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace RnnGen.Forecasting;

/// <summary>The folds of a back-test as processes share them: who fits a forecaster also forecasts with it, and all receive all forecasts.</summary>
/// <param name="processes">The processes; <see langword="null"/> for this one alone.</param>
/// <param name="windows">Origins of each forecaster.</param>
/// <param name="fits">How often each forecaster is fitted: once, or at each origin.</param>
internal sealed class SharedFolds(ProcessGroup? processes, int windows, int fits)
{
    /// <summary>The fits of this process.</summary>
    public int[] OwnFits(int count) => [.. Enumerable.Range(0, count).Where(IsOwn)];

    /// <summary>The forecasts of this process.</summary>
    public int[] OwnForecasts(int count) => [.. Enumerable.Range(0, count).Where(forecast => IsOwn(FitOf(forecast)))];

    /// <summary>The fit that a forecast is made with.</summary>
    public int FitOf(int forecast) => (forecast / windows * fits) + Math.Min(forecast % windows, fits - 1);

    /// <summary>Does the work of this process, and fills in the forecasts of the others.</summary>
    /// <param name="forecasts">All forecasts, of which the work sets this process's.</param>
    /// <param name="set">The series, which are the same everywhere.</param>
    /// <param name="settings">What else is the same everywhere.</param>
    /// <param name="work">The work.</param>
    /// <exception cref="ProcessGroupException">Another process failed, or runs another back-test.</exception>
    /// <exception cref="OperationCanceledException">A process was cancelled.</exception>
    public void Run(IReadOnlyList<Forecast>?[] forecasts, SeriesSet set, string settings, Action work)
    {
        if (processes is not { Count: > 1 })
        {
            work();
            return;
        }

        CheckAlike(processes, set, settings);
        ExceptionDispatchInfo? own = null;
        try
        {
            work();
        }
        catch (Exception e)
        {
            // All learn of it, so that none waits for this one.
            own = ExceptionDispatchInfo.Capture(e);
        }

        byte[] message = ForecastMessage.Write(own?.SourceException, [.. OwnForecasts(forecasts.Length).Select(forecast => own is null ? forecasts[forecast]! : [])]);
        IReadOnlyList<byte[]> messages = processes.Gather(message);
        own?.Throw();
        for (int rank = 0; rank < processes.Count; rank++)
        {
            if (rank == processes.Rank)
            {
                continue;
            }

            IReadOnlyList<Forecast>[] received = ForecastMessage.Read(messages[rank], rank);
            int[] places = [.. Enumerable.Range(0, forecasts.Length).Where(forecast => FitOf(forecast) % processes.Count == rank)];
            for (int i = 0; i < places.Length; i++)
            {
                forecasts[places[i]] = received[i];
            }
        }
    }

    // Folds of other series would not add up to a result.
    private static void CheckAlike(ProcessGroup processes, SeriesSet set, string settings)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(settings));
        foreach (TimeSeries series in set)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(series.Id));
            hash.AppendData(MemoryMarshal.AsBytes(series.Targets.Span));
        }

        IReadOnlyList<byte[]> hashes = processes.Gather(hash.GetHashAndReset());
        for (int rank = 1; rank < processes.Count; rank++)
        {
            if (!hashes[rank].AsSpan().SequenceEqual(hashes[0]))
            {
                throw new ProcessGroupException(Invariant($"Process {rank} does not run the back-test of process 0: their series, forecasters or options differ. Start the same program with the same series everywhere."), rank);
            }
        }
    }

    private bool IsOwn(int fit) => processes is null || fit % processes.Count == processes.Rank;
}
