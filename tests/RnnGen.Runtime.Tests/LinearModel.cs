namespace RnnGen.Runtime.Tests;

/// <summary>y = w x + b over two steps of one feature, with the mean squared error: the smallest model that the loop can train.</summary>
internal sealed class LinearModel : IRnnModel<LinearModel, double, double, double>
{
    private readonly double[] _parameters = new double[3], _gradients = new double[3];

    public static ModelLayout Layout { get; } = new()
    {
        ModelName = nameof(LinearModel),
        Declaration = "ManyToOne 2x1 -> Dense(1), MeanSquaredError",
        Parameters = [new("head.weight", [1, 2], 0, 2, ParameterKind.InputWeight), new("head.bias", [1], 2, 1, ParameterKind.Bias)],
        ParameterCount = 3,
        SequenceLength = 2,
        OutputSteps = 1,
        InputLength = 2,
        TargetLength = 1,
        OutputLength = 1,
        BatchSize = 8,
        TrainingMemory = 0,
        PredictionMemory = 0,
        ForwardFlops = 4,
    };

    public ReadOnlySpan<double> Parameters => _parameters;

    /// <summary>The first input of every sequence that was trained on, in order.</summary>
    public List<double> Visited { get; } = new(100_000);

    /// <summary>The sizes of the batches, in order.</summary>
    public List<int> Batches { get; } = new(10_000);

    /// <summary>Bytes that the thread had allocated at each step.</summary>
    public List<long> Allocated { get; } = new(10_000);

    public Action? OnStep { get; init; }

    public static LinearModel Create(int seed) => new();

    public void SetParameters(ReadOnlySpan<double> parameters) => parameters.CopyTo(_parameters);

    public void PredictBatch(ReadOnlySpan<double> inputs, Span<double> outputs, int count, ReadOnlySpan<int> lengths = default)
    {
        for (int i = 0; i < count; i++)
        {
            outputs[i] = (_parameters[0] * inputs[2 * i]) + (_parameters[1] * inputs[(2 * i) + 1]) + _parameters[2];
        }
    }

    public double ComputeLoss(ReadOnlySpan<double> inputs, ReadOnlySpan<double> targets, int count, ReadOnlySpan<int> lengths = default) => ComputeGradients(inputs, targets, count, stackalloc double[3]);

    public double ComputeGradients(ReadOnlySpan<double> inputs, ReadOnlySpan<double> targets, int count, Span<double> gradients, ReadOnlySpan<int> lengths = default)
    {
        gradients.Clear();
        double loss = 0;
        for (int i = 0; i < count; i++)
        {
            double error = (_parameters[0] * inputs[2 * i]) + (_parameters[1] * inputs[(2 * i) + 1]) + _parameters[2] - targets[i];
            loss += error * error / count;
            gradients[0] += 2 * error * inputs[2 * i] / count;
            gradients[1] += 2 * error * inputs[(2 * i) + 1] / count;
            gradients[2] += 2 * error / count;
        }

        return loss;
    }

    public void ApplyGradients(ReadOnlySpan<double> gradients, Optimizer optimizer) => ParameterUpdate.Apply<double>(optimizer, this, _parameters, gradients, Layout);

    public double TrainStep(ReadOnlySpan<double> inputs, ReadOnlySpan<double> targets, int count, Optimizer optimizer, ReadOnlySpan<int> lengths = default)
    {
        OnStep?.Invoke();
        Batches.Add(count);
        for (int i = 0; i < count; i++)
        {
            Visited.Add(inputs[2 * i]);
        }

        Allocated.Add(GC.GetAllocatedBytesForCurrentThread());
        double loss = ComputeGradients(inputs, targets, count, _gradients);
        ApplyGradients(_gradients, optimizer);
        return loss;
    }
}

/// <summary>Three logits a sequence, which are its inputs: a classifier with known answers.</summary>
internal sealed class EchoClassifier : IRnnModel<EchoClassifier, float, float, int>
{
    public static ModelLayout Layout { get; } = new()
    {
        ModelName = nameof(EchoClassifier),
        Declaration = "ManyToMany 2x3 -> 3, CrossEntropy",
        Parameters = [],
        ParameterCount = 0,
        SequenceLength = 2,
        OutputSteps = 2,
        InputLength = 6,
        TargetLength = 2,
        OutputLength = 6,
        ClassCount = 3,
        BatchSize = 2,
        TrainingMemory = 0,
        PredictionMemory = 0,
        ForwardFlops = 0,
    };

    public ReadOnlySpan<float> Parameters => [];

    public static EchoClassifier Create(int seed) => new();

    public void SetParameters(ReadOnlySpan<float> parameters) { }

    public void PredictBatch(ReadOnlySpan<float> inputs, Span<float> outputs, int count, ReadOnlySpan<int> lengths = default) => inputs[..(count * 6)].CopyTo(outputs);

    public float ComputeLoss(ReadOnlySpan<float> inputs, ReadOnlySpan<int> targets, int count, ReadOnlySpan<int> lengths = default) => count;

    public float ComputeGradients(ReadOnlySpan<float> inputs, ReadOnlySpan<int> targets, int count, Span<float> gradients, ReadOnlySpan<int> lengths = default) => count;

    public void ApplyGradients(ReadOnlySpan<float> gradients, Optimizer optimizer) { }

    public float TrainStep(ReadOnlySpan<float> inputs, ReadOnlySpan<int> targets, int count, Optimizer optimizer, ReadOnlySpan<int> lengths = default) => count;
}

/// <summary>Reads sequences of any length and learns nothing: what the loop hands over is what counts.</summary>
internal sealed class WideModel : IRnnModel<WideModel, double, double, double>
{
    public static ModelLayout Layout { get; private set; } = Make(2048, 1);

    public ReadOnlySpan<double> Parameters => [];

    public Action? OnStep { get; init; }

    public List<double>? Recorded { get; init; }

    public int Sequences { get; private set; }

    public static void SetLengths(int inputLength, int targetLength) => Layout = Make(inputLength, targetLength);

    public static WideModel Create(int seed) => new();

    public void SetParameters(ReadOnlySpan<double> parameters) { }

    public void PredictBatch(ReadOnlySpan<double> inputs, Span<double> outputs, int count, ReadOnlySpan<int> lengths = default) => outputs.Clear();

    public double ComputeLoss(ReadOnlySpan<double> inputs, ReadOnlySpan<double> targets, int count, ReadOnlySpan<int> lengths = default) => 0;

    public double ComputeGradients(ReadOnlySpan<double> inputs, ReadOnlySpan<double> targets, int count, Span<double> gradients, ReadOnlySpan<int> lengths = default) => 0;

    public void ApplyGradients(ReadOnlySpan<double> gradients, Optimizer optimizer) { }

    public double TrainStep(ReadOnlySpan<double> inputs, ReadOnlySpan<double> targets, int count, Optimizer optimizer, ReadOnlySpan<int> lengths = default)
    {
        Sequences += count;
        Recorded?.AddRange(inputs);
        Recorded?.AddRange(targets);
        OnStep?.Invoke();
        return 0;
    }

    private static ModelLayout Make(int inputLength, int targetLength) => new()
    {
        ModelName = nameof(WideModel),
        Declaration = "none",
        Parameters = [],
        ParameterCount = 0,
        SequenceLength = inputLength,
        OutputSteps = 1,
        InputLength = inputLength,
        TargetLength = targetLength,
        OutputLength = targetLength,
        BatchSize = 8,
        TrainingMemory = 0,
        PredictionMemory = 0,
        ForwardFlops = 0,
    };
}

/// <summary>Notes the lengths of the batches that it is given.</summary>
internal sealed class LengthRecorder : IRnnModel<LengthRecorder, float, float, int>
{
    public static ModelLayout Layout => EchoClassifier.Layout;

    public ReadOnlySpan<float> Parameters => [];

    public List<int[]> Lengths { get; } = [];

    public static LengthRecorder Create(int seed) => new();

    public void SetParameters(ReadOnlySpan<float> parameters) { }

    public void PredictBatch(ReadOnlySpan<float> inputs, Span<float> outputs, int count, ReadOnlySpan<int> lengths = default) => outputs.Clear();

    public float ComputeLoss(ReadOnlySpan<float> inputs, ReadOnlySpan<int> targets, int count, ReadOnlySpan<int> lengths = default) => 0;

    public float ComputeGradients(ReadOnlySpan<float> inputs, ReadOnlySpan<int> targets, int count, Span<float> gradients, ReadOnlySpan<int> lengths = default) => 0;

    public void ApplyGradients(ReadOnlySpan<float> gradients, Optimizer optimizer) { }

    public float TrainStep(ReadOnlySpan<float> inputs, ReadOnlySpan<int> targets, int count, Optimizer optimizer, ReadOnlySpan<int> lengths = default)
    {
        Lengths.Add(lengths.ToArray());
        return 0;
    }
}
