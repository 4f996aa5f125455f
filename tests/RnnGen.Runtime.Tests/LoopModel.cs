namespace RnnGen.Runtime.Tests;

/// <summary>
/// y(t) = w h(t) + b with h(t) = h(t-1) / 2 + x(t), over three steps, with the mean squared error of the targets that are there: masks, lengths and carried states, so small that
/// everything can be worked out beside it. A step has two features; the second is only a number to know the sequence by.
/// </summary>
internal sealed class LoopModel : IRnnModel<LoopModel, double, double, double>, IStatefulModel<double, double, double>, IVectorizedModel
{
    public const int Steps = 3, Features = 2;

    private readonly double[] _parameters = new double[2], _gradients = new double[2];

    public static ModelLayout Layout { get; } = new()
    {
        ModelName = nameof(LoopModel),
        Declaration = "ManyToMany 3x2 -> Leaky(1) -> Dense(1), MeanSquaredError",
        Parameters = [new("head.weight", [1, 1], 0, 1, ParameterKind.InputWeight), new("head.bias", [1], 1, 1, ParameterKind.Bias)],
        ParameterCount = 2,
        SequenceLength = Steps,
        OutputSteps = Steps,
        InputLength = Steps * Features,
        TargetLength = Steps,
        OutputLength = Steps,
        MaskedTargets = true,
        BatchSize = 4,
        TrainingMemory = 0,
        PredictionMemory = 0,
        ForwardFlops = 0,
    };

    public ReadOnlySpan<double> Parameters => _parameters;

    public VectorWidth VectorWidth { get; set; } = VectorWidth.V128;

    /// <summary>The sequences of each step that was begun.</summary>
    public List<int[]> Visited { get; } = [];

    /// <summary>Which sequences of each step that was begun start from the beginning.</summary>
    public List<bool[]> Begun { get; } = [];

    /// <summary>Called before each step.</summary>
    public Action? OnStep { get; init; }

    public static LoopModel Create(int seed) => new();

    public void SetParameters(ReadOnlySpan<double> parameters) => parameters.CopyTo(_parameters);

    public BatchState<double> CreateBatchState(int count) => new(count, 1);

    public void PredictBatch(ReadOnlySpan<double> inputs, Span<double> outputs, int count, ReadOnlySpan<int> lengths = default) => PredictBatch(inputs, outputs, count, CreateBatchState(count), lengths);

    public void PredictBatch(ReadOnlySpan<double> inputs, Span<double> outputs, int count, BatchState<double> state, ReadOnlySpan<int> lengths = default)
    {
        outputs.Clear();
        for (int i = 0; i < count; i++)
        {
            double h = state[i][0];
            for (int t = 0; t < (lengths.IsEmpty ? Steps : lengths[i]); t++)
            {
                h = (h / 2) + inputs[((i * Steps) + t) * Features];
                outputs[(i * Steps) + t] = (_parameters[0] * h) + _parameters[1];
            }

            state.Set(i, [h]);
        }
    }

    public double ComputeLoss(ReadOnlySpan<double> inputs, ReadOnlySpan<double> targets, int count, ReadOnlySpan<int> lengths = default) => ComputeLoss(Batch(inputs, targets, count, lengths));

    public double ComputeLoss(ReadOnlySpan<double> inputs, ReadOnlySpan<double> targets, int count, BatchState<double> state, ReadOnlySpan<int> lengths = default) =>
        ComputeLoss(Batch(inputs, targets, count, lengths, state));

    public double ComputeLoss(in TrainingBatch<double, double> batch) => Run(batch, stackalloc double[2], mustBeFinite: false, null);

    public double ComputeGradients(ReadOnlySpan<double> inputs, ReadOnlySpan<double> targets, int count, Span<double> gradients, ReadOnlySpan<int> lengths = default) =>
        ComputeGradients(Batch(inputs, targets, count, lengths), gradients);

    public double ComputeGradients(in TrainingBatch<double, double> batch, Span<double> gradients) => Run(batch, gradients, mustBeFinite: true, null);

    public void ApplyGradients(ReadOnlySpan<double> gradients, Optimizer optimizer) => ParameterUpdate.Apply<double>(optimizer, this, _parameters, gradients, Layout);

    public double TrainStep(ReadOnlySpan<double> inputs, ReadOnlySpan<double> targets, int count, Optimizer optimizer, ReadOnlySpan<int> lengths = default) =>
        TrainStep(Batch(inputs, targets, count, lengths), optimizer);

    public double TrainStep(ReadOnlySpan<double> inputs, ReadOnlySpan<double> targets, int count, Optimizer optimizer, BatchState<double> state, ReadOnlySpan<int> lengths = default) =>
        TrainStep(Batch(inputs, targets, count, lengths, state), optimizer);

    public double TrainStep(in TrainingBatch<double, double> batch, Optimizer optimizer)
    {
        OnStep?.Invoke();
        int[] sequences = new int[batch.Count];
        for (int i = 0; i < batch.Count; i++)
        {
            sequences[i] = (int)batch.Inputs[(i * Steps * Features) + 1];
        }

        Visited.Add(sequences);
        if (batch.State is BatchState<double> state)
        {
            Begun.Add([.. Enumerable.Range(0, batch.Count).Select(i => !state.IsCarried(i))]);
        }

        ParameterUpdate.Check<double>(optimizer, this);
        return Run(batch, _gradients, mustBeFinite: true, optimizer);
    }

    private static TrainingBatch<double, double> Batch(ReadOnlySpan<double> inputs, ReadOnlySpan<double> targets, int count, ReadOnlySpan<int> lengths, BatchState<double>? state = null) =>
        new() { Inputs = inputs, Targets = targets, Count = count, Lengths = lengths, State = state };

    private double Run(in TrainingBatch<double, double> batch, Span<double> gradients, bool mustBeFinite, Optimizer? optimizer)
    {
        int count = batch.Count, perSequence = batch.Weights.Length / count;
        var state = (BatchState<double>?)batch.State ?? CreateBatchState(count);
        gradients.Clear();
        double[] after = new double[count];
        double loss = 0, weights = 0;
        for (int i = 0; i < count; i++)
        {
            double h = state[i][0];
            for (int t = 0; t < (batch.Lengths.IsEmpty ? Steps : batch.Lengths[i]); t++)
            {
                h = (h / 2) + batch.Inputs[((i * Steps) + t) * Features];
                double weight = perSequence == 0 ? 1 : batch.Weights[perSequence == 1 ? i : (i * Steps) + t];
                if (batch.Targets[(i * Steps) + t] is var target && !double.IsNaN(target) && weight > 0)
                {
                    double error = (_parameters[0] * h) + _parameters[1] - target;
                    loss += weight * error * error;
                    gradients[0] += weight * 2 * error * h;
                    gradients[1] += weight * 2 * error;
                    weights += weight;
                }
            }

            after[i] = h;
        }

        loss /= weights; // NaN where no target counts
        gradients[0] /= weights > 0 ? weights : 1;
        gradients[1] /= weights > 0 ? weights : 1;
        if (mustBeFinite && weights > 0 && !(double.IsFinite(loss) && double.IsFinite(gradients[0]) && double.IsFinite(gradients[1])))
        {
            throw new NonFiniteException($"The loss is {loss}.");
        }

        if (optimizer is not null && weights > 0)
        {
            ApplyGradients(gradients, optimizer);
        }

        for (int i = 0; i < count; i++)
        {
            state.Set(i, [after[i]]);
        }

        return loss;
    }
}
