using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>
/// The common implementation of all models: parameters and packs, the memory of predictions and of training, threads, the vector width,
/// and the checks of arguments. Each model adds its shape and its program.
/// </summary>
/// <typeparam name="TNumber">The number type.</typeparam>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public partial class ModelCore<TNumber, TInput, TTarget> : ISharedCore
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly TNumber[] _parameters;
    private readonly AlignedBuffer<TNumber> _packs;
    private readonly ScratchPool<TNumber> _scratch;
    private readonly ScratchPool<int> _rows;
    private readonly ScratchPool<TInput> _sorted;
    private readonly ScratchPool<TNumber> _outputs;
    private readonly ObjectPool<PredictionJob<TNumber, TInput, TTarget>> _jobs = new();
    private readonly ModelTelemetry _telemetry;
    private readonly Lock _packing = new();
    private readonly int _inputStep;
    private readonly InputShape? _columns;
    private ModelProgram<TNumber, TInput, TTarget> _program;
    private TrainingJob<TNumber, TInput, TTarget>? _job;
    private VectorWidth _width = VectorWidths.Default;
    private int _turn;
    private int _threads = 1;

    // The number of changes of the parameters, and that of the change whose parameters the packs have that predictions alone read.
    private int _changes;
    private int _packedChange;

    /// <summary>Creates the core of a model, with parameters of 0.</summary>
    /// <param name="shape">The model's shape.</param>
    /// <param name="program">Its program, at any width.</param>
    public ModelCore(ModelShape shape, ModelProgram<TNumber, TInput, TTarget> program)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(program);
        (Shape, _program) = (shape, program.At(_width));
        ModelLayout layout = shape.Layout;
        _parameters = new TNumber[layout.ParameterCount];
        _packs = new(shape.PackLength);
        _scratch = new(shape.ScratchLength);
        _rows = new(layout.SequenceLength + 2 + 2 * layout.BatchSize);
        _columns = shape.Training.Columns;
        ReadStep = _columns?.Width ?? layout.InputStep;
        ReadLength = _columns is null ? layout.InputLength : layout.SequenceLength * ReadStep;
        _sorted = new(layout.BatchSize * ReadLength);
        _outputs = new(layout.OutputLength);
        _telemetry = new(layout.ModelName);
        _inputStep = layout.InputStep;
        DropoutRates = new(shape.Dropouts, RequireOwnTurn);
    }

    /// <summary>The model's shape.</summary>
    public ModelShape Shape { get; }

    /// <summary>Texts that are saved in the model's file, such as its normalisers and vocabularies; loading replaces them.</summary>
    public ModelMetadata Metadata { get; } = new();

    /// <summary>All parameters in one buffer, in the order of the model's <c>Layout</c>.</summary>
    public ReadOnlySpan<TNumber> Parameters => _parameters;

    /// <summary>The number of threads of training, of <c>PredictBatch</c> and of <c>Streams</c>, at least 1; where there is too little to do for all of them, fewer work. Results do not depend on it, to the bit.</summary>
    /// <exception cref="InvalidOperationException">Another thread's <c>Fit</c>, <c>Evaluate</c> or step is running.</exception>
    public int Threads
    {
        get => _threads;
        set
        {
            RequireOwnTurn();
            _threads = Check.Threads(value);
        }
    }

    /// <summary>The width of the vectors that the kernels use; by default the widest of the machine.</summary>
    /// <exception cref="InvalidOperationException">Another thread's <c>Fit</c>, <c>Evaluate</c> or step is running.</exception>
    public VectorWidth VectorWidth
    {
        get => _width;
        set
        {
            RequireOwnTurn();
            (_program, _width) = (_program.At(Check.Width(value)), value);
        }
    }

    /// <summary>The shares that training leaves out, at each place where the declaration has dropout.</summary>
    public DropoutRates DropoutRates { get; }

    /// <summary>The seed of the dropout masks. Default: 0.</summary>
    /// <exception cref="InvalidOperationException">Another thread's <c>Fit</c>, <c>Evaluate</c> or step is running.</exception>
    public int DropoutSeed
    {
        get;
        set
        {
            RequireOwnTurn();
            field = value;
        }
    }

    /// <summary>The number of gradients that were computed. It determines the dropout masks of the next one, with the seed and each sequence's place. Set it to resume a training.</summary>
    /// <exception cref="InvalidOperationException">Another thread's <c>Fit</c>, <c>Evaluate</c> or step is running.</exception>
    public long DropoutStep
    {
        get;
        set
        {
            RequireOwnTurn();
            field = value;
        }
    }

    /// <summary>How the gradient of the latest step flowed: the norms of the states' adjoints over time, of parameters' gradients and of updates, and statistics of the gates.</summary>
    public GradientFlow? Flow { get; init; }

    /// <summary>The thread that trains, measures a loss or replaces the parameters; 0 for none.</summary>
    public ref int Turn => ref _turn;

    internal ref TNumber Packs => ref _packs.First;

    /// <summary>The packs, those that predictions alone read among them. A training step leaves these behind; the first prediction after it packs them.</summary>
    internal ref TNumber PredictedPacks
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (Volatile.Read(ref _packedChange) != Volatile.Read(ref _changes))
            {
                PackToPredict();
            }

            return ref _packs.First;
        }
    }

    internal Span<TNumber> OwnParameters => _parameters;

    internal ref TNumber FirstParameter => ref MemoryMarshal.GetArrayDataReference(_parameters);

    internal ModelProgram<TNumber, TInput, TTarget> Program => _program;

    /// <summary>Elements that the first layer reads at a step.</summary>
    internal int ReadStep { get; }

    /// <summary>Elements that it reads of a sequence.</summary>
    internal int ReadLength { get; }

    private ModelLayout Layout => Shape.Layout;

    /// <summary>Draws new parameters.</summary>
    /// <param name="seed">The same seed draws the same bits.</param>
    public void Initialize(int seed)
    {
        _program.Initialize(_parameters, seed);
        ParametersChanged();
    }

    /// <summary>Copies the parameters and settings of another model of the class.</summary>
    /// <param name="model">The model of this core.</param>
    /// <param name="other">The other model's core.</param>
    public virtual void CopyFrom(object model, ModelCore<TNumber, TInput, TTarget> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (_threads, VectorWidth, DropoutSeed, DropoutStep) = (other._threads, other._width, other.DropoutSeed, other.DropoutStep);
        DropoutRates.Restore(other.DropoutRates.Values);
        if (Flow is not null && other.Flow is not null)
        {
            Flow.IsEnabled = other.Flow.IsEnabled;
        }

        SetParameters(model, other._parameters);
        Metadata.CopyFrom(other.Metadata);
    }

    /// <summary>Replaces all parameters.</summary>
    /// <param name="model">The model of this core.</param>
    /// <param name="parameters">As many values as the model has parameters.</param>
    /// <exception cref="ArgumentException">The length differs; nothing changed.</exception>
    public void SetParameters(object model, ReadOnlySpan<TNumber> parameters)
    {
        Check.Length(parameters.Length, _parameters.Length, nameof(parameters), "ParameterCount");
        using TrainingTurn turn = new(ref _turn, model);
        parameters.CopyTo(_parameters);
        ParametersChanged();
    }

    /// <summary>A setting may only change between the calls of a training, or in a callback, because a running step reads it.</summary>
    private protected void RequireOwnTurn() => TrainingTurn.RequireOwn(ref _turn, Layout.ModelName);

    /// <summary>Takes the model's turn.</summary>
    internal TrainingTurn TakeTurn(object model) => new(ref _turn, model);

    /// <summary>Packs the parameters again, also for predictions: a stream's next step need not wait for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void ParametersChanged()
    {
        Pack(0, _parameters.Length);
        PackRest();
        PackToPredict();
    }

    // What training reads, besides the matrices.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackRest()
    {
        _program.PackRest(ref FirstParameter, ref Packs);
        Interlocked.Increment(ref _changes);
    }

    // Many threads may predict with a model, and one of them packs.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void PackToPredict()
    {
        lock (_packing)
        {
            // The number before the parameters: those that change while they are packed are packed once more.
            int change = Volatile.Read(ref _changes);
            if (_packedChange != change)
            {
                _program.PackToPredict(ref FirstParameter, ref Packs);
                Volatile.Write(ref _packedChange, change);
            }
        }
    }

    /// <summary>Computes the outputs of one sequence. It does not allocate. Safe to call from many threads at once.</summary>
    /// <param name="input">The values of the sequence's steps, one step after the other.</param>
    /// <param name="output">Receives the outputs.</param>
    /// <param name="length">Steps of the sequence, from 1 to <c>SequenceLength</c>.</param>
    /// <exception cref="ArgumentException">A span has another length, the spans overlap, or the sequence has too few or too many steps.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Predict(ReadOnlySpan<TInput> input, Span<TNumber> output, int length)
    {
        CheckOne(input, length);
        Check.Length(output.Length, Layout.OutputLength, nameof(output), Shape.OutputName);
        Check.Apart(input, output, nameof(input), nameof(output));
        CheckTokens(input, nameof(input), length);
        long begin = BeginPrediction();
        Run(input, output, new(0, 1), new ReadOnlySpan<int>(in length));
        EndPrediction(begin, 1);
    }

    /// <summary>Computes the outputs of one sequence.</summary>
    /// <param name="input">The values of the sequence's steps, one step after the other.</param>
    /// <param name="length">Steps of the sequence, from 1 to <c>SequenceLength</c>.</param>
    /// <returns>The outputs.</returns>
    /// <exception cref="ArgumentException">The span has another length, or the sequence has too few or too many steps.</exception>
    public TNumber[] Predict(ReadOnlySpan<TInput> input, int length)
    {
        TNumber[] output = new TNumber[Layout.OutputLength];
        Predict(input, output, length);
        return output;
    }

    /// <summary>Computes the outputs of many sequences, on <c>Threads</c> threads. It does not allocate. Safe to call from many threads at once.</summary>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="outputs"><c>count × Layout.OutputLength</c> values, written.</param>
    /// <param name="count">Sequences.</param>
    /// <param name="lengths">Steps of each sequence, or empty if all have all steps; inputs beyond them are not read.</param>
    /// <exception cref="ArgumentException">A span has another length, or outputs overlap inputs.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void PredictBatch(ReadOnlySpan<TInput> inputs, Span<TNumber> outputs, int count, ReadOnlySpan<int> lengths)
    {
        CheckBatch(inputs, outputs, count, 0, Shape.OutputName, lengths);
        long begin = BeginPrediction();
        RowShares shares = RowShares.Of(count, Layout.BatchSize, _threads, Layout.ForwardFlops);
        if (shares.Threads == 1)
        {
            Run(inputs, outputs, new(0, count), lengths);
        }
        else
        {
            PredictionJob<TNumber, TInput, TTarget> job = _jobs.Rent() ?? new(this);
            job.Predict(inputs, outputs, count, lengths, shares);
            _jobs.Return(job);
        }

        EndPrediction(begin, count);
    }

    /// <summary>Computes the outputs of sequences that start from states, step by step. Only the states change. Use it to measure a model that was trained with carried states.</summary>
    /// <param name="stream">A state of the model.</param>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="outputs"><c>count × Layout.OutputLength</c> values, overwritten; 0 at steps beyond a sequence's length.</param>
    /// <param name="count">Sequences, at least 1.</param>
    /// <param name="state">The states that the sequences start from; replaced by those that they end in.</param>
    /// <param name="lengths">Steps of each sequence, or empty if all have all steps.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public void PredictBatch(StreamState<TNumber, TInput, TTarget> stream, ReadOnlySpan<TInput> inputs, Span<TNumber> outputs, int count, BatchState<TNumber> state, ReadOnlySpan<int> lengths)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CheckBatch(inputs, outputs, count, 1, "Layout.OutputLength", lengths);
        Check.State(state, count, Shape.StateLength);
        long begin = BeginPrediction();
        TNumber[] values = new TNumber[Shape.Stream!.Length];
        outputs.Clear();
        for (int i = 0; i < count; i++)
        {
            stream.Reset();
            if (state.IsCarried(i))
            {
                Array.Clear(values);
                state[i].CopyTo(values);
                stream.Restore(values);
            }

            ReadOnlySpan<TInput> input = inputs.Slice(i * Layout.InputLength, Layout.InputLength);
            if (_columns is { StaticSize: > 0 })
            {
                stream.TakeStatics(input.Slice(_columns.Statics, _columns.StaticSize));
            }

            int steps = lengths.IsEmpty ? Layout.SequenceLength : lengths[i];
            for (int t = 0; t < steps; t++)
            {
                int at = Layout.OutputSteps == 1 ? 0 : t * Shape.OutputSize;
                stream.Step(input.Slice(t * Layout.InputStep, Layout.InputStep), outputs.Slice(i * Layout.OutputLength + at, Shape.OutputSize));
            }

            stream.Save(values);
            state.Set(i, values.AsSpan(0, Shape.StateLength));
        }

        EndPrediction(begin, count);
    }

    /// <summary>Computes the probabilities of one sequence: the softmax of the logits. It does not allocate.</summary>
    /// <inheritdoc cref="Predict(ReadOnlySpan{TInput}, Span{TNumber}, int)"/>
    /// <exception cref="NonFiniteException">A logit is NaN or infinite, so that there are no probabilities.</exception>
    public void PredictSoftmax(ReadOnlySpan<TInput> input, Span<TNumber> output, int length)
    {
        Predict(input, output, length);
        Logits.Softmax(output, Shape.OutputSize);
        ClearBeyond(output, new ReadOnlySpan<int>(in length));
    }

    /// <summary>Computes the probabilities of one sequence: the sigmoid of the logits. It does not allocate.</summary>
    /// <inheritdoc cref="Predict(ReadOnlySpan{TInput}, Span{TNumber}, int)"/>
    /// <exception cref="NonFiniteException">A logit is NaN, so that there are no probabilities.</exception>
    public void PredictSigmoid(ReadOnlySpan<TInput> input, Span<TNumber> output, int length)
    {
        Predict(input, output, length);
        Logits.Sigmoid(output);
        ClearBeyond(output, new ReadOnlySpan<int>(in length));
    }

    /// <summary>The most probable class of one sequence. It does not allocate.</summary>
    /// <param name="input">The values of the sequence's steps, one step after the other.</param>
    /// <param name="length">Steps of the sequence, from 1 to <c>SequenceLength</c>.</param>
    /// <returns>The class, from 0.</returns>
    /// <exception cref="NonFiniteException">A logit is NaN or infinite, so that no class is the most probable.</exception>
    public int PredictClass(ReadOnlySpan<TInput> input, int length)
    {
        int result = 0;
        PredictClasses(input, new Span<int>(ref result), length);
        return result;
    }

    /// <summary>The most probable class of each output step of one sequence. It does not allocate.</summary>
    /// <param name="input">The values of the sequence's steps, one step after the other.</param>
    /// <param name="classes">Receives the classes, from 0.</param>
    /// <param name="length">Steps of the sequence, from 1 to <c>SequenceLength</c>.</param>
    /// <exception cref="ArgumentException">A span has another length, or the sequence has too few or too many steps.</exception>
    /// <exception cref="NonFiniteException">A logit is NaN or infinite, so that no class is the most probable.</exception>
    public void PredictClasses(ReadOnlySpan<TInput> input, Span<int> classes, int length)
    {
        Check.Length(classes.Length, Layout.OutputSteps, nameof(classes), "output steps");
        AlignedBuffer<TNumber> logits = _outputs.Rent();
        Predict(input, logits.Span, length);
        Logits.Classes<TNumber>(logits.Span, Shape.OutputSize, classes);
        _outputs.Return(logits);
    }

    /// <summary>The labels of one sequence, by greedy decoding (the most probable class of each step); a <see cref="CtcBeamSearch"/> over the logits finds better ones. It does not allocate.</summary>
    /// <param name="input">The values of the sequence's steps, one step after the other.</param>
    /// <param name="labels">Receives the labels; at least one element per step.</param>
    /// <param name="length">Steps of the sequence, from 1 to <c>SequenceLength</c>.</param>
    /// <returns>The number of labels.</returns>
    /// <exception cref="NonFiniteException">A logit is NaN or infinite, so that no class is the most probable.</exception>
    public int PredictLabels(ReadOnlySpan<TInput> input, Span<int> labels, int length)
    {
        AlignedBuffer<TNumber> logits = _outputs.Rent();
        Predict(input, logits.Span, length);
        int count = CtcDecoder.Greedy<TNumber>(logits.Span[..(length * Shape.OutputSize)], Shape.OutputSize, labels);
        _outputs.Return(logits);
        return count;
    }

    /// <summary>When a prediction begins; 0 where nobody wants to know.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected long BeginPrediction() => _telemetry.BeginPrediction();

    /// <summary>Reports a prediction that somebody wants to know of; those of a <c>Fit</c> or an <c>Evaluate</c> are part of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void EndPrediction(long begin, int count)
    {
        if (begin != 0)
        {
            Report(begin, count);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Report(long begin, int count)
    {
        if (!TrainingTurn.IsOwn(ref _turn))
        {
            _telemetry.EndPrediction(begin, count);
        }
    }

    /// <summary>Allocates what the given number of threads predict in, so that no later call does.</summary>
    /// <param name="threads">Threads.</param>
    /// <param name="areSorted">Whether sequences have lengths of their own.</param>
    internal virtual void PrepareThreads(int threads, bool areSorted)
    {
        _scratch.Prepare(threads);
        _rows.Prepare(threads);
        _sorted.Prepare(areSorted || _columns is not null ? threads : 0);
    }

    /// <summary>Predicts sequences that were checked: a range of those that a caller gave.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal virtual void Run(ReadOnlySpan<TInput> inputs, Span<TNumber> outputs, SequenceRange range, ReadOnlySpan<int> lengths)
    {
        ModelLayout layout = Layout;
        AlignedBuffer<TNumber> scratch = _scratch.Rent();
        for (int start = range.First; start < range.Last; start += layout.BatchSize)
        {
            int size = Math.Min(layout.BatchSize, range.Last - start);
            ReadOnlySpan<TInput> x = inputs[(start * layout.InputLength)..];
            ReadOnlySpan<int> steps = lengths.IsEmpty ? default : lengths.Slice(start, size);
            ref TNumber y = ref MemoryMarshal.GetReference(outputs[(start * layout.OutputLength)..]);
            if (size <= (Shape.Stream?.Block?.Sequences ?? 0))
            {
                PredictBlocks(x, ref scratch.First, outputs[(start * layout.OutputLength)..], size, steps);
            }
            else if (size == 1 && Shape.PredictsOne)
            {
                PredictOne(x, ref scratch.First, ref y, steps.IsEmpty ? layout.SequenceLength : steps[0]);
            }
            else
            {
                RunRows(x, ref scratch.First, ref y, size, steps);
            }
        }

        _scratch.Return(scratch);
        ClearBeyond(outputs[(range.First * layout.OutputLength)..(range.Last * layout.OutputLength)], lengths.IsEmpty ? default : lengths[range.First..range.Last]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PredictOne(ReadOnlySpan<TInput> x, ref TNumber a, ref TNumber y, int steps)
    {
        if (_columns is null)
        {
            _program.PredictOne(ref MemoryMarshal.GetReference(x), ref FirstParameter, ref PredictedPacks, ref a, ref y, steps);
            return;
        }

        AlignedBuffer<TInput> read = _sorted.Rent();
        ReadColumns(ref MemoryMarshal.GetReference(x), steps, ref read.First);
        _program.PredictOne(ref read.First, ref FirstParameter, ref PredictedPacks, ref a, ref y, steps);
        _sorted.Return(read);
    }

    /// <summary>What the first layer reads of the steps with which a sequence begins, where it is made of columns.</summary>
    /// <param name="row">The sequence's row, or steps of a sequence without inputs that are given once.</param>
    /// <param name="steps">Their number.</param>
    /// <param name="to">Receives it, one step after the other.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void ReadColumns(ref TInput row, int steps, ref TInput to) =>
        InputColumns.ReadSteps(_columns!, ref Unsafe.As<TInput, TNumber>(ref row), steps, ref FirstParameter, ref Unsafe.As<TInput, TNumber>(ref to));

    /// <summary>What the first layer reads of sequences, in the order of their rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void ReadRows(ReadOnlySpan<TInput> inputs, GroupRows rows, Span<TInput> to)
    {
        if (_columns is null)
        {
            rows.Sort(inputs, Layout.InputLength, to);
            return;
        }

        for (int row = 0; row < rows.Count; row++)
        {
            ReadColumns(ref Unsafe.Add(ref MemoryMarshal.GetReference(inputs), rows.Sequence(row) * Layout.InputLength), rows.Length(row), ref to[row * ReadLength]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunRows(ReadOnlySpan<TInput> inputs, ref TNumber a, ref TNumber y, int size, ReadOnlySpan<int> lengths)
    {
        AlignedBuffer<int> memory = _rows.Rent();
        GroupRows rows = new(memory.Span, Layout.SequenceLength, Layout.BatchSize);
        rows.Fill(lengths, size);
        if (lengths.IsEmpty && _columns is null)
        {
            _program.PredictRows(ref MemoryMarshal.GetReference(inputs), ref FirstParameter, ref PredictedPacks, ref a, ref y, rows, size);
        }
        else
        {
            AlignedBuffer<TInput> sorted = _sorted.Rent();
            ReadRows(inputs, rows, sorted.Span);
            _program.PredictRows(ref sorted.First, ref FirstParameter, ref PredictedPacks, ref a, ref y, rows, size);
            _sorted.Return(sorted);
        }

        _rows.Return(memory);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ClearBeyond(Span<TNumber> outputs, ReadOnlySpan<int> lengths)
    {
        if (Layout.OutputSteps > 1 && !Layout.IsDecoded)
        {
            Rows.ClearBeyond(outputs, Layout.SequenceLength, lengths);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void CheckOne(ReadOnlySpan<TInput> input, int length)
    {
        Check.SequenceLength(length, Layout.SequenceLength);
        if (input.Length != (Layout.IsRow ? Layout.InputLength : length * _inputStep))
        {
            ThrowLength(input, length);
        }
    }

    private void ThrowLength(ReadOnlySpan<TInput> input, int length) => Check.Length(
        input.Length, Layout.IsRow ? Layout.InputLength : length * _inputStep, nameof(input),
        length == Layout.SequenceLength || Layout.IsRow ? Shape.InputName : Shape.InputName.Replace("SequenceLength", "length", StringComparison.Ordinal));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CheckBatch(ReadOnlySpan<TInput> inputs, Span<TNumber> outputs, int count, int minimum, string outputName, ReadOnlySpan<int> lengths)
    {
        Check.Count(count, minimum);
        Check.Lengths(lengths, count, Layout.SequenceLength);
        CheckLength(inputs.Length, (long)count * Layout.InputLength, nameof(inputs), Shape.InputName);
        CheckLength(outputs.Length, (long)count * Layout.OutputLength, nameof(outputs), outputName);
        Check.Apart(inputs, outputs, nameof(inputs), nameof(outputs));
        CheckTokens(inputs, nameof(inputs), lengths);
    }

    /// <summary>Checks the tokens or categories of one sequence: what is given of tokens are its steps, of columns its row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void CheckTokens(ReadOnlySpan<TInput> input, string name, int length) => CheckTokens(input, name, _columns is null ? default : new ReadOnlySpan<int>(in length));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void CheckTokens(ReadOnlySpan<TInput> inputs, string name, ReadOnlySpan<int> lengths)
    {
        if (typeof(TInput) == typeof(int))
        {
            Check.Tokens(MemoryMarshal.Cast<TInput, int>(inputs), Layout.VocabularySize, name, lengths, Layout.SequenceLength);
        }
        else if (_columns is not null)
        {
            Check.Categories(new Place(name), Layout, MemoryMarshal.Cast<TInput, TNumber>(inputs), lengths);
        }
    }

    // Of some sequences; the text is made where it is read.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CheckLength(int length, long expected, string name, string shape)
    {
        if (length != expected)
        {
            Check.Length(length, expected, name, $"count × {shape}");
        }
    }
}
