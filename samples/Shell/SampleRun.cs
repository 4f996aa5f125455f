namespace RnnGen.Samples;

/// <summary>One run of a sample: its options, its seed, and what it measured.</summary>
/// <param name="arguments">The options.</param>
/// <param name="seed">The seed of this run.</param>
/// <param name="output">The folder for models and pictures.</param>
public sealed class SampleRun(SampleArguments arguments, int seed, string output)
{
    /// <summary>The seed of this run.</summary>
    public int Seed { get; } = seed;

    /// <summary>The folder for models and pictures.</summary>
    public string Output { get; } = output;

    /// <summary>What this run measured; the shell prints it when the run has ended.</summary>
    public ResultTable Results { get; } = new();

    /// <summary>Where the data is that <c>--data</c> names; null for what the sample has or makes itself.</summary>
    public string? Data => arguments.Text("--data");

    /// <summary>Whether the run should take seconds only.</summary>
    public bool IsQuick => arguments.Has("--quick");

    /// <summary>Passes over what is learned from.</summary>
    public int Epochs => arguments.Whole("--epochs");

    /// <summary>Adam's learning rate at the start.</summary>
    public double LearningRate => arguments.Number("--rate");

    /// <summary>A new Adam with that learning rate, its gradient clipped to norm 1.</summary>
    public Adam Adam => new(LearningRate) { ClipNorm = 1 };

    /// <summary>A training with that Adam, its learning rate along half a cosine down to 0.</summary>
    public FitOptions Training => new()
    {
        Epochs = Epochs,
        Optimizer = Adam,
        Schedule = LearningRateSchedule.Cosine(),
        Seed = Seed,
        Progress = new SomeEpochs(Epochs),
    };

    /// <summary>Whether an option without a value is given.</summary>
    public bool Has(string name) => arguments.Has(name);

    /// <summary>The value of an option with a text.</summary>
    public string Text(string name) => arguments.Text(name) ?? throw new ArgumentException($"The option {name} has no default.", nameof(name));

    /// <summary>The value of an option with a whole number.</summary>
    public int Whole(string name) => arguments.Whole(name);

    /// <summary>The value of an option with a number.</summary>
    public double Number(string name) => arguments.Number(name);

    /// <summary>The learning rate along half a cosine, for samples that take their steps themselves.</summary>
    /// <param name="done">Steps, or epochs, that have been taken.</param>
    /// <param name="all">Those of the whole training.</param>
    public double LearningRateAfter(int done, int all) => LearningRate * (1 + Math.Cos(Math.PI * done / all)) / 2;

    /// <summary>The path of a file in the output folder.</summary>
    public string File(string name) => Path.Combine(Output, name);

    /// <summary>Saves a model in the output folder, loads it again, and checks that it predicts the same bits.</summary>
    /// <param name="model">The model.</param>
    /// <param name="save">Its <c>Save</c>.</param>
    /// <param name="load">Its <c>Load</c>.</param>
    /// <returns>The model that was loaded, with which the sample goes on.</returns>
    /// <exception cref="InvalidOperationException">The loaded model predicts something else.</exception>
    public TModel Reload<TModel, TInput, TTarget>(IRnnModel<TModel, float, TInput, TTarget> model, Action<string> save, Func<string, TModel> load)
        where TModel : IRnnModel<TModel, float, TInput, TTarget>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        string path = File($"{TModel.Layout.ModelName}.safetensors");
        save(path);
        TModel loaded = load(path);
        return loaded.Parameters.SequenceEqual(model.Parameters) && Probe(loaded).AsSpan().SequenceEqual(Probe(model))
            ? loaded
            : throw new InvalidOperationException($"The model loaded from {path} does not predict what the saved one does.");

        // A sequence of waves, or of the first token.
        static float[] Probe(IRnnModel<TModel, float, TInput, TTarget> model)
        {
            TInput[] input = new TInput[TModel.Layout.InputLength];
            if (input is float[] numbers)
            {
                for (int i = 0; i < numbers.Length; i++)
                {
                    numbers[i] = MathF.Sin(i);
                }
            }

            float[] output = new float[TModel.Layout.OutputLength];
            model.PredictBatch(input, output, 1);
            return output;
        }
    }

    /// <summary>Writes a picture to the output folder, over that of an earlier seed.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="svg">The picture.</param>
    public void Picture(string name, string svg)
    {
        System.IO.File.WriteAllText(File(name), svg);
        Console.WriteLine($"Picture: {Path.GetRelativePath(Environment.CurrentDirectory, File(name))}");
    }
}
