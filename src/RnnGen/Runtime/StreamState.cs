using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>A sequence that is processed step by step: the base of a model's <c>State</c>.</summary>
/// <typeparam name="TNumber">The number type.</typeparam>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class StreamState<TNumber, TInput, TTarget>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly ModelCore<TNumber, TInput, TTarget> _core;
    private readonly StreamShape _shape;
    private readonly AlignedBuffer<TNumber> _arena;
    private readonly int _inputStep;
    private readonly int _outputSize;
    private readonly int _outputs;
    private readonly TNumber[] _read; // what the first layer reads of a step, where it is made of columns
    private readonly TNumber[] _statics;
    private AlignedBuffer<TNumber>? _block;
    private TInput[]? _readBlock;
    private bool _hasStatics;
    private bool _isOdd;
    private bool _hasStep; // since it began
    private int _steps;

    /// <summary>Creates the state of a new sequence.</summary>
    /// <param name="core">The model.</param>
    protected StreamState(ModelCore<TNumber, TInput, TTarget> core)
    {
        ArgumentNullException.ThrowIfNull(core);
        (_core, _shape) = (core, core.Shape.Stream!);
        (_inputStep, _outputSize, _outputs) = (core.Shape.Layout.InputStep, core.Shape.OutputSize, _shape.Outputs);
        _arena = new(_shape.ArenaLength);
        (_read, _statics, _hasStatics) = core.Shape.Training.Columns is { } columns
            ? (new TNumber[columns.Width], columns.StaticSize == 0 ? [] : new TNumber[columns.StaticSize], columns.StaticSize == 0)
            : ([], [], true);
        Reset();
    }

    /// <summary>Processes one step. It does not allocate.</summary>
    /// <param name="x">[<c>InputSize</c>] values, or a token.</param>
    /// <param name="y">[<c>OutputSize</c>] values, written.</param>
    /// <exception cref="ArgumentException">A span has another length, or a token is outside the vocabulary.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step(ReadOnlySpan<TInput> x, Span<TNumber> y)
    {
        Check.Length(x.Length, _inputStep, nameof(x), "InputSize");
        Check.Length(y.Length, _outputSize, nameof(y), "OutputSize");
        CheckStep(x, nameof(x));
        Advance(ref MemoryMarshal.GetReference(x), ref MemoryMarshal.GetReference(y));
    }

    /// <summary>
    /// Processes a block of steps, as <c>Step</c> does one after the other. Products with the input are computed for many steps at once, so the same numbers take less time; a
    /// sum is then added up in another order than <c>Step</c>'s, and outputs agree to rounding. However a sequence is cut into blocks, its outputs have the same bits. The first
    /// call allocates the memory for it, later ones allocate nothing.
    /// </summary>
    /// <param name="block">[steps × <c>InputSize</c>] values or tokens, of any number of steps.</param>
    /// <param name="outputs">[steps × <c>OutputSize</c>] values, written. They may take the place of the block's values (in place) if they start where it does and <c>OutputSize</c> is not greater than <c>InputSize</c>.</param>
    /// <exception cref="ArgumentException">A span has another length, a token is outside the vocabulary, or the spans overlap in another way. The state is unchanged.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Process(ReadOnlySpan<TInput> block, Span<TNumber> outputs)
    {
        int steps = Check.Steps(block.Length, _inputStep, nameof(block));
        Check.Length(outputs.Length, (long)steps * _outputSize, nameof(outputs), "steps × OutputSize");
        Check.InPlace(block, _inputStep, outputs, _outputSize, nameof(block));
        CheckStep(block, nameof(block));
        if (_shape.Block is { } shape)
        {
            ProcessAtOnce(shape, block, outputs, steps);
            return;
        }

        for (int i = 0; i < steps; i++)
        {
            Advance(ref Unsafe.Add(ref MemoryMarshal.GetReference(block), i * _inputStep), ref Unsafe.Add(ref MemoryMarshal.GetReference(outputs), i * _outputSize));
        }
    }

    // The states go to the memory of a block, and come back.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ProcessAtOnce(BlockShape shape, ReadOnlySpan<TInput> block, Span<TNumber> outputs, int steps)
    {
        _block ??= new(shape.ArenaLength);
        for (int i = 0; i < shape.States.Length; i++)
        {
            StreamedState state = _shape.States[i];
            StepRing.Save<TNumber>(_arena.Span[(_isOdd ? state.Odd : state.Even)..], state.Size, state.Slot, _block.Span[shape.States[i].First..]);
        }

        _arena.Span.Slice(_shape.Pool, _shape.PoolWidth).CopyTo(_block.Span[shape.Pool..]);
        if (_read.Length == 0)
        {
            _core.RunBlocks(ref _block.First, block, outputs, _steps, saysAll: true);
        }
        else
        {
            RunColumns(shape, _block, block, outputs, steps);
        }

        for (int i = 0; i < shape.States.Length; i++)
        {
            StreamedState state = _shape.States[i];
            StepRing.Restore<TNumber>(_block.Span[shape.States[i].First..], state.Size, state.Slot, _arena.Span[state.Even..]);
        }

        _block.Span.Slice(shape.Pool, _shape.PoolWidth).CopyTo(_arena.Span[_shape.Pool..]);
        if (_core.Shape.Head is { } head && steps > 0)
        {
            _block.Span.Slice(shape.Head.At((steps - 1) % shape.Steps, 0), head.Size).CopyTo(_arena.Span[_shape.Head..]);
        }

        (_isOdd, _steps, _hasStep) = (false, _steps + steps, _hasStep || steps > 0);
    }

    /// <summary>Reads what the loss reads of the latest step: the output layer's values behind their links. It does not allocate.</summary>
    /// <param name="values">[<c>Layout.HeadSize</c>] values, written.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    /// <exception cref="InvalidOperationException">No step was processed since the state was created, reset or restored.</exception>
    protected void ReadHead(Span<TNumber> values)
    {
        Check.Length(values.Length, _core.Shape.Head!.Size, nameof(values), "Layout.HeadSize");
        Check.HasStep(_hasStep);
        _core.Program.Read(HeadReading.Parameters, ref Unsafe.Add(ref _arena.First, _shape.Head), ref MemoryMarshal.GetReference(values), _outputSize, default);
    }

    // In pieces of as many steps as a block has: what the first layer reads of them is made before they are computed.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunColumns(BlockShape shape, AlignedBuffer<TNumber> memory, ReadOnlySpan<TInput> block, Span<TNumber> outputs, int steps)
    {
        _readBlock ??= new TInput[shape.Steps * _read.Length];
        for (int first = 0; first < steps; first += shape.Steps)
        {
            int count = Math.Min(shape.Steps, steps - first);
            for (int step = 0; step < count; step++)
            {
                ReadStep(ref Unsafe.Add(ref MemoryMarshal.GetReference(block), (first + step) * _inputStep), ref Unsafe.As<TInput, TNumber>(ref _readBlock[step * _read.Length]));
            }

            _core.RunBlocks(ref memory.First, _readBlock.AsSpan(0, count * _read.Length), outputs.Slice(first * _outputSize, count * _outputSize), _steps + first, saysAll: true);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadStep(ref TInput x, ref TNumber to) => InputColumns.Read(
        _core.Shape.Training.Columns!, ref Unsafe.As<TInput, TNumber>(ref x), ref MemoryMarshal.GetArrayDataReference(_statics), ref _core.FirstParameter, ref to);

    // Tokens and categories of steps, and whether what is given once has been given.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckStep(ReadOnlySpan<TInput> steps, string name)
    {
        if (typeof(TInput) == typeof(int))
        {
            _core.CheckTokens(steps, name, default);
        }
        else if (_read.Length > 0)
        {
            Check.StepCategories(new Place(name), _core.Shape.Layout, MemoryMarshal.Cast<TInput, TNumber>(steps));
            if (!_hasStatics)
            {
                throw new InvalidOperationException(Invariant($"{_core.Shape.Layout.ModelName} has {_statics.Length} inputs that are given once a sequence; call SetStatics before the first step."));
            }
        }
    }

    /// <summary>Sets the inputs that are given once.</summary>
    /// <param name="statics">As many elements as the model has of them, in the order of its <c>Layout.Inputs</c>.</param>
    /// <exception cref="ArgumentException">The span has another length, or a category is out of range. The state is unchanged.</exception>
    protected internal void TakeStatics(ReadOnlySpan<TInput> statics)
    {
        Check.Length(statics.Length, _statics.Length, nameof(statics), "statics");
        ReadOnlySpan<TNumber> values = MemoryMarshal.Cast<TInput, TNumber>(statics);
        Check.StaticCategories(new Place(nameof(statics)), _core.Shape.Layout, values);
        values.CopyTo(_statics);
        _hasStatics = true;
    }

    // One step, whose arguments were checked. A token's row is read where it is stored in the parameters.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance(ref TInput x, ref TNumber y)
    {
        ref TNumber input = ref Unsafe.As<TInput, TNumber>(ref x);
        if (typeof(TInput) == typeof(int))
        {
            TrainedTable table = _core.Shape.Training.Table!;
            input = ref Unsafe.Add(ref _core.FirstParameter, table.Offset + Unsafe.As<TInput, int>(ref x) * table.Size);
        }
        else if (_read.Length > 0)
        {
            input = ref MemoryMarshal.GetArrayDataReference(_read);
            ReadStep(ref x, ref input);
        }

        _core.Program.Stream(ref input, ref _core.PredictedPacks, ref _arena.First, _isOdd, _steps);
        _isOdd = !_isOdd;
        _hasStep = true;
        _steps++;
        ref TNumber outputs = ref Unsafe.Add(ref _arena.First, _outputs);
        for (int i = 0; i < _outputSize; i++)
        {
            Unsafe.Add(ref y, i) = Unsafe.Add(ref outputs, i);
        }
    }

    /// <summary>Begins a new sequence. Inputs that are given once stay until they are set again.</summary>
    public void Reset()
    {
        _arena.Span.Clear();
        (_isOdd, _steps, _hasStep) = (false, 0, false);
        foreach (StreamedState state in _shape.States)
        {
            if (state.Learned >= 0)
            {
                MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _core.Packs, state.Learned), state.Size).CopyTo(_arena.Span[state.Even..]);
            }
        }
    }

    /// <summary>Copies this state to another one of the same model class.</summary>
    /// <param name="target">The other state.</param>
    protected void Copy(StreamState<TNumber, TInput, TTarget> target)
    {
        ArgumentNullException.ThrowIfNull(target);
        _arena.Span.CopyTo(target._arena.Span);
        (target._isOdd, target._steps, target._hasStep, target._hasStatics) = (_isOdd, _steps, _hasStep, _hasStatics);
        _statics.CopyTo(target._statics, 0);
    }

    /// <summary>Writes the state's values: the hidden (and cell) states of all layers; if outputs are pooled, also the pooled values so far and the number of steps.</summary>
    /// <param name="values">[<c>Length</c>] values, written.</param>
    public void Save(Span<TNumber> values)
    {
        Check.Length(values.Length, _shape.Length, nameof(values), "State.Length");
        int to = 0;
        foreach (StreamedState state in _shape.States)
        {
            StepRing.Save<TNumber>(_arena.Span[(_isOdd ? state.Odd : state.Even)..], state.Size, state.Slot, values[to..]);
            to += state.Size;
        }

        if (_shape.PoolWidth > 0)
        {
            _arena.Span.Slice(_shape.Pool, _shape.PoolWidth).CopyTo(values[to..]);
            values[to + _shape.PoolWidth] = TNumber.CreateTruncating(_steps);
        }
    }

    /// <summary>Restores values that were written by <c>Save</c>.</summary>
    /// <param name="values">[<c>Length</c>] values.</param>
    public void Restore(ReadOnlySpan<TNumber> values)
    {
        Check.Length(values.Length, _shape.Length, nameof(values), "State.Length");
        Reset();
        int from = 0;
        foreach (StreamedState state in _shape.States)
        {
            StepRing.Restore(values[from..], state.Size, state.Slot, _arena.Span[state.Even..]);
            from += state.Size;
        }

        if (_shape.PoolWidth > 0)
        {
            values.Slice(from, _shape.PoolWidth).CopyTo(_arena.Span[_shape.Pool..]);
            _steps = int.CreateTruncating(values[from + _shape.PoolWidth]);
        }
    }
}
