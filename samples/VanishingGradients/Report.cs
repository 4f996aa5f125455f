using System.Globalization;
using System.Text;

namespace VanishingGradients;

/// <summary>What came out, as text.</summary>
internal static class Report
{
    /// <summary>For each task a table of errors, and how much of the gradient reached the first step at the start and at the end.</summary>
    /// <param name="outcomes">The trials of all cells, tasks and lengths.</param>
    public static string Table(IReadOnlyList<Outcome> outcomes)
    {
        var text = new StringBuilder();
        foreach (IGrouping<string, Outcome> task in outcomes.GroupBy(o => o.Task))
        {
            Outcome any = task.First();
            Append(text, $"{char.ToUpperInvariant(task.Key[0])}{task.Key[1..]}: {any.Measure} on unseen sequences (* solved), and how much of the gradient where the loss is reached the first step, before and after training\n");
            int[] memories = [.. task.Select(o => o.Memory).Distinct().Order()];
            Append(text, $"{"",-21}{string.Concat(memories.Select(m => $"{$"T = {m}",29}"))}\n");
            Append(text, $"{"remembers nothing",-21}{string.Concat(memories.Select(_ => string.Create(CultureInfo.InvariantCulture, $"{any.Baseline,7:F3}{"",22}")))}\n");
            foreach (IGrouping<string, Outcome> cell in task.GroupBy(o => o.Cell))
            {
                Append(text, $"{cell.Key,-21}");
                foreach (Outcome outcome in cell.OrderBy(o => o.Memory))
                {
                    Append(text, $"{outcome.Error,7:F3}{(outcome.IsSolved ? "*" : " ")} {outcome.Reach(0),8:0E+0} → {outcome.Reach(outcome.Norms.Count - 1),-8:0E+0} ");
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
