namespace RnnGen.Benchmarks;

/// <summary>Inputs and targets of a model, drawn once.</summary>
internal sealed record Batch(float[] Inputs, float[] Targets, int Count)
{
    public static Batch For(ModelLayout layout)
    {
        Random random = new(1);
        float[] Draw(int length) => Enumerable.Range(0, length).Select(_ => (float)(2 * random.NextDouble() - 1)).ToArray();
        return new Batch(Draw(layout.BatchSize * layout.InputLength), Draw(layout.BatchSize * layout.TargetLength), layout.BatchSize);
    }
}
