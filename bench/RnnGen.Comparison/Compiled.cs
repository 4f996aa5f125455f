namespace RnnGen.Comparison;

/// <summary>RnnGen's own subjects.</summary>
internal static class Compiled
{
    /// <summary>Training steps of a model, which has been told how many threads to use.</summary>
    public sealed class Training<TModel>(Problem problem, TModel model, int threads) : ISubject
        where TModel : class, IRnnModel<TModel, float, float, float>
    {
        private readonly Adam _optimizer = new(1e-3) { ClipNorm = 1 };
        private readonly int[] _lengths = [.. problem.Row.Lengths ?? []];

        public float[] Check()
        {
            float[] result = new float[1 + TModel.Layout.ParameterCount];
            result[0] = model.ComputeGradients(problem.Inputs, problem.Targets, problem.Row.Batch, result.AsSpan(1), _lengths);
            return result;
        }

        public double Run(int count) => Clock.Time(
            () =>
            {
                for (int i = 0; i < count; i++)
                {
                    model.TrainStep(problem.Inputs, problem.Targets, problem.Row.Batch, _optimizer, _lengths);
                }
            },
            threads);
    }

    /// <summary>The part of a training step that comes after the gradients: clipping, Adam and packing.</summary>
    public sealed class Update<TModel>(Problem problem, TModel model) : ISubject
        where TModel : class, IRnnModel<TModel, float, float, float>
    {
        private readonly Adam _optimizer = new(1e-3) { ClipNorm = 1 };
        private readonly float[] _gradients = Gradients(problem, model);

        public float[] Check() => [.. model.Parameters];

        public double Run(int count) => Clock.Time(() =>
        {
            for (int i = 0; i < count; i++)
            {
                model.ApplyGradients(_gradients, _optimizer);
            }
        });

        private static float[] Gradients(Problem problem, TModel model)
        {
            float[] gradients = new float[TModel.Layout.ParameterCount];
            model.ComputeGradients(problem.Inputs, problem.Targets, problem.Row.Batch, gradients);
            return gradients;
        }
    }

    /// <summary>Batched prediction with a model, which has been told how many threads to use.</summary>
    public sealed class Forward<TModel>(Problem problem, TModel model, int threads) : ISubject
        where TModel : class, IRnnModel<TModel, float, float, float>
    {
        private readonly float[] _outputs = new float[problem.Row.Batch];

        public float[] Check()
        {
            Run(1);
            return [.. _outputs];
        }

        public double Run(int count) => Clock.Time(
            () =>
            {
                for (int i = 0; i < count; i++)
                {
                    model.PredictBatch(problem.Inputs, _outputs, problem.Row.Batch);
                }
            },
            threads);
    }

    /// <summary>Feeds one state a number of steps, over and over the same inputs; <c>y</c> takes the output of each.</summary>
    public delegate void StreamingLoop(float[] inputs, float[] y, int count);

    /// <summary>Streaming. The loop stands with the model (<see cref="Rows"/>), so that the call of its state is direct, as a user's is.</summary>
    public sealed class Streaming(Problem problem, Func<StreamingLoop> start) : ISubject
    {
        private readonly StreamingLoop _loop = start();
        private readonly float[] _y = new float[1];

        public float[] Check()
        {
            StreamingLoop fresh = start();
            int inputs = problem.Row.Inputs;
            float[] result = new float[problem.Row.Steps];
            for (int t = 0; t < result.Length; t++)
            {
                fresh(problem.Inputs[(t * inputs)..((t + 1) * inputs)], _y, 1);
                result[t] = _y[0];
            }

            return result;
        }

        public double Run(int count) => Clock.Time(() => _loop(problem.Inputs, _y, count));
    }
}
