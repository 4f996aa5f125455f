using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>The implementation of a model that decodes its output step by step.</summary>
/// <typeparam name="TNumber">The number type.</typeparam>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class DecodingCore<TNumber, TInput, TTarget> : ModelCore<TNumber, TInput, TTarget>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly ObjectPool<ModelDecoder<TNumber, TInput, TTarget>> _decoders = new();
    private double _scheduledSampling;
    private int _made;

    /// <summary>Creates the core of a model, with parameters of 0.</summary>
    /// <param name="shape">The model's shape.</param>
    /// <param name="program">Its program, at any width.</param>
    /// <param name="decoder">The shape of its decoder.</param>
    public DecodingCore(ModelShape shape, ModelProgram<TNumber, TInput, TTarget> program, DecoderShape decoder) : base(shape, program)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        Decoder = decoder;
    }

    /// <summary>The shape of the decoder.</summary>
    public DecoderShape Decoder { get; }

    /// <summary>
    /// Scheduled sampling (S. Bengio et al. 2015): in training, the share of steps, from 0 to 1, at which the decoder reads its own output (the most probable token, if it decodes
    /// tokens) instead of the target. Raise it from epoch to epoch. No gradient flows through what is read. A training step then costs one more decoding.
    /// Default: 0, teacher forcing.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    /// <exception cref="InvalidOperationException">Another thread's <c>Fit</c>, <c>Evaluate</c> or step is running.</exception>
    public double ScheduledSampling
    {
        get => _scheduledSampling;
        set
        {
            RequireOwnTurn();
            _scheduledSampling = Check.Share(value, nameof(ScheduledSampling));
        }
    }

    /// <summary>The seed of the steps of scheduled sampling. Default: 0.</summary>
    /// <exception cref="InvalidOperationException">Another thread's <c>Fit</c>, <c>Evaluate</c> or step is running.</exception>
    public int SamplingSeed
    {
        get;
        set
        {
            RequireOwnTurn();
            field = value;
        }
    }

    /// <summary>The number of gradients that were computed. It determines the sampled steps of the next one, with the seed and each sequence's place. Set it to resume a training.</summary>
    /// <exception cref="InvalidOperationException">Another thread's <c>Fit</c>, <c>Evaluate</c> or step is running.</exception>
    public long SamplingStep
    {
        get;
        set
        {
            RequireOwnTurn();
            field = value;
        }
    }

    /// <summary>Whether the loss that is computed now reads the model's own outputs.</summary>
    internal bool IsFreeRunning { get; private set; }

    /// <summary>Computes the mean free-running loss: each step reads the model's own previous output.</summary>
    /// <param name="model">The model of this core.</param>
    /// <param name="batch">The sequences.</param>
    public TNumber ComputeFreeRunningLoss(object model, in TrainingBatch<TInput, TTarget> batch)
    {
        using TrainingTurn turn = TrainingTurn.Hold(model, mayBeWithin: true);
        IsFreeRunning = true;
        try
        {
            return ComputeLoss(model, batch);
        }
        finally
        {
            IsFreeRunning = false;
        }
    }

    /// <summary>Computes the mean free-running loss: each step reads the model's own previous output.</summary>
    /// <param name="model">The model of this core.</param>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements.</param>
    /// <param name="targets"><c>count × Layout.TargetLength</c> elements.</param>
    /// <param name="count">Sequences, at least 1; more than <c>BatchSize</c> run in groups.</param>
    /// <param name="lengths">Steps of each sequence, or empty if all have all steps.</param>
    public TNumber ComputeFreeRunningLoss(object model, ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, ReadOnlySpan<int> lengths) =>
        ComputeFreeRunningLoss(model, new TrainingBatch<TInput, TTarget> { Inputs = inputs, Targets = targets, Count = count, Lengths = lengths });

    /// <inheritdoc/>
    public override void CopyFrom(object model, ModelCore<TNumber, TInput, TTarget> other)
    {
        base.CopyFrom(model, other);
        var decoding = (DecodingCore<TNumber, TInput, TTarget>)other;
        (_scheduledSampling, SamplingSeed, SamplingStep) = (decoding._scheduledSampling, decoding.SamplingSeed, decoding.SamplingStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override void Run(ReadOnlySpan<TInput> inputs, Span<TNumber> outputs, SequenceRange range, ReadOnlySpan<int> lengths)
    {
        ModelLayout layout = Shape.Layout;
        ModelDecoder<TNumber, TInput, TTarget> decoder = Rent();
        for (int start = range.First; start < range.Last; start += layout.BatchSize)
        {
            // One sequence may be given without what is beyond its length.
            int size = Math.Min(layout.BatchSize, range.Last - start);
            ReadOnlySpan<TInput> group = inputs.Slice(start * layout.InputLength, Math.Min(size * layout.InputLength, inputs.Length));
            decoder.Read(group, size, lengths.IsEmpty ? default : lengths.Slice(start, size));
            decoder.Predict(outputs.Slice(start * layout.OutputLength, size * layout.OutputLength), start);
        }

        _decoders.Return(decoder);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void RunHead(HeadReading reading, ReadOnlySpan<TInput> input, Span<TNumber> output, HeadDraws draws, int length)
    {
        ModelDecoder<TNumber, TInput, TTarget> decoder = Rent();
        decoder.Read(input, 1, new ReadOnlySpan<int>(in length));
        decoder.Read(reading, output, draws);
        Return(decoder);
    }

    /// <summary>Decodes one sequence of tokens. After the first call with the same kind of options it does not allocate. Safe to call from many threads at once.</summary>
    /// <param name="input">The values of the input's steps, one step after the other.</param>
    /// <param name="tokens">Receives the tokens; at least <c>OutputLength</c> elements.</param>
    /// <param name="options">How tokens are chosen; by default the most probable one at each step.</param>
    /// <param name="length">Steps of the input, from 1 to <c>SequenceLength</c>.</param>
    /// <returns>The number of tokens, without the end token.</returns>
    /// <exception cref="ArgumentException">A span has another length, or the options have too many beams.</exception>
    /// <exception cref="NonFiniteException">A logit is NaN or infinite, so that no token is the most probable.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Generate(ReadOnlySpan<TInput> input, Span<int> tokens, DecodingOptions? options, int length)
    {
        CheckDecoding(input, tokens, length);
        return Decode(input, tokens, options ?? DecodingOptions.Greedy, default, length);
    }

    /// <summary>Decodes one sequence of tokens, the most probable one at each step, and returns the attention of each step over the input.</summary>
    /// <param name="input">The values of the input's steps, one step after the other.</param>
    /// <param name="tokens">Receives the tokens; at least <c>OutputLength</c> elements.</param>
    /// <param name="attention"><c>[OutputLength × SequenceLength]</c> weights, written for each token: they sum to 1 over the input's steps.</param>
    /// <param name="length">Steps of the input, from 1 to <c>SequenceLength</c>.</param>
    /// <returns>The number of tokens, without the end token.</returns>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="NonFiniteException">A logit is NaN or infinite, so that no token is the most probable.</exception>
    public int GenerateWithAttention(ReadOnlySpan<TInput> input, Span<int> tokens, Span<TNumber> attention, int length) => GenerateWithAttention(input, tokens, attention, DecodingOptions.Greedy, length);

    /// <summary>Decodes one sequence of tokens, and returns the attention of each of its steps over the input; of beams that of the sequence that is returned.</summary>
    /// <param name="input">The values of the input's steps, one step after the other.</param>
    /// <param name="tokens">Receives the tokens; at least <c>OutputLength</c> elements.</param>
    /// <param name="attention"><c>[OutputLength × SequenceLength]</c> weights, written for each token: they sum to 1 over the input's steps.</param>
    /// <param name="options">How tokens are chosen.</param>
    /// <param name="length">Steps of the input, from 1 to <c>SequenceLength</c>.</param>
    /// <returns>The number of tokens, without the end token.</returns>
    /// <exception cref="ArgumentException">A span has another length, or the options have too many beams.</exception>
    /// <exception cref="NonFiniteException">A logit is NaN or infinite, so that no token is the most probable.</exception>
    public int GenerateWithAttention(ReadOnlySpan<TInput> input, Span<int> tokens, Span<TNumber> attention, DecodingOptions options, int length)
    {
        ArgumentNullException.ThrowIfNull(options);
        CheckDecoding(input, tokens, length);
        Check.Length(attention.Length, Decoder.Steps * Shape.Layout.SequenceLength, nameof(attention), "OutputLength × SequenceLength");
        attention.Clear();
        return Decode(input, tokens, options, attention, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Decode(ReadOnlySpan<TInput> input, Span<int> tokens, DecodingOptions options, Span<TNumber> weights, int length)
    {
        long begin = BeginPrediction();
        ModelDecoder<TNumber, TInput, TTarget> decoder = Rent();
        decoder.Read(input, 1, new ReadOnlySpan<int>(in length));
        int count = decoder.Generate(tokens, options, weights);
        _decoders.Return(decoder);
        EndPrediction(begin, 1);
        return count;
    }

    private void CheckDecoding(ReadOnlySpan<TInput> input, Span<int> tokens, int length)
    {
        CheckOne(input, length);
        Check.AtLeast(tokens.Length, Decoder.Steps, nameof(tokens), "OutputLength");
        CheckTokens(input, nameof(input), length);
    }

    internal override void PrepareThreads(int threads, bool areSorted)
    {
        while (Volatile.Read(ref _made) < threads)
        {
            _decoders.Return(MakeDecoder());
        }
    }

    internal ModelDecoder<TNumber, TInput, TTarget> Rent() => _decoders.Rent() ?? MakeDecoder();

    private ModelDecoder<TNumber, TInput, TTarget> MakeDecoder()
    {
        Interlocked.Increment(ref _made);
        return new(this);
    }

    internal void Return(ModelDecoder<TNumber, TInput, TTarget> decoder) => _decoders.Return(decoder);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void Commit(in TrainingBatch<TInput, TTarget> batch, BatchState<TNumber>? state)
    {
        base.Commit(batch, state);
        SamplingStep++;
    }
}

/// <summary>Decodes sequences: it reads the input layer by layer, then decodes step by step, each step reading the output of the previous one.</summary>
internal sealed class ModelDecoder<TNumber, TInput, TTarget> : SequenceDecoder<TNumber>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly DecodingCore<TNumber, TInput, TTarget> _core;
    private readonly AlignedBuffer<TNumber> _arena;
    private readonly int[] _rows;
    private readonly TInput[] _sorted;
    private readonly TNumber[] _known; // of each row and step, in front of them what is fed

    public ModelDecoder(DecodingCore<TNumber, TInput, TTarget> core) : base(core.Decoder)
    {
        _core = core;
        ModelLayout layout = core.Shape.Layout;
        _arena = new(core.Shape.ScratchLength);
        _rows = new int[layout.SequenceLength + 2 + 2 * layout.BatchSize];
        _sorted = new TInput[layout.BatchSize * core.ReadLength];
        _known = KnownSize == 0 ? [] : new TNumber[layout.BatchSize * KnownLength];
    }

    protected override Span<TNumber> Arena => _arena.Span;

    protected override ReadOnlySpan<TNumber> Parameters => _core.Parameters;

    protected override GroupRows Group => new(_rows, _core.Shape.Layout.SequenceLength, _core.Shape.Layout.BatchSize);

    /// <summary>Reads sequences, and sets the decoder's initial states.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read(ReadOnlySpan<TInput> inputs, int size, ReadOnlySpan<int> lengths)
    {
        Group.Fill(lengths, size);
        _core.ReadRows(inputs, Group, _sorted);
        ReadKnown(inputs);
        _core.Program.PredictRows(ref _sorted[0], ref _core.FirstParameter, ref _core.PredictedPacks, ref _arena.First, ref Unsafe.NullRef<TNumber>(), Group, size);
    }

    protected override void ReadHead(HeadReading reading, ReadOnlySpan<TNumber> head, Span<TNumber> values, HeadDraws draws) =>
        _core.Program.Read(reading, ref MemoryMarshal.GetReference(head), ref MemoryMarshal.GetReference(values), _core.Shape.OutputSize, draws);

    private int KnownSize => _core.Shape.Training.Columns?.KnownSize ?? 0;

    private int KnownLength => _core.Decoder.Steps * KnownSize;

    // The elements that are known for decoded steps, in the order of the rows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadKnown(ReadOnlySpan<TInput> inputs)
    {
        if (KnownSize > 0)
        {
            ModelLayout layout = _core.Shape.Layout;
            Group.Sort(MemoryMarshal.Cast<TInput, TNumber>(inputs[_core.Shape.Training.Columns!.Known..]), layout.InputLength, KnownLength, _known);
        }
    }

    // Beams share what is known of their sequence.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FeedKnown(int rows, bool isShared, int step)
    {
        InputShape columns = _core.Shape.Training.Columns!;
        for (int row = 0; row < rows; row++)
        {
            ref TNumber known = ref _known[(isShared ? 0 : row) * KnownLength + step * columns.KnownSize];
            InputColumns.ReadKnown(columns, ref known, ref _core.FirstParameter, ref Unsafe.Add(ref _arena.First, _core.Decoder.Fed.At(0, row)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunStep(int rows, bool isShared, int step)
    {
        if (KnownSize > 0)
        {
            FeedKnown(rows, isShared, step);
        }

        if (step % 2 == 1)
        {
            _core.Program.DecodeOdd(ref _core.PredictedPacks, ref _arena.First, Group, isShared, rows);
        }
        else
        {
            _core.Program.DecodeEven(ref _core.PredictedPacks, ref _arena.First, Group, isShared, rows);
        }
    }
}
