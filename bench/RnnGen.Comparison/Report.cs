using System.Globalization;
using System.Text;
using System.Text.Json;
using RnnGen.Comparison.Limits;

namespace RnnGen.Comparison;

/// <summary>The results as Markdown, which also reads well on a terminal, and as JSON with every sample.</summary>
internal sealed class Report(
    Options options, Comparison comparison, IReadOnlyList<ColdStart.Result> cold, IReadOnlyList<string> versions, IReadOnlyList<string> missing, string[] args)
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };
    private readonly StringBuilder _text = new();

    public string Text()
    {
        _text.Clear();
        Line($"{Machine.Summary}");
        Line($"{DateTime.Now:yyyy-MM-dd HH:mm}, `{Command}`: {options.Rounds} rounds, samples of {options.Sample * 1e3:F0} ms or more; {(options.CpuTime ? "one-threaded work by the thread's own clock, the rest by the wall" : "wall clock")}; median [quartiles]");
        Line($"Peers: {(versions.Count == 0 ? "none" : string.Join("; ", versions))}");
        foreach (string line in missing)
        {
            Line($"Missing: {line}");
        }

        foreach (string line in comparison.Failures)
        {
            Line($"FAILED: {line}");
        }

        Samples peak = new();
        foreach (double value in comparison.Runs.Where(r => r.Row.Work != Work.Streaming).SelectMany(r => r.Limit.Values))
        {
            peak.Add(value);
        }

        if (peak.Values.Count > 0)
        {
            Line($"FMA peak, one thread, {FmaPeak.Lanes * 32}-bit vectors: {peak.Median / 1e9:F1} GFLOP/s [{peak.Low / 1e9:F1}–{peak.High / 1e9:F1}]");
        }

        Agreements();
        foreach (IGrouping<(Work Work, bool IsOwn, bool IsFloat), RowRun> group in comparison.Runs.GroupBy(r => (r.Row.Work, r.Row.IsOwn, r.Row.Format == WeightFormat.Float)))
        {
            Table(group.Key.Work, group.Key.IsOwn, group.Key.IsFloat, [.. group]);
        }

        Cold();
        Goals();
        return _text.ToString();
    }

    public string Json() => JsonSerializer.Serialize(
        new
        {
            date = DateTime.Now,
            command = Command,
            processor = Machine.Processor,
            features = Machine.Features,
            l1 = Machine.L1,
            l2 = Machine.L2,
            cores = Environment.ProcessorCount,
            runtime = Machine.Runtime,
            peers = versions,
            missing,
            failures = comparison.Failures,
            rounds = options.Rounds,
            clock = options.CpuTime ? "thread" : "wall",
            rows = comparison.Runs.Select(run => new
            {
                row = run.Row.Name,
                limit = new { unit = run.Row.Work == Work.Streaming ? "bytes/s" : "FLOP/s", median = run.Limit.Median, samples = run.Limit.Values },
                share = run.Share,
                shareGoal = run.Row.ShareGoal,
                parts = run.Parts,
                sameBits = run.SameBits,
                threadsControl = run.ThreadsControl.Values,
                subjects = run.Cells.Select(cell => new
                {
                    name = cell.Name,
                    median = cell.Seconds.Median,
                    lowerQuartile = cell.Seconds.Low,
                    upperQuartile = cell.Seconds.High,
                    min = cell.Seconds.Values.Min(),
                    max = cell.Seconds.Values.Max(),
                    ratio = run.Ratio(cell),
                    goal = Goal(run, cell),
                    difference = cell.Agreement?.Values,
                    gradientDifference = cell.Agreement?.Gradients,
                    samples = cell.Seconds.Values,
                }),
            }),
            cold = cold.Select(c => new { row = c.Row.Name, times = c.Times, peers = c.Peers, retiered = c.Retiered }),
        },
        s_json);

    private string Command => $"dotnet run -c Release --project bench/RnnGen.Comparison{(args.Length == 0 ? "" : " -- " + string.Join(' ', args.Select(a => a.Contains(' ', StringComparison.Ordinal) ? $"\"{a}\"" : a)))}";

    // A generic method's name with its parameters would read as a link in Markdown.
    private static string Escaped(string name) => name.Replace("`", "\\`", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal);

    private static double? Goal(RowRun run, Cell cell) =>
        cell.Name == RowRun.RnnGenTwoThreads ? run.ThreadsGoal
        : run.Row.Goals.TryGetValue(cell.Name, out double goal) ? goal
        : null;

    private static string Time(double seconds) => seconds switch
    {
        < 1e-6 => Text($"{seconds * 1e9:F1} ns"),
        < 1e-3 => Text($"{seconds * 1e6:G4} µs"),
        < 1 => Text($"{seconds * 1e3:G4} ms"),
        _ => Text($"{seconds:G4} s"),
    };

    private static string Spread(Samples samples)
    {
        double unit = samples.Median switch { < 1e-6 => 1e9, < 1e-3 => 1e6, < 1 => 1e3, _ => 1 };
        return Text($"{Time(samples.Median)} [{samples.Low * unit:G3}–{samples.High * unit:G3}]");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Line(FormattableString text) => _text.AppendLine(Text(text)).AppendLine();

    private void Agreements()
    {
        foreach (IGrouping<string, (RowRun Run, Cell Cell)> peer in comparison.Runs
            .SelectMany(run => run.Cells.Where(c => c.Agreement is not null).Select(c => (run, c))).GroupBy(c => c.c.Name))
        {
            List<(RowRun Run, Cell Cell)> wrong = [.. peer.Where(p => !p.Cell.Agreement!.Holds)];
            string worst = Text($"outputs and losses within {peer.Max(p => p.Cell.Agreement!.Values):0.0e0}");
            if (peer.Any(p => p.Run.Row.Work == Work.Training))
            {
                worst += Text($", gradients within {peer.Max(p => p.Cell.Agreement!.Gradients):0.0e0}");
            }

            Line($"Same numbers, {peer.Key} and RnnGen, on {peer.Count()} rows: {(wrong.Count == 0 ? "yes" : "NO, not on " + string.Join("; ", wrong.Select(p => p.Run.Row.Name)))}; {worst}");
        }

        List<RowRun> threads = [.. comparison.Runs.Where(r => r.SameBits is not null)];
        if (threads.Count > 0)
        {
            List<RowRun> differ = [.. threads.Where(r => r.SameBits == false)];
            Line($"Same bits with two threads as with one, on {threads.Count} rows: {(differ.Count == 0 ? "yes" : "NO, not on " + string.Join("; ", differ.Select(r => r.Row.Name)))}");
        }
    }

    private void Table(Work work, bool isOwn, bool isFloat, List<RowRun> runs)
    {
        List<string> names = [.. runs.SelectMany(r => r.Cells.Skip(1).Select(c => c.Name)).Distinct()];
        (string title, string share) = work switch
        {
            Work.Training when isOwn => ("Training step of cells written in equations: a user's LSTM, and those that ship so", "of FMA peak"),
            Work.Training => ("Training step: forward + BPTT + clip + Adam (oneDNN: forward + backward alone)", "of FMA peak"),
            Work.Forward => ("Forward, batched", "of FMA peak"),
            Work.Streaming => ("One streaming step, batch 1", "of read bandwidth"),
            Work.Blocks => ("A step of one sequence in blocks of 64 (`Process`), beside one step after the other (`Step`)", "of FMA peak"),
            Work.Streams when isFloat => ("One step of many streams; beside it a State each", "of FMA peak"),
            Work.Streams => ("One step of many streams", "of FMA peak"),
            _ => throw new InvalidOperationException($"{work} has no table."),
        };
        Line($"### {title}{(isFloat ? "" : ", with weights in fewer bits, beside floats")}");
        _text.AppendLine(Text($"| cell | {(work switch { Work.Streaming or Work.Blocks => "inputs→units", Work.Streams => "streams × inputs→units", _ => "B,T,I,H" })} | RnnGen | {share} |{string.Concat(names.Select(n => $" {n} |"))}"));
        _text.AppendLine(Text($"|---|---|---|---|{string.Concat(names.Select(_ => "---|"))}"));
        foreach (RowRun run in runs)
        {
            string limit = work == Work.Streaming
                ? Text($" of {run.Limit.Median / 1e9:F0} GB/s ({(run.Row.Footprint <= Machine.L1 ? "L1" : "L2")})")
                : "";
            _text.Append(Text($"| {run.Row.Title} | {run.Row.Sizes} | {Spread(run.Cells[0].Seconds)} | {run.Share:P0}{limit}{Mark(run.Share, run.Row.ShareGoal)} |"));
            foreach (string name in names)
            {
                _text.Append(run[name] is { } cell
                    ? Text($" {Spread(cell.Seconds)}, {run.Ratio(cell):F2}x{Verdict(run, cell)} |")
                    : " |");
            }

            _text.AppendLine();
        }

        _text.AppendLine();
    }

    private void Cold()
    {
        if (cold.Count == 0)
        {
            return;
        }

        string[] names = [.. cold.SelectMany(c => c.Peers.Keys).Distinct()];
        Line($"### Cold process: first call to first result");
        _text.AppendLine(Text($"| row | process start to first result | make the model | first call | second | tenth | warm | JIT until the first result | began in tier 0, compiled again |{string.Concat(names.Select(n => $" {n}: process start to first result |"))}"));
        _text.AppendLine(Text($"|---|---|---|---|---|---|---|---|---|{string.Concat(names.Select(_ => "---|"))}"));
        foreach (ColdStart.Result c in cold)
        {
            ColdTimes t = c.Times;
            _text.AppendLine(Text($"| {c.Row.Name} | {Time(t.Process)} | {Time(t.Create)} | {Time(t.First)} | {Time(t.Second)} | {Time(t.Tenth)} | {Time(t.Warm)} | {Time(t.Jit)}, {t.Methods} methods | {c.Retiered.Count} |{string.Concat(names.Select(n => c.Peers.TryGetValue(n, out double s) ? $" {Time(s)} |" : " |"))}"));
        }

        _text.AppendLine();
        foreach (ColdStart.Result c in cold.Where(c => c.Retiered.Count > 0))
        {
            Line($"Began in tier 0 on {c.Row.Name}: {string.Join("; ", c.Retiered.Take(12).Select(Escaped))}{(c.Retiered.Count > 12 ? "; …" : "")}");
        }
    }

    private void Goals()
    {
        List<(RowRun Run, Goal Goal)> goals = [.. comparison.Runs.SelectMany(run => RnnGen.Comparison.Goal.Of(run, versions).Select(goal => (run, goal)))];
        Line($"### Goals: {goals.Count(g => g.Goal.Found is not null)} measured of {goals.Count}");
        _text.AppendLine("| row | held against | version | floor | found | |");
        _text.AppendLine("|---|---|---|---|---|---|");
        foreach (Goal goal in goals.Select(g => g.Goal))
        {
            _text.AppendLine(Text($"| {goal.Row} | {goal.Against} | {goal.Version} | {goal.Text(goal.Floor)} | {goal.Text(goal.Found)} | {(goal.Found is null ? "" : !goal.IsJudged ? "?" : goal.IsMissed ? "✗" : "✓")} |"));
        }

        _text.AppendLine();
        List<(RowRun Run, Goal Goal)> misses = [.. goals.Where(g => g.Goal.IsMissed)];
        Line($"### Goals that this run misses: {misses.Count}");
        foreach ((RowRun run, Goal goal) in misses)
        {
            string parts = goal.Kind == GoalKind.Share && run.Parts is { } p
                ? Text($"; of its step products take {p.Products:P0}, at {run.Share / p.Products:P0} of the peak, functions {p.Functions:P0}, clipping, Adam and packing {p.Rest:P0}")
                : "";
            _text.AppendLine(Text($"- {goal.Row}: {(goal.Kind == GoalKind.Share ? "" : $"{goal.Against} ")}{goal.Text(goal.Found)}{(goal.Kind == GoalKind.Share ? " of its limit" : "")}, goal {goal.Text(goal.Floor)}{parts}"));
        }

        List<(RowRun Run, Goal Goal)> open = [.. goals.Where(g => !g.Goal.IsJudged)];
        if (open.Count > 0)
        {
            _text.AppendLine();
            Line($"### Goals that this run cannot judge: {open.Count}");
            Line($"Two threads that share nothing gained less than half of a second core, so the machine had none to give; run it on an idle one.");
            open.ForEach(g => _text.AppendLine(Text($"- {g.Goal.Row}: {g.Goal.Against} {g.Goal.Text(g.Goal.Found)}, control {g.Run.ThreadsControl.Median:F2}x")));
        }
    }

    // Whether a cell's goal can be judged by this run at all.
    private static bool Judges(RowRun run, Cell cell) => cell.Name != RowRun.RnnGenTwoThreads || run.JudgesThreads;

    private static string Verdict(RowRun run, Cell cell)
    {
        string control = cell.Name == RowRun.RnnGenTwoThreads ? Text($" (control {run.ThreadsControl.Median:F2}x)") : "";
        return control + (Judges(run, cell) ? Mark(run.Ratio(cell), Goal(run, cell)) : " ?");
    }

    private static string Mark(double value, double? goal) => goal is null ? "" : value >= goal ? " ✓" : " ✗";
}
