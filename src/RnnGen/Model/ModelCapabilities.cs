namespace RnnGen;

/// <summary>A model that reports the vector width that it runs at: sums of another width are rounded differently, so a training keeps one width.</summary>
public interface IVectorizedModel
{
    /// <summary>The width of the vectors that it computes with.</summary>
    VectorWidth VectorWidth { get; set; }
}

/// <summary>A model with dropout. Its masks depend only on these numbers and each sequence's place, so a training can be resumed with them.</summary>
public interface IDropoutModel
{
    /// <summary>The shares that training leaves out, at each place where the declaration has dropout.</summary>
    /// <exception cref="NotSupportedException">The model was not generated, and says nothing of its rates.</exception>
    DropoutRates DropoutRates => throw new NotSupportedException($"{GetType().Name} was not generated, and says nothing of its rates of dropout.");

    /// <summary>The seed of the dropout masks.</summary>
    int DropoutSeed { get; set; }

    /// <summary>How many gradients were computed.</summary>
    long DropoutStep { get; set; }
}

/// <summary>A model whose decoder may read its own output in training (scheduled sampling). The steps at which it does depend only on these numbers and each sequence's place, so a training can be resumed with them.</summary>
public interface IScheduledSamplingModel
{
    /// <summary>The share of steps at which the decoder reads its own output, from 0 to 1.</summary>
    double ScheduledSampling { get; set; }

    /// <summary>The seed of these steps.</summary>
    int SamplingSeed { get; set; }

    /// <summary>How many gradients were computed.</summary>
    long SamplingStep { get; set; }
}

/// <summary>A model that decodes step by step: its loss can be measured as it is used, with each step reading the model's own previous output.</summary>
/// <typeparam name="TNumber">The number type.</typeparam>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
public interface IFreeRunningModel<TNumber, TInput, TTarget>
    where TNumber : unmanaged
    where TInput : unmanaged
    where TTarget : unmanaged
{
    /// <summary>
    /// Computes the mean free-running loss over <paramref name="count"/> sequences, NaN if there is no target: each step reads the model's own previous output (the most probable token, if it decodes
    /// tokens) and not the previous target. The model does not change.
    /// </summary>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="targets"><c>count × Layout.TargetLength</c> elements.</param>
    /// <param name="count">Sequences, at least 1.</param>
    /// <param name="lengths">Steps of each sequence's input, or empty if all have all steps.</param>
    TNumber ComputeFreeRunningLoss(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, ReadOnlySpan<int> lengths = default);

    /// <summary>The same for a batch, whose sequences, or their output steps, may have weights.</summary>
    /// <param name="batch">The sequences.</param>
    /// <exception cref="NotSupportedException">The model is written by hand and has no weighted loss, and the batch has weights.</exception>
    TNumber ComputeFreeRunningLoss(in TrainingBatch<TInput, TTarget> batch) => batch.Weights.IsEmpty
        ? ComputeFreeRunningLoss(batch.Inputs, batch.Targets, batch.Count, batch.Lengths)
        : throw new NotSupportedException($"{GetType().Name} is written by hand and implements no weighted free-running loss. Implement the member of IFreeRunningModel that takes a TrainingBatch, or do not set Weights.");
}
