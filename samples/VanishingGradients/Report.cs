using System.Globalization;
using System.Text;
using RnnGen.Samples;

namespace VanishingGradients;

/// <summary>What came out, as text.</summary>
internal static class Report
{
    /// <summary>Adds the errors, a row a task and network and a column a length, below those of the best answer that remembers nothing.</summary>
    public static void Score(IReadOnlyList<Outcome> outcomes, ResultTable results)
    {
        foreach (IGrouping<string, Outcome> task in outcomes.GroupBy(o => o.Task))
        {
            foreach (Outcome outcome in task.DistinctBy(o => o.Memory))
            {
                results.Add($"{Title(outcome)}: remembers nothing", $"T = {outcome.Memory}", outcome.Baseline, 3);
            }

            foreach (Outcome outcome in task)
            {
                results.Add($"{Title(outcome)}: {outcome.Cell}", $"T = {outcome.Memory}", outcome.Error, 3);
            }
        }

        static string Title(Outcome outcome) => $"{outcome.Task}, {outcome.Measure}";
    }

    /// <summary>For each task how much of the gradient, where the loss is, reached the first step at the start and at the end of the training.</summary>
    /// <param name="outcomes">The trials of all cells, tasks and lengths.</param>
    public static string Reach(IReadOnlyList<Outcome> outcomes)
    {
        var text = new StringBuilder();
        foreach (IGrouping<string, Outcome> task in outcomes.GroupBy(o => o.Task))
        {
            Append(text, $"{char.ToUpperInvariant(task.Key[0])}{task.Key[1..]}: how much of the gradient reached the first step, before and after training (* solved)\n");
            int[] memories = [.. task.Select(o => o.Memory).Distinct().Order()];
            Append(text, $"{"",-21}{string.Concat(memories.Select(m => $"{$"T = {m}",22}"))}\n");
            foreach (IGrouping<string, Outcome> cell in task.GroupBy(o => o.Cell))
            {
                Append(text, $"{cell.Key,-21}");
                foreach (Outcome outcome in cell.OrderBy(o => o.Memory))
                {
                    Append(text, $"  {outcome.Reach(0),8:0E+0} → {outcome.Reach(outcome.Norms.Count - 1),7:0E+0}{(outcome.IsSolved ? "*" : " ")} ");
                }

                text.Append('\n');
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>How fast it grew, where it ended, and what clipping made of it.</summary>
    /// <param name="explosion">What exploded.</param>
    public static string Describe(Explosion explosion)
    {
        string end = explosion.FirstNonFinite is { } step
            ? string.Create(CultureInfo.InvariantCulture, $"Without clipping the first value that is not finite comes at training step {step}: {explosion.Message}")
            : "Without clipping all values stayed finite.";
        return string.Create(CultureInfo.InvariantCulture, $"""
            Exploding: ReLU units with recurrent spectral radius {Explosion.Radius}, adding over {Explosion.Memory} steps, SGD
              ∂L/∂h grows {explosion.Growth:F3} times a step back, {explosion.Norms[0] / explosion.Norms[^1]:0E+0} times over all; RMSE {explosion.Free[0]:0E+0} at the first step
              {end}
              With the gradient clipped to norm 1 the same run has RMSE {explosion.Clipped[^1]:F3} after {explosion.Clipped.Count} steps


            """);
    }

    private static void Append(StringBuilder text, FormattableString line) => text.Append(FormattableString.Invariant(line));
}
