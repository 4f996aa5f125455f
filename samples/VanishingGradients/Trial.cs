using RnnGen;

namespace VanishingGradients;

/// <summary>Trains one model on one task and watches its gradient.</summary>
internal static class Trial
{
    public const int Snapshots = 60, Batch = 32;
    private const int Held = 256;

    public static Outcome Run<TModel, TTarget>(string cell, MemoryTask<TTarget> task, int memory, int steps, double rate, int seed)
        where TModel : IRnnModel<TModel, float, float, TTarget>, IGradientFlowModel
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
                if (error < task.Solved / 1.25)
                {
                    step++;
                    break;
                }
            }
        }

        return new Outcome(cell, task.Name, memory, task.Measure, task.Baseline, task.Solved, step, norms, task.LossSteps, error, failure);

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
