using RnnGen.Runtime;

namespace RnnGen.Runtime.Tests;

public sealed class StepRunsTests
{
    /// <summary>Each live row of each step is in one run, in the order of time, no other row is, and a run of several steps has no gap.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void RunsHaveTheLiveRowsOfAllStepsInOrder(int stepRows)
    {
        Random random = new(7);
        for (int trial = 0; trial < 200; trial++)
        {
            // Sequences of a group: sorted by length, and sometimes fewer than there is room for.
            int steps = random.Next(1, 40), count = random.Next(1, stepRows + 1), maximumRows = random.Next(1, 60);
            int[] lengths = [.. Enumerable.Range(0, count).Select(_ => random.Next(4) == 0 ? random.Next(1, steps + 1) : steps)];
            int[] live = [.. Enumerable.Range(0, steps).Select(step => lengths.Count(l => l > step))];
            foreach (bool descends in new[] { false, true })
            {
                List<int> rows = [];
                StepRuns runs = new(ref live[0], steps, stepRows, maximumRows, descends);
                while (runs.Next())
                {
                    (runs.Last - runs.First).ShouldBeLessThanOrEqualTo(Math.Max(stepRows, maximumRows));
                    IEnumerable<int> run = Enumerable.Range(runs.First, runs.Last - runs.First);
                    rows.AddRange(descends ? run.GroupBy(r => r / stepRows).Reverse().SelectMany(step => step) : run);
                }

                IEnumerable<int> order = Enumerable.Range(0, steps);
                rows.ShouldBe((descends ? order.Reverse() : order).SelectMany(step => Enumerable.Range(step * stepRows, live[step])));
            }
        }
    }

    /// <summary>Where all rows are live, steps go together.</summary>
    [Fact]
    public void FullStepsAreOneRun()
    {
        int[] live = [4, 4, 4, 3, 3, 1];
        StepRuns runs = new(ref live[0], live.Length, 4, 8, descends: false);
        List<(int, int)> found = [];
        while (runs.Next())
        {
            found.Add((runs.First, runs.Last));
        }

        found.ShouldBe([(0, 8), (8, 12), (12, 15), (16, 19), (20, 21)]);
    }
}
