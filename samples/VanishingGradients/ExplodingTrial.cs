using RnnGen;

namespace VanishingGradients;

/// <summary>Trains a network whose gradient grows from step to step, without clipping and with it.</summary>
internal static class ExplodingTrial
{
    public static Explosion Run(int steps, double rate, int seed)
    {
        (List<double> free, List<double[]> norms, NonFiniteException? failure) = Train(steps, new Sgd(rate), seed);
        (List<double> clipped, List<double[]> clippedNorms, _) = Train(steps, new Sgd(rate) { ClipNorm = 1 }, seed);
        double[] first = norms[0];
        return new Explosion(first, Math.Pow(first[0] / first[^1], 1.0 / (first.Length - 1)), free, failure is null ? null : free.Count + 1, failure?.Message ?? "", clipped, clippedNorms[^1]);
    }

    private static (List<double> Errors, List<double[]> Norms, NonFiniteException? Failure) Train(int steps, Sgd sgd, int seed)
    {
        Exploding model = new(seed);
        float[] parameters = model.Parameters.ToArray();
        ParameterInfo recurrent = Exploding.Layout.Parameters.Single(p => p.Kind == ParameterKind.RecurrentWeight);
        foreach (ref float weight in parameters.AsSpan(recurrent.Offset, recurrent.Length))
        {
            weight *= (float)Explosion.Radius;
        }

        model.SetParameters(parameters);
        Adding task = new();
        Random random = new(seed + 100);
        float[] inputs = new float[Trial.Batch * Exploding.Layout.InputLength], targets = new float[Trial.Batch];
        List<double> errors = [];
        List<double[]> norms = [];
        for (int step = 0; step < steps; step++)
        {
            for (int i = 0; i < Trial.Batch; i++)
            {
                task.Draw(random, Explosion.Memory, inputs.AsSpan(i * 2 * Explosion.Memory, 2 * Explosion.Memory), targets.AsSpan(i, 1));
            }

            try
            {
                errors.Add(task.Error(model.TrainStep(inputs, targets, Trial.Batch, sgd)));
                norms.Add(model.GradientFlow.Layers[0].States[0].Norms.ToArray());
            }
            catch (NonFiniteException e)
            {
                norms.Add(model.GradientFlow.Layers[0].States[0].Norms.ToArray());
                return (errors, norms, e);
            }
        }

        return (errors, norms, null);
    }
}
