using RnnGen.Comparison;

namespace RnnGen.Scaling;

/// <summary>One size of a series.</summary>
/// <param name="size">The size that changes.</param>
/// <param name="layout">The model's layout.</param>
/// <param name="step">One training step.</param>
internal sealed class Case(int size, ModelLayout layout, Action step)
{
    /// <summary>The size that changes.</summary>
    public int Size => size;

    /// <summary>Bytes to train.</summary>
    public long Training => layout.TrainingMemory;

    /// <summary>Bytes to predict.</summary>
    public long Prediction => layout.PredictionMemory;

    /// <summary>The least time of a step so far, in seconds.</summary>
    public double Seconds { get; private set; } = double.PositiveInfinity;

    /// <summary>Makes a case of a model, with data that keeps every unit in its working range.</summary>
    public static Case Of<TModel>(int size, TModel model)
        where TModel : IRnnModel<TModel, float, float, float>
    {
        ModelLayout layout = TModel.Layout;
        Random random = new(1);
        float[] inputs = Data(layout.InputLength), targets = Data(layout.TargetLength), gradients = new float[layout.ParameterCount];
        return new Case(size, layout, () => model.ComputeGradients(inputs, targets, layout.BatchSize, gradients));

        float[] Data(int length) => [.. Enumerable.Range(0, layout.BatchSize * length).Select(_ => random.NextSingle() - 0.5f)];
    }

    /// <summary>Times steps for at least 2 ms, and keeps the least time of one.</summary>
    public void Time()
    {
        int count = double.IsFinite(Seconds) ? Math.Max(1, (int)(0.002 / Seconds)) : 1;
        double time = Clock.Time(() =>
        {
            for (int i = 0; i < count; i++)
            {
                step();
            }
        });
        Seconds = Math.Min(Seconds, time / count);
    }
}

/// <summary>Models that differ in one size.</summary>
/// <param name="Name">The size's letter.</param>
/// <param name="Title">What it is, and the sizes that stay.</param>
/// <param name="Goal">The highest power of the size that time may grow with.</param>
/// <param name="Cases">In rising order, each twice the one before.</param>
internal sealed record Series(string Name, string Title, int Goal, IReadOnlyList<Case> Cases)
{
    private const int Rounds = 9;

    /// <summary>Measures all sizes in turn, several times.</summary>
    public void Measure()
    {
        for (int round = 0; round < Rounds; round++)
        {
            foreach (Case item in Cases)
            {
                item.Time();
            }
        }
    }

    /// <summary>Prints sizes, times, memory and the slopes between neighbours; a slope above the goal by more than 0.3 is marked.</summary>
    public void Print()
    {
        Console.WriteLine($"{Name}: {Title}\n");
        Console.WriteLine($"| {Name} | ms | slope | bytes to train | slope | bytes to predict |\n|---:|---:|---:|---:|---:|---:|");
        for (int i = 0; i < Cases.Count; i++)
        {
            Case item = Cases[i];
            string time = "", memory = "";
            if (i > 0)
            {
                time = Mark(Math.Log2(item.Seconds / Cases[i - 1].Seconds));
                memory = Mark(Math.Log2(item.Training / (double)Cases[i - 1].Training));
            }

            Console.WriteLine($"| {item.Size} | {item.Seconds * 1000:F3} | {time} | {item.Training} | {memory} | {item.Prediction} |");
        }

        Console.WriteLine();
    }

    private string Mark(double slope) => slope > Goal + 0.3 ? $"{slope:F2} CLIFF" : $"{slope:F2}";
}
