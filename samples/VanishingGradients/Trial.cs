using System.Diagnostics;
using RnnGen;

namespace VanishingGradients;

/// <summary>What a cell made of a task.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Task">The task.</param>
/// <param name="Memory">Steps to remember over.</param>
/// <param name="Measure">What the error is.</param>
/// <param name="Baseline">The error of the best answer that remembers nothing.</param>
/// <param name="Solved">The error below which the task is solved.</param>
/// <param name="Steps">Training steps taken.</param>
/// <param name="Norms">For each snapshot of the training, the norm of ∂L/∂h after each time step; infinite and undefined ones included.</param>
/// <param name="LossSteps">The steps, from the end, at which there is a loss.</param>
/// <param name="Error">The error on sequences that were not learned from.</param>
/// <param name="Failure">What ended the training early, where a value was not finite.</param>
/// <param name="Saturation">Of each gate the share of saturated values at the end.</param>
/// <param name="DeadUnits">ReLU units that were 0 throughout the last batch.</param>
internal sealed record Outcome(
    string Cell, string Task, int Memory, string Measure, double Baseline, double Solved, int Steps, IReadOnlyList<double[]> Norms, int LossSteps, double Error,
    string? Failure, IReadOnlyList<(string Gate, double Share)> Saturation, int DeadUnits)
{
    public bool IsSolved => Error <= Solved;

    /// <summary>How much of the gradient at the steps that have a loss reaches the first step, at a snapshot.</summary>
    public double Reach(int snapshot) => Norms[snapshot][0] / Norms[snapshot].AsSpan(Norms[snapshot].Length - LossSteps)[0];
}

/// <summary>Trains one model on one task and watches its gradient.</summary>
internal static class Trial
{
    public const int Snapshots = 60, Batch = 32;
    private const int Held = 256;

    public static Outcome Run<TModel, TTarget>(string cell, MemoryTask<TTarget> task, int memory, int steps, double rate, int seed)
        where TModel : IRnnModel<TModel, float, float, TTarget>, IShowsGradientFlow
        where TTarget : unmanaged, System.Numerics.INumberBase<TTarget>
    {
        TModel model = TModel.Create(seed);
        Random random = new(seed + 100);
        (float[] inputs, TTarget[] targets) = (new float[Batch * TModel.Layout.InputLength], new TTarget[Batch * TModel.Layout.TargetLength]);
        (float[] heldInputs, TTarget[] heldTargets) = (new float[Held * TModel.Layout.InputLength], new TTarget[Held * TModel.Layout.TargetLength]);
        int[] lengths = [.. Enumerable.Repeat(task.Length(memory), Batch)], heldLengths = [.. Enumerable.Repeat(task.Length(memory), Held)];
        Fill(new Random(seed + 200), heldInputs, heldTargets, Held);
        Adam adam = new(rate) { ClipNorm = 1 };
        List<double[]> norms = [];
        string? failure = null;
        double error = Error();
        int step = 0;
        for (; step < steps && failure is null; step++)
        {
            Fill(random, inputs, targets, Batch);
            bool isSnapshot = step == norms.Count * (steps - 1) / (Snapshots - 1);
            model.GradientFlow.IsEnabled = isSnapshot;
            try
            {
                model.TrainStep(inputs, targets, Batch, adam, lengths);
            }
            catch (NonFiniteException e)
            {
                failure = e.Message;
            }

            if (isSnapshot)
            {
                norms.Add(model.GradientFlow.Layers[0].States[0].Norms[..task.Length(memory)].ToArray());
                error = Error();
                if (Environment.GetEnvironmentVariable("VERBOSE") is not null) Console.WriteLine($"   {cell} {task.Name} {memory}  {step} {error:F4} {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:F1}");
                if (error < task.Solved / 1.25)
                {
                    step++;
                    break;
                }
            }
        }

        LayerFlow flow = model.GradientFlow.Layers[0];
        return new Outcome(cell, task.Name, memory, task.Measure, task.Baseline, task.Solved, step, norms, task.LossSteps, error, failure,
            [.. flow.Gates.Select(g => (g.Name, g.Saturation))], flow.DeadUnits);

        double Error() => task.Error(model.ComputeLoss(heldInputs, heldTargets, Held, heldLengths));

        void Fill(Random drawn, float[] x, TTarget[] y, int count)
        {
            for (int i = 0; i < count; i++)
            {
                task.Draw(drawn, memory, x.AsSpan(i * TModel.Layout.InputLength, TModel.Layout.InputLength), y.AsSpan(i * TModel.Layout.TargetLength, TModel.Layout.TargetLength));
            }
        }
    }
}
