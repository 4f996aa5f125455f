using RnnGen;

namespace CustomCell;

/// <summary>How one kind did: the error on what was held out, by epoch and seed.</summary>
internal sealed record Score(string Kind, int Parameters, double[][] Errors)
{
    /// <summary>The mean over the seeds after each epoch.</summary>
    public double[] Curve => [.. Enumerable.Range(0, Errors[0].Length).Select(e => Errors.Average(s => s[e]))];

    public double[] Last => [.. Errors.Select(s => s[^1])];
}

/// <summary>Trains one kind of cell from several seeds.</summary>
internal static class Contest
{
    /// <param name="error">The error of a model's outputs, one sequence's after the other.</param>
    public static Score Run<TModel, TTarget>(
        string kind, Sequences<TTarget> train, Sequences<TTarget> test, SampleOptions options, Func<float[], TTarget[], double> error)
        where TModel : IRnnModel<TModel, float, float, TTarget>
        where TTarget : unmanaged
    {
        ModelLayout layout = TModel.Layout;
        double[][] errors = new double[options.Seeds][];
        for (int seed = 0; seed < options.Seeds; seed++)
        {
            TModel model = TModel.Create(seed + 1);
            var adam = new Adam(options.LearningRate) { ClipNorm = 1 };
            float[] gradients = new float[layout.ParameterCount], values = new float[layout.BatchSize * layout.InputLength], outputs = new float[test.Count * layout.OutputLength];
            Random random = new(seed + 1);
            int[] order = [.. Enumerable.Range(0, train.Count)];
            errors[seed] = new double[options.Epochs];
            for (int epoch = 0; epoch < options.Epochs; epoch++)
            {
                random.Shuffle(order);
                for (int first = 0; first < order.Length; first += layout.BatchSize)
                {
                    int[] batch = order[first..Math.Min(order.Length, first + layout.BatchSize)];
                    for (int n = 0; n < batch.Length; n++)
                    {
                        train.Values.AsSpan(batch[n] * layout.InputLength, layout.InputLength).CopyTo(values.AsSpan(n * layout.InputLength));
                    }

                    model.ComputeGradients(values.AsSpan(0, batch.Length * layout.InputLength), Array.ConvertAll(batch, i => train.Targets[i]), batch.Length, gradients, Array.ConvertAll(batch, i => train.Lengths[i]));
                    model.ApplyGradients(gradients, adam);
                }

                model.PredictBatch(test.Values, outputs, test.Count, test.Lengths);
                errors[seed][epoch] = error(outputs, test.Targets);
            }
        }

        return new Score(kind, layout.ParameterCount, errors);
    }
}
