using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <content>How models train.</content>
public partial class ModelCore<TNumber, TInput, TTarget>
{
    private UpdatePass<TNumber>? _pass;
    private ResetPieces<TNumber, TInput, TTarget>? _pieces;

    /// <inheritdoc/>
    public ProcessGroup? Processes { get; set; }

    /// <inheritdoc/>
    long ISharedCore.Changes => Volatile.Read(ref _changes);

    /// <inheritdoc/>
    public void CheckProcesses(int count, int batchSize)
    {
        TrainingShape shape = Shape.Training;
        int smallest = ((count - 1) * shape.GroupSize) + 1;
        if (!int.IsPow2(count))
        {
            throw new ArgumentException(Invariant($"There are {count} processes. The gradient is the same for any number of them that is a power of two; start 1, 2, 4, 8, …."), nameof(count));
        }

        if (count > shape.Sums)
        {
            throw new ArgumentException(Invariant($"There are {count} processes, and {Layout.ModelName} adds up its gradient in {shape.Sums} sums, one or more for each process. Declare GradientSums = {count}, or start {shape.Sums} processes."), nameof(count));
        }

        if (batchSize < smallest)
        {
            throw new ArgumentException(
                Invariant($"There are {count} processes, and a batch of {batchSize} sequences has {(batchSize + shape.GroupSize - 1) / shape.GroupSize} groups of {shape.GroupSize} to share. Train on batches of at least {smallest} sequences (best: {count * shape.GroupSize} or a multiple), or start fewer processes."), nameof(batchSize));
        }

        if (Flow is not null)
        {
            throw new ArgumentException($"{Layout.ModelName} measures how its gradient flows, which is measured in one process only. Declare it without GradientFlow, or start one process.", nameof(count));
        }
    }

    /// <inheritdoc/>
    public int FirstSequence(int process, int processes, int count)
    {
        // As the tree of sums shares groups among its leaves, and those among processes.
        long size = Shape.Training.GroupSize, leaves = Shape.Training.Sums, groups = (count + size - 1) / size, leaf = leaves * process / processes;
        return (int)Math.Min(((leaf * groups) + leaves - 1) / leaves * size, count);
    }

    private TrainingJob<TNumber, TInput, TTarget> Job => _job ??= _program.CreateJob(this);

    /// <summary>Computes the mean loss, NaN if there is no target. The model does not change; the states, if there are some, are replaced by those that the sequences end in.</summary>
    /// <param name="model">The model of this core.</param>
    /// <param name="batch">The sequences.</param>
    /// <exception cref="ArgumentException">A span of the batch has another length, or the state is of another model or number of sequences.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TNumber ComputeLoss(object model, in TrainingBatch<TInput, TTarget> batch)
    {
        BatchState<TNumber>? state = CheckTraining(batch);
        using TrainingTurn turn = new(ref _turn, model);
        if (batch.Resets.IsEmpty)
        {
            return Job.ComputeLoss(batch, state);
        }

        Pieces.Cut(batch, state);
        TNumber loss = Job.ComputeLoss(Pieces.Batch, Pieces.State);
        if (state is not null)
        {
            Pieces.GiveStates(state);
        }

        return loss;
    }

    /// <summary>Computes the mean loss, NaN if there is no target. The model does not change.</summary>
    /// <param name="model">The model of this core.</param>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="targets"><c>count × Layout.TargetLength</c> elements.</param>
    /// <param name="count">Sequences, at least 1; more than <c>BatchSize</c> run in groups.</param>
    /// <param name="lengths">Steps of each sequence, or empty if all have all steps.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TNumber ComputeLoss(object model, ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, ReadOnlySpan<int> lengths) =>
        ComputeLoss(model, new TrainingBatch<TInput, TTarget> { Inputs = inputs, Targets = targets, Count = count, Lengths = lengths });

    /// <summary>Computes the mean loss of sequences that start from states, NaN if there is no target. Only the states change.</summary>
    /// <param name="model">The model of this core.</param>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="targets"><c>count × Layout.TargetLength</c> elements.</param>
    /// <param name="count">Sequences, at least 1; more than <c>BatchSize</c> run in groups.</param>
    /// <param name="state">The states that the sequences start from; replaced by those that they end in.</param>
    /// <param name="lengths">Steps of each sequence, or empty if all have all steps.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TNumber ComputeLoss(object model, ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, BatchState<TNumber> state, ReadOnlySpan<int> lengths)
    {
        ArgumentNullException.ThrowIfNull(state);
        return ComputeLoss(model, new TrainingBatch<TInput, TTarget> { Inputs = inputs, Targets = targets, Count = count, Lengths = lengths, State = state });
    }

    /// <summary>Computes the mean loss and its gradient by back-propagation through time, truncated if the batch has states. It does not allocate after the first call.</summary>
    /// <param name="model">The model of this core.</param>
    /// <param name="batch">The sequences.</param>
    /// <param name="gradients">As many values as there are parameters, overwritten with the gradient of the mean loss.</param>
    /// <returns>The mean loss; NaN if there is no target, and then the gradient is 0.</returns>
    /// <exception cref="ArgumentException">A span has another length, or the state is of another model or number of sequences.</exception>
    /// <exception cref="NonFiniteException">The loss or the gradient is not finite; the message says where. The states did not change.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TNumber ComputeGradients(object model, in TrainingBatch<TInput, TTarget> batch, Span<TNumber> gradients)
    {
        BatchState<TNumber>? state = CheckTraining(batch);
        Check.Length(gradients.Length, _parameters.Length, nameof(gradients), "ParameterCount");
        using TrainingTurn turn = new(ref _turn, model);
        TrainingJob<TNumber, TInput, TTarget> job = Job;
        TNumber loss = Run(job, batch, state);
        job.Gradients.CopyTo(gradients);
        Commit(batch, state);
        _telemetry.Trained(double.CreateTruncating(loss), batch.Count);
        return loss;
    }

    /// <summary>Computes the mean loss and its gradient by back-propagation through time. It does not allocate after the first call.</summary>
    /// <param name="model">The model of this core.</param>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="targets"><c>count × Layout.TargetLength</c> elements.</param>
    /// <param name="count">Sequences, at least 1; more than <c>BatchSize</c> run in groups.</param>
    /// <param name="gradients">As many values as there are parameters, overwritten with the gradient of the mean loss.</param>
    /// <param name="lengths">Steps of each sequence, or empty if all have all steps.</param>
    /// <returns>The mean loss; NaN if there is no target, and then the gradient is 0.</returns>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="NonFiniteException">The loss or the gradient is not finite; the message says where.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TNumber ComputeGradients(object model, ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, Span<TNumber> gradients, ReadOnlySpan<int> lengths) =>
        ComputeGradients(model, new TrainingBatch<TInput, TTarget> { Inputs = inputs, Targets = targets, Count = count, Lengths = lengths }, gradients);

    /// <summary>
    /// Computes the mean loss and its gradient for sequences that start from states: truncated back-propagation through time. It does not allocate after the first call.
    /// </summary>
    /// <param name="model">The model of this core.</param>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="targets"><c>count × Layout.TargetLength</c> elements.</param>
    /// <param name="count">Sequences, at least 1; more than <c>BatchSize</c> run in groups.</param>
    /// <param name="gradients">As many values as there are parameters, overwritten with the gradient of the mean loss.</param>
    /// <param name="state">The states that the sequences start from; replaced by those that they end in.</param>
    /// <param name="lengths">Steps of each sequence, or empty if all have all steps.</param>
    /// <returns>The mean loss; NaN if there is no target, and then the gradient is 0.</returns>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="NonFiniteException">The loss or the gradient is not finite; the message says where. The states did not change.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TNumber ComputeGradients(
        object model, ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, Span<TNumber> gradients, BatchState<TNumber> state, ReadOnlySpan<int> lengths)
    {
        ArgumentNullException.ThrowIfNull(state);
        return ComputeGradients(model, new TrainingBatch<TInput, TTarget> { Inputs = inputs, Targets = targets, Count = count, Lengths = lengths, State = state }, gradients);
    }

    /// <summary>Clips the gradient and updates the parameters.</summary>
    /// <param name="model">The model of this core.</param>
    /// <param name="gradients">As many values as there are parameters.</param>
    /// <param name="optimizer">The optimiser; from now on it belongs to this model.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void ApplyGradients(object model, ReadOnlySpan<TNumber> gradients, Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        Check.Length(gradients.Length, _parameters.Length, nameof(gradients), "ParameterCount");
        using TrainingTurn turn = new(ref _turn, model);
        ParameterSegment all = new(0, _parameters.Length);
        Update(model, optimizer, new ParameterChange<TNumber>
        {
            Parameters = _parameters,
            Gradients = gradients,
            Layout = Layout,
            Segments = Shape.Learned.Length == 0 ? new ReadOnlySpan<ParameterSegment>(in all) : Shape.Learned,
            Blocks = Shape.LearnedBlocks,
            Pass = Pass,
        });
        _telemetry.Updated();
    }

    /// <summary>One step of training, of truncated back-propagation through time if the batch has states: gradients and update at once. It does not allocate after the first call.</summary>
    /// <param name="model">The model of this core.</param>
    /// <param name="batch">The sequences.</param>
    /// <param name="optimizer">The optimiser; from now on it belongs to this model.</param>
    /// <returns>The mean loss before the update; NaN if there is no target, or the weights of all are 0, and then nothing is updated.</returns>
    /// <exception cref="ArgumentException">A span of the batch has another length, or the state is of another model or number of sequences.</exception>
    /// <exception cref="NonFiniteException">The loss or the gradient is not finite, or a parameter or moment would not be after the update; nothing was updated, and the states did not change.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TNumber TrainStep(object model, in TrainingBatch<TInput, TTarget> batch, Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        BatchState<TNumber>? state = CheckTraining(batch);
        using TrainingTurn turn = new(ref _turn, model);
        ParameterUpdate.Check<TNumber>(optimizer, model);
        TrainingJob<TNumber, TInput, TTarget> job = Job;
        TNumber loss = Run(job, batch, state);

        // A batch whose targets are all missing has no loss, and nothing to learn from.
        bool isUpdated = !TNumber.IsNaN(loss);
        if (isUpdated)
        {
            Update(model, optimizer, new ParameterChange<TNumber>
            {
                Parameters = _parameters,
                Gradients = job.Gradients,
                Layout = Layout,
                Segments = job.Segments,
                Blocks = Shape.TrainedBlocks,
                Rows = job.Rows,
                Squares = job.Squares,
                Processes = Processes,
                Pass = Pass,
            });
        }

        Commit(batch, state);
        _telemetry.Trained(double.CreateTruncating(loss), batch.Count);
        if (isUpdated)
        {
            _telemetry.Updated();
        }

        return loss;
    }

    /// <summary>One step of training: gradients and update at once. It does not allocate after the first call.</summary>
    /// <param name="model">The model of this core.</param>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="targets"><c>count × Layout.TargetLength</c> elements.</param>
    /// <param name="count">Sequences, at least 1; more than <c>BatchSize</c> run in groups.</param>
    /// <param name="optimizer">The optimiser; from now on it belongs to this model.</param>
    /// <param name="lengths">Steps of each sequence, or empty if all have all steps.</param>
    /// <returns>The mean loss before the update; NaN if there is no target, and then nothing is updated.</returns>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="NonFiniteException">The loss or the gradient is not finite, or a parameter or moment would not be after the update; nothing was updated.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TNumber TrainStep(object model, ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, Optimizer optimizer, ReadOnlySpan<int> lengths) =>
        TrainStep(model, new TrainingBatch<TInput, TTarget> { Inputs = inputs, Targets = targets, Count = count, Lengths = lengths }, optimizer);

    /// <summary>One step of truncated back-propagation through time: gradients and update at once. It does not allocate after the first call.</summary>
    /// <param name="model">The model of this core.</param>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="targets"><c>count × Layout.TargetLength</c> elements.</param>
    /// <param name="count">Sequences, at least 1; more than <c>BatchSize</c> run in groups.</param>
    /// <param name="optimizer">The optimiser; from now on it belongs to this model.</param>
    /// <param name="state">The states that the sequences start from; replaced by those that they end in.</param>
    /// <param name="lengths">Steps of each sequence, or empty if all have all steps.</param>
    /// <returns>The mean loss before the update; NaN if there is no target, and then nothing is updated.</returns>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="NonFiniteException">The loss or the gradient is not finite, or a parameter or moment would not be after the update; nothing was updated, and the states did not change.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TNumber TrainStep(
        object model, ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, Optimizer optimizer, BatchState<TNumber> state, ReadOnlySpan<int> lengths)
    {
        ArgumentNullException.ThrowIfNull(state);
        return TrainStep(model, new TrainingBatch<TInput, TTarget> { Inputs = inputs, Targets = targets, Count = count, Lengths = lengths, State = state }, optimizer);
    }

    /// <summary>Creates the states of new sequences, for windows of sequences that are longer than <c>SequenceLength</c>, or to set initial states.</summary>
    /// <param name="count">Sequences, at least 1.</param>
    public BatchState<TNumber> CreateBatchState(int count) => new(count, Shape.StateLength);

    private ResetPieces<TNumber, TInput, TTarget> Pieces => _pieces ??= new(Layout);

    // Sequences with resets run as the pieces between them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private TNumber Run(TrainingJob<TNumber, TInput, TTarget> job, in TrainingBatch<TInput, TTarget> batch, BatchState<TNumber>? state)
    {
        if (batch.Resets.IsEmpty)
        {
            return job.ComputeGradients(batch, state);
        }

        Pieces.Cut(batch, state);
        try
        {
            return job.ComputeGradients(Pieces.Batch, Pieces.State);
        }
        catch (NonFiniteException e) when (e.Sequence is not null)
        {
            throw Pieces.InBatch(e);
        }
    }

    // What a step leaves for the next, when nothing can fail any more.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected virtual void Commit(in TrainingBatch<TInput, TTarget> batch, BatchState<TNumber>? state)
    {
        DropoutStep++;
        if (state is null)
        {
            return;
        }

        if (batch.Resets.IsEmpty)
        {
            state.CommitGradients(batch.Count);
            return;
        }

        Pieces.State!.CommitGradients(Pieces.Count);
        Pieces.GiveStates(state);
        Pieces.GiveGradients(state);
    }

    private UpdatePass<TNumber> Pass
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        get
        {
            _pass ??= new(Pack);
            _pass.Threads = _threads;
            return _pass;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pack(int first, int last) => _program.Pack(ref FirstParameter, ref Packs, first, last);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Update(object model, Optimizer optimizer, in ParameterChange<TNumber> change)
    {
        Flow?.BeginUpdate<TNumber>(_parameters, change.Segments);
        bool isPacked = optimizer.Update(model, change);
        Flow?.EndUpdate<TNumber>(_parameters, change.Segments);
        if (!isPacked)
        {
            Pack(0, _parameters.Length);
        }

        PackRest();
    }

    // Returns the batch's state as one of this model.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private BatchState<TNumber>? CheckTraining(in TrainingBatch<TInput, TTarget> batch)
    {
        ReadOnlySpan<TInput> inputs = batch.Inputs;
        ReadOnlySpan<TTarget> targets = batch.Targets;
        ReadOnlySpan<int> lengths = batch.Lengths;
        int count = batch.Count;
        Check.Count(count, 1);
        Check.Lengths(lengths, count, Layout.SequenceLength);
        CheckLength(inputs.Length, (long)count * Layout.InputLength, nameof(inputs), Shape.InputName);
        if (targets.Length != (long)count * Layout.TargetLength)
        {
            Check.Length(targets.Length, (long)count * Layout.TargetLength, nameof(targets), Shape.TargetName);
        }

        Check.Weights(batch.Weights, count, LossTerms.StepsOf(Layout));
        _program.Check(targets, lengths);
        CheckTokens(inputs, nameof(inputs), lengths);
        Check.Resets(batch.Resets, count, Shape.StateLength, Layout);
        return Check.State<TNumber>(batch.State, count, Shape.StateLength, Layout);
    }
}
