using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>
/// Many sequences that are processed together, one step of all at a time: the base of a model's <c>Streams</c>. A step reads each weight once for many streams, where a
/// <c>State</c> reads it for one. Outputs have the bits that <c>Predict</c> has of the same steps.
/// </summary>
/// <typeparam name="TNumber">The number type.</typeparam>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class StreamStates<TNumber, TInput, TTarget>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly ModelCore<TNumber, TInput, TTarget> _core;
    private readonly StreamsShape _shape;
    private readonly AlignedBuffer<TNumber>[] _arenas;
    private readonly int[][] _steps; // of each row of each arena, where outputs are pooled
    private readonly TNumber[][] _statics; // of each row of each arena, where some inputs are given once
    private readonly TInput[][] _read; // what the first layer reads of each row of each arena, where it is made of columns
    private readonly bool[] _hasStatics; // of each stream
    private readonly int _rows; // of an arena that are in use, but for the last arena
    private readonly int _inputStep;
    private readonly int _outputSize;
    private readonly long _flops;
    private readonly bool[][] _hasStep; // of each row of each arena, since its stream began, where the output layer is read
    private readonly InputShape? _columns;
    private StepJob? _job;
    private bool _isOdd;

    /// <summary>Creates new sequences.</summary>
    /// <param name="core">The model.</param>
    /// <param name="count">Streams, at least 1.</param>
    protected StreamStates(ModelCore<TNumber, TInput, TTarget> core, int count)
    {
        ArgumentNullException.ThrowIfNull(core);
        Check.Count(count, 1);
        (_core, _shape, Count) = (core, core.Shape.Streams!, count);
        ModelLayout layout = core.Shape.Layout;
        (_inputStep, _outputSize, _flops) = (layout.InputStep, core.Shape.OutputSize, layout.ForwardFlops / layout.SequenceLength);
        _rows = RowShares.Of(count, _shape.Rows, core.Threads, _flops).Size;
        int arenas = (count - 1) / _rows + 1;
        _arenas = new AlignedBuffer<TNumber>[arenas];
        _steps = new int[IsPooled ? arenas : 0][];
        _hasStep = new bool[core.Shape.Head is null ? 0 : arenas][];
        for (int i = 0; i < arenas; i++)
        {
            _arenas[i] = new(_shape.ArenaLength);
        }

        for (int i = 0; i < _steps.Length; i++)
        {
            _steps[i] = new int[2 + 2 * _shape.Rows];
        }

        for (int i = 0; i < _hasStep.Length; i++)
        {
            _hasStep[i] = new bool[_shape.Rows];
        }

        _columns = core.Shape.Training.Columns;
        (_read, _statics, _hasStatics) = (new TInput[_columns is null ? 0 : arenas][], new TNumber[StaticSize == 0 ? 0 : arenas][], new bool[StaticSize == 0 ? 0 : count]);
        for (int i = 0; i < _read.Length; i++)
        {
            _read[i] = new TInput[_shape.Rows * _columns!.Width];
        }

        for (int i = 0; i < _statics.Length; i++)
        {
            _statics[i] = new TNumber[_shape.Rows * StaticSize];
        }

        Reset();
    }

    /// <summary>The number of streams.</summary>
    public int Count { get; }

    private int StaticSize => _columns?.StaticSize ?? 0;

    private bool IsPooled => _shape.Pool.Width > 0;

    private int Length => _core.Shape.Stream!.Length;

    /// <summary>
    /// Processes one step of every stream. It does not allocate after the first call. Where that pays, it runs on the model's <c>Threads</c>; streams are stored for as many threads as
    /// the model had when they were created.
    /// </summary>
    /// <param name="inputs">[<c>Count × InputSize</c>] values, or [<c>Count</c>] tokens: one stream after the other.</param>
    /// <param name="outputs">[<c>Count × OutputSize</c>] values, written. They may take the place of the inputs (in place) if they start where these do and <c>OutputSize</c> is not greater than <c>InputSize</c>.</param>
    /// <exception cref="ArgumentException">A span has another length, a token is outside the vocabulary, or the spans overlap in another way. Nothing changed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step(ReadOnlySpan<TInput> inputs, Span<TNumber> outputs)
    {
        Check.Length(inputs.Length, (long)Count * _inputStep, nameof(inputs), "Count × InputSize");
        Check.Length(outputs.Length, (long)Count * _outputSize, nameof(outputs), "Count × OutputSize");
        bool inPlace = Check.InPlace(inputs, _inputStep, outputs, _outputSize, nameof(inputs));
        CheckInputs(inputs);
        CountSteps();

        // Outputs that are fewer than the inputs whose place they take reach into those of earlier streams, which one thread has read by then.
        int threads = inPlace && _outputSize != _inputStep ? 1 : Math.Min(RowShares.Of(Count, _shape.Rows, _core.Threads, _flops).Threads, _arenas.Length);
        if (threads == 1)
        {
            Step(ref MemoryMarshal.GetReference(inputs), ref MemoryMarshal.GetReference(outputs), 0, 1);
        }
        else
        {
            (_job ??= new(this)).Step(inputs, outputs, threads);
        }

        _isOdd = !_isOdd;
        foreach (bool[] rows in _hasStep)
        {
            Array.Fill(rows, true);
        }
    }

    // A step of some arenas. No two threads share one: the processor would fetch ahead the rows that the other writes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Step(ref TInput inputs, ref TNumber outputs, int part, int parts)
    {
        for (int arena = part; arena < _arenas.Length; arena += parts)
        {
            int first = arena * _rows;
            StreamedRows rows = new(IsPooled ? RowsOf(arena) : default, _isOdd, Math.Min(_rows, Count - first));
            ref TInput x = ref Unsafe.Add(ref inputs, (nint)first * _inputStep);
            if (_columns is not null)
            {
                x = ref Read(ref x, arena, rows.Count);
            }

            _core.Program.Streams(
                ref x, ref _core.FirstParameter, ref _core.PredictedPacks, ref _arenas[arena].First, ref Unsafe.Add(ref outputs, (nint)first * _outputSize), rows);
        }
    }

    // What the first layer reads of a step of an arena's streams.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ref TInput Read(ref TInput inputs, int arena, int count)
    {
        TInput[] read = _read[arena];
        for (int row = 0; row < count; row++)
        {
            ref TNumber statics = ref StaticSize == 0 ? ref Unsafe.NullRef<TNumber>() : ref _statics[arena][row * StaticSize];
            InputColumns.Read(
                _columns!, ref Unsafe.As<TInput, TNumber>(ref Unsafe.Add(ref inputs, row * _inputStep)), ref statics, ref _core.FirstParameter, ref Unsafe.As<TInput, TNumber>(ref read[row * _columns!.Width]));
        }

        return ref read[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CheckInputs(ReadOnlySpan<TInput> inputs)
    {
        if (_columns is null)
        {
            _core.CheckTokens(inputs, nameof(inputs), default);
            return;
        }

        Check.StepCategories(new Place(nameof(inputs)) { Of = "stream" }, _core.Shape.Layout, MemoryMarshal.Cast<TInput, TNumber>(inputs));
        int stream = _hasStatics.AsSpan().IndexOf(false);
        if (stream >= 0)
        {
            throw new InvalidOperationException(Invariant($"{_core.Shape.Layout.ModelName} has {StaticSize} inputs that are given once a sequence; call SetStatics of stream {stream} before the first step."));
        }
    }

    /// <summary>Sets the inputs of one stream that are given once.</summary>
    /// <param name="stream">The stream, from 0.</param>
    /// <param name="statics">As many elements as the model has of them, in the order of its <c>Layout.Inputs</c>.</param>
    /// <exception cref="ArgumentException">There is no such stream, the span has another length, or a category is out of range. Nothing changed.</exception>
    protected void TakeStatics(int stream, ReadOnlySpan<TInput> statics)
    {
        Check.Stream(stream, Count, nameof(stream));
        Check.Length(statics.Length, StaticSize, nameof(statics), "statics");
        ReadOnlySpan<TNumber> values = MemoryMarshal.Cast<TInput, TNumber>(statics);
        Check.StaticCategories(new Place(nameof(statics)), _core.Shape.Layout, values);
        values.CopyTo(Statics(stream));
        _hasStatics[stream] = true;
    }

    private Span<TNumber> Statics(int stream) => _statics[stream / _rows].AsSpan(stream % _rows * StaticSize, StaticSize);

    // Each stream's number of steps, with the one that comes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CountSteps()
    {
        for (int arena = 0; arena < _steps.Length; arena++)
        {
            GroupRows rows = RowsOf(arena);
            for (int row = 0; row < _shape.Rows; row++)
            {
                rows.SetLength(row, rows.Length(row) + 1);
            }
        }
    }

    private GroupRows RowsOf(int arena) => new(_steps[arena], 0, _shape.Rows);

    /// <summary>Reads what the loss reads of a stream's latest step: the output layer's values behind their links. It does not allocate.</summary>
    /// <param name="stream">The stream, from 0.</param>
    /// <param name="values">[<c>Layout.HeadSize</c>] values, written.</param>
    /// <exception cref="ArgumentException">There is no such stream, or the span has another length.</exception>
    /// <exception cref="InvalidOperationException">No step was processed since the stream was created, reset or restored.</exception>
    protected void ReadHead(int stream, Span<TNumber> values)
    {
        Check.Stream(stream, Count, nameof(stream));
        Check.Length(values.Length, _core.Shape.Head!.Size, nameof(values), "Layout.HeadSize");
        Check.HasStep(HasStep(stream));
        _core.Program.Read(HeadReading.Parameters, ref MemoryMarshal.GetReference(Head(stream)), ref MemoryMarshal.GetReference(values), _outputSize, default);
    }

    /// <summary>Draws values that the targets of a stream's latest step might have, from the distribution that the step predicts. It does not allocate.</summary>
    /// <param name="stream">The stream, from 0.</param>
    /// <param name="values">[<c>OutputSize</c>] values, written.</param>
    /// <param name="draws">The chance.</param>
    /// <exception cref="ArgumentException">There is no such stream, or the span has another length.</exception>
    /// <exception cref="InvalidOperationException">No step was processed since the stream was created, reset or restored.</exception>
    /// <exception cref="NotSupportedException">The loss is not that of a distribution.</exception>
    protected void Draw(int stream, Span<TNumber> values, HeadDraws draws)
    {
        Check.Stream(stream, Count, nameof(stream));
        Check.Length(values.Length, _outputSize, nameof(values), "OutputSize");
        if (_core.Shape.Head is not { Draws: true })
        {
            throw new NotSupportedException($"The loss of {_core.Shape.Layout.ModelName} is not that of a distribution; declare one such as Loss.Gaussian.");
        }

        Check.HasStep(HasStep(stream));
        _core.Program.Read(HeadReading.Draw, ref MemoryMarshal.GetReference(Head(stream)), ref MemoryMarshal.GetReference(values), _outputSize, draws);
    }

    /// <summary>Begins new sequences in all streams.</summary>
    public void Reset()
    {
        for (int stream = 0; stream < Count; stream++)
        {
            Begin(stream);
        }
    }

    /// <summary>Begins a new sequence in one stream; the others continue.</summary>
    /// <param name="stream">The stream, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such stream.</exception>
    public void Reset(int stream)
    {
        Check.Stream(stream, Count, nameof(stream));
        Begin(stream);
    }

    private void Begin(int stream)
    {
        foreach (StreamedRowState state in _shape.States)
        {
            Span<TNumber> values = Values(stream, state);
            values.Clear();
            if (state.Learned >= 0)
            {
                MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _core.Packs, state.Learned), state.Size).CopyTo(values);
            }
        }

        if (IsPooled)
        {
            Pool(stream).Clear();
            SetSteps(stream, 0);
        }

        ForgetStep(stream);
    }

    // There is nothing to read of a stream until its next step.
    private void ForgetStep(int stream)
    {
        if (_hasStep.Length > 0)
        {
            HasStep(stream) = false;
        }
    }

    /// <summary>Copies one stream to another: that one continues as this one does.</summary>
    /// <param name="from">The stream that is copied, from 0.</param>
    /// <param name="to">The stream that is replaced.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such stream; nothing changed.</exception>
    public void Copy(int from, int to)
    {
        Check.Stream(from, Count, nameof(from));
        Check.Stream(to, Count, nameof(to));
        CopyStream(from, this, to);
    }

    private void CopyStream(int from, StreamStates<TNumber, TInput, TTarget> target, int to)
    {
        foreach (StreamedRowState state in _shape.States)
        {
            Values(from, state).CopyTo(target.Values(to, state));
        }

        if (StaticSize > 0)
        {
            Statics(from).CopyTo(target.Statics(to));
            target._hasStatics[to] = _hasStatics[from];
        }

        if (IsPooled)
        {
            Pool(from).CopyTo(target.Pool(to));
            target.SetSteps(to, Steps(from));
        }

        if (_hasStep.Length > 0)
        {
            Head(from).CopyTo(target.Head(to));
            target.HasStep(to) = HasStep(from);
        }
    }

    /// <summary>Copies all streams to another set of the same model class and count.</summary>
    /// <param name="target">The other set.</param>
    protected void CopyAll(StreamStates<TNumber, TInput, TTarget> target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Count != Count)
        {
            throw new ArgumentException(Invariant($"The other set has {target.Count} streams; {Count} are needed. Create it with the model's CreateStreams({Count})."), nameof(target));
        }

        for (int stream = 0; stream < Count; stream++)
        {
            CopyStream(stream, target, stream);
        }
    }

    /// <summary>Writes one stream's values, as a <c>State</c> saves its own: the hidden (and cell) states of all layers; if outputs are pooled, also the pooled values so far and the number of steps.</summary>
    /// <param name="stream">The stream, from 0.</param>
    /// <param name="values">[<c>Length</c>] values, written.</param>
    /// <exception cref="ArgumentException">There is no such stream, or the span has another length.</exception>
    public void Save(int stream, Span<TNumber> values)
    {
        Check.Stream(stream, Count, nameof(stream));
        Check.Length(values.Length, Length, nameof(values), "Streams.Length");
        int to = 0;
        foreach (StreamedRowState state in _shape.States)
        {
            StepRing.Save<TNumber>(Values(stream, state), state.Size, state.Slot, values[to..]);
            to += state.Size;
        }

        if (IsPooled)
        {
            Pool(stream)[.._shape.Pool.Width].CopyTo(values[to..]);
            values[to + _shape.Pool.Width] = TNumber.CreateTruncating(Steps(stream));
        }
    }

    /// <summary>Writes the values of all streams, one after the other.</summary>
    /// <param name="values">[<c>Count × Length</c>] values, written.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public void Save(Span<TNumber> values)
    {
        Check.Length(values.Length, (long)Count * Length, nameof(values), "Count × Streams.Length");
        for (int stream = 0; stream < Count; stream++)
        {
            Save(stream, values.Slice(stream * Length, Length));
        }
    }

    /// <summary>Restores all streams from values that <c>Save</c> wrote.</summary>
    /// <param name="values">[<c>Count × Length</c>] values.</param>
    /// <exception cref="ArgumentException">The span has another length; nothing changed.</exception>
    public void Restore(ReadOnlySpan<TNumber> values)
    {
        Check.Length(values.Length, (long)Count * Length, nameof(values), "Count × Streams.Length");
        for (int stream = 0; stream < Count; stream++)
        {
            Restore(stream, values.Slice(stream * Length, Length));
        }
    }

    /// <summary>Restores one stream from values that <c>Save</c> wrote, or a <c>State</c>; the others continue.</summary>
    /// <param name="stream">The stream, from 0.</param>
    /// <param name="values">[<c>Length</c>] values.</param>
    /// <exception cref="ArgumentException">There is no such stream, or the span has another length; nothing changed.</exception>
    public void Restore(int stream, ReadOnlySpan<TNumber> values)
    {
        Check.Stream(stream, Count, nameof(stream));
        Check.Length(values.Length, Length, nameof(values), "Streams.Length");
        int from = 0;
        foreach (StreamedRowState state in _shape.States)
        {
            StepRing.Restore(values[from..], state.Size, state.Slot, Values(stream, state));
            from += state.Size;
        }

        if (IsPooled)
        {
            values.Slice(from, _shape.Pool.Width).CopyTo(Pool(stream));
            SetSteps(stream, int.CreateTruncating(values[from + _shape.Pool.Width]));
        }

        ForgetStep(stream);
    }

    // What the next step reads of a stream's state.
    private Span<TNumber> Values(int stream, StreamedRowState state) =>
        _arenas[stream / _rows].Span.Slice((_isOdd ? state.Odd : state.Even) + stream % _rows * state.Row, state.Row);

    private Span<TNumber> Pool(int stream) => _arenas[stream / _rows].Span.Slice(_shape.Pool.Offset + stream % _rows * _shape.Pool.Row, _shape.Pool.Row);

    private Span<TNumber> Head(int stream) => _arenas[stream / _rows].Span.Slice(_shape.Head.At(0, stream % _rows), _core.Shape.Head!.Size);

    private ref bool HasStep(int stream) => ref _hasStep[stream / _rows][stream % _rows];

    private int Steps(int stream) => RowsOf(stream / _rows).Length(stream % _rows);

    private void SetSteps(int stream, int steps) => RowsOf(stream / _rows).SetLength(stream % _rows, steps);

    /// <summary>A step on several threads, each of which has arenas of its own.</summary>
    private sealed unsafe class StepJob(StreamStates<TNumber, TInput, TTarget> streams) : ParallelJob
    {
        private TInput* _inputs;
        private TNumber* _outputs;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Step(ReadOnlySpan<TInput> inputs, Span<TNumber> outputs, int threads)
        {
            fixed (TInput* x = inputs)
            fixed (TNumber* y = outputs)
            {
                _inputs = x;
                _outputs = y;
                Run(threads);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected override void RunPart(int part, int parts) => streams.Step(ref *_inputs, ref *_outputs, part, parts);
    }
}
