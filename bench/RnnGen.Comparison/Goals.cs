using System.Globalization;

namespace RnnGen.Comparison;

/// <summary>What a goal's values are.</summary>
internal enum GoalKind
{
    /// <summary>A peer's time over RnnGen's.</summary>
    Ratio,

    /// <summary>A share of a limit.</summary>
    Share,

    /// <summary>A time, which should be no longer.</summary>
    Time,
}

/// <summary>What the project asks of a row, and what a run found.</summary>
/// <param name="Row">The row's name.</param>
/// <param name="Against">The peer, or the limit, that the row is held against.</param>
/// <param name="Version">The peer's version, or where the limit comes from.</param>
/// <param name="Floor">The smallest value that meets the goal; of a time the greatest.</param>
/// <param name="Found">The value; null where the peer was not measured.</param>
/// <param name="Kind">What both values are.</param>
/// <param name="IsJudged">Whether this run can judge it.</param>
internal sealed record Goal(string Row, string Against, string Version, double Floor, double? Found, GoalKind Kind = GoalKind.Ratio, bool IsJudged = true)
{
    public bool IsMissed => IsJudged && (Kind == GoalKind.Time ? Found > Floor : Found < Floor);

    /// <summary>A value of the goal's kind.</summary>
    public string Text(double? value) => (value, Kind) switch
    {
        (null, _) => "not measured",
        ({ } share, GoalKind.Share) => share.ToString("P0", CultureInfo.InvariantCulture),
        ({ } ratio, GoalKind.Ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio:0.##}x"),
        ({ } seconds, GoalKind.Time) => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0.##} µs"),
        _ => throw new InvalidOperationException($"{Kind} has no text."),
    };

    /// <summary>All goals of a row.</summary>
    /// <param name="run">The row's run.</param>
    /// <param name="versions">The peers' names with their versions.</param>
    public static IEnumerable<Goal> Of(RowRun run, IReadOnlyList<string> versions)
    {
        if (run.Row.ShareGoal is { } share)
        {
            yield return new(run.Row.Name, run.Row.Work == Work.Streaming ? "read bandwidth" : "FMA peak", "measured in each round", share, run.Share, GoalKind.Share);
        }

        if (run[RowRun.RnnGenTwoThreads] is { } two && run.ThreadsGoal is { } gain)
        {
            yield return new(
                run.Row.Name, RowRun.RnnGenTwoThreads, run.Row.GainGoal is null ? "against what two threads that share nothing gain" : "against one thread", gain, run.Ratio(two), IsJudged: run.JudgesThreads);
        }

        if (run.Row.TimeGoal is { } time)
        {
            yield return new(run.Row.Name, time.Against, time.Version, time.Seconds, run.Cells[0].Seconds.Median, GoalKind.Time);
        }

        foreach ((string peer, double ratio) in run.Row.Goals)
        {
            string version = run.Row.Beside.Any(b => b.Name == peer) ? "RnnGen's own"
                : versions.FirstOrDefault(v => v.StartsWith($"{peer} ", StringComparison.Ordinal)) is { } found ? found[(peer.Length + 1)..]
                : "not run";
            yield return new(run.Row.Name, peer, version, ratio, run[peer] is { } cell ? run.Ratio(cell) : null);
        }
    }
}
