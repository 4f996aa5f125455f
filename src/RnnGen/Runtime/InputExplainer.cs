using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>
/// Differentiates one output with respect to the input: the passes of training over points between a baseline and the input, each a row of a group, with a derivative of 1 for the output in place of a
/// loss's. Where training keeps the states between windows of the sequence, so does this.
/// </summary>
internal sealed class InputExplainer<TNumber, TInput, TTarget>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private readonly ModelCore<TNumber, TInput, TTarget> _core;
    private readonly ExplainedPlaces _places;
    private readonly AlignedBuffer<TNumber> _arena;
    private readonly AlignedBuffer<TNumber> _sums; // the parameters' gradients, which nobody reads
    private readonly int[] _whole;
    private readonly int[] _rows;
    private readonly int[] _lengths;
    private readonly KeptStates<TNumber>? _kept;
    private readonly Steps? _steps;
    private readonly TNumber[] _input; // what the first layers read, step by step
    private readonly TNumber[] _baseline;
    private readonly double[] _gradients; // weighted, and summed over the points
    private readonly InputPart[] _parts; // of what the first layers read, each of elements of the input
    private double[] _points = []; // those of the quadrature, then input and baseline, whose gradients have no weight
    private double[] _weights = [];
    private double[] _outputs = [];
    private int _integrated; // points of the quadrature

    public InputExplainer(ModelCore<TNumber, TInput, TTarget> core)
    {
        (_core, _places) = (core, core.Shape.Training.Explained!);
        ModelLayout layout = core.Shape.Layout;
        _arena = new(Shape.ArenaLength);
        _sums = new(Shape.SumLength);
        _whole = new int[layout.SequenceLength + 2 + (2 * Shape.GroupSize)];
        _rows = new int[Shape.Steps + 4 + (2 * Shape.GroupSize)];
        _lengths = new int[Shape.GroupSize];
        _kept = LastWindow == 0 ? null : new(LastWindow + 1, Shape.GroupSize, core.Shape.StateLength);
        _steps = Shape.SharesSteps ? new Steps(this) : null;
        _input = new TNumber[layout.SequenceLength * _places.Features];
        _baseline = new TNumber[_input.Length];
        _gradients = new double[_input.Length];
        _parts = Shape.Columns?.Parts ?? [new(0, 0, layout.InputStep, InputKind.Step, Shape.Table)];
    }

    private TrainingShape Shape => _core.Shape.Training;

    private int LastWindow => (_core.Shape.Layout.SequenceLength / Shape.Steps) - 1;

    private GroupRows Whole => new(_whole, _core.Shape.Layout.SequenceLength, Shape.GroupSize);

    private GroupRows Rows => new(_rows, Shape.Steps, Shape.GroupSize);

    /// <summary>Computes the gradient at the input, and returns the output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TNumber ComputeGradients(ReadOnlySpan<TInput> input, Span<TNumber> gradients, in ChosenOutput chosen)
    {
        Read(input, chosen.Length, _input);
        UsePoints(0);
        _weights[0] = 1;
        Run(0, 1, chosen);
        for (int i = 0; i < gradients.Length; i++)
        {
            gradients[i] = TNumber.CreateTruncating(_gradients[i]);
        }

        return TNumber.CreateTruncating(_outputs[0]);
    }

    /// <summary>Integrates the gradient on the path from a baseline, which is 0 where it is empty, to the input.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Attribution Integrate(ReadOnlySpan<TInput> input, ReadOnlySpan<TInput> baseline, Span<TNumber> attributions, in ChosenOutput chosen, int points)
    {
        Read(input, chosen.Length, _input);
        if (baseline.IsEmpty)
        {
            Array.Clear(_baseline);
        }
        else
        {
            Read(baseline, chosen.Length, _baseline);
        }

        UsePoints(points);
        for (int start = 0; start < points + 2; start += Shape.GroupSize)
        {
            Run(start, Math.Min(Shape.GroupSize, points + 2 - start), chosen);
        }

        attributions.Clear();
        double sum = 0;
        foreach (InputPart part in _parts)
        {
            sum += Attribute(part, chosen.Length, attributions);
        }

        return new(_outputs[points], _outputs[points + 1], sum);
    }

    // Adds what the values of a part are attributed, step by step, and returns their sum. A token's or category's values are those of its embedding; what is given once is read at each step.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double Attribute(InputPart part, int steps, Span<TNumber> attributions)
    {
        (int to, int toStep) = part.Kind switch
        {
            InputKind.Step => (part.From, _core.Shape.Layout.InputStep),
            InputKind.Static => (Shape.Columns!.Statics + part.From, 0),
            InputKind.Known => throw new InvalidOperationException("A decoder's inputs are not differentiated."),
            _ => throw new InvalidOperationException(Invariant($"{part.Kind} is no kind of input.")),
        };
        int width = part.Table?.Size ?? 1;
        double sum = 0;
        for (int step = 0; step < steps; step++)
        {
            for (int i = 0; i < part.Size; i++)
            {
                double attribution = 0;
                int from = (step * _places.Features) + part.To + (i * width);
                for (int j = from; j < from + width; j++)
                {
                    attribution += double.CreateTruncating(_input[j] - _baseline[j]) * _gradients[j];
                }

                attributions[to + (step * toStep) + i] += TNumber.CreateTruncating(attribution);
                sum += attribution;
            }
        }

        return sum;
    }

    // The quadrature's points, then the input, and where there is a path its baseline.
    private void UsePoints(int points)
    {
        if (_points.Length < points + 2)
        {
            (_points, _weights, _outputs) = (new double[points + 2], new double[points + 2], new double[points + 2]);
        }

        if (points != _integrated)
        {
            Quadrature.Gauss(_points.AsSpan(0, points), _weights.AsSpan(0, points));
            _integrated = points;
        }

        (_points[points], _points[points + 1]) = (1, 0);
        (_weights[points], _weights[points + 1]) = (0, 0);
    }

    // What the first layers read of a sequence: its numbers, the rows of its tokens, or what is made of its columns.
    private void Read(ReadOnlySpan<TInput> sequence, int steps, Span<TNumber> values)
    {
        if (Shape.Columns is not null)
        {
            _core.ReadColumns(ref MemoryMarshal.GetReference(sequence), steps, ref Unsafe.As<TNumber, TInput>(ref values[0]));
            return;
        }

        if (Shape.Table is not { } table)
        {
            MemoryMarshal.Cast<TInput, TNumber>(sequence).CopyTo(values);
            return;
        }

        ReadOnlySpan<int> tokens = MemoryMarshal.Cast<TInput, int>(sequence);
        for (int step = 0; step < tokens.Length; step++)
        {
            _core.Parameters.Slice(table.Offset + (tokens[step] * table.Size), table.Size).CopyTo(values[(step * table.Size)..]);
        }
    }

    // Forward through all windows but the last, and from there back; each point is a row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run(int start, int count, in ChosenOutput chosen)
    {
        if (start == 0)
        {
            Array.Clear(_gradients);
        }

        _lengths.AsSpan(0, count).Fill(chosen.Length);
        Whole.Fill(_lengths.AsSpan(0, count), count);
        _sums.Span.Clear();
        for (int window = 0; window < LastWindow; window++)
        {
            Forward(window, start, isKept: true);
        }

        for (int window = LastWindow; window >= 0; window--)
        {
            Forward(window, start, isKept: false);
            Choose(window, start, chosen);
            _core.Program.Backward(ref _core.Packs, ref _arena.First, ref _sums.First, Rows, default, count, default, _steps);
            Take(window, start);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Forward(int window, int start, bool isKept)
    {
        ModelProgram<TNumber, TInput, TTarget> program = _core.Program;
        ref TNumber a = ref _arena.First;
        GroupRows rows = Rows;
        rows.FillWindow(Whole, window * Shape.Steps);
        (rows.HaveStates, rows.AreLast) = (window > 0, window == LastWindow);
        rows.HaveOutputs = Shape.LossAtEnd ? window == LastWindow : !isKept;
        int count = rows.Count;
        Put(rows, window * Shape.Steps, start);
        program.Drop(ref a, new DropoutDraw(0, 0, 0, Rates: null), rows, default, count);
        if (window > 0)
        {
            _kept!.Load(ref a, Shape.States, window, 0, count);
        }
        else
        {
            program.Start(ref _core.Packs, ref a, count);
        }

        program.Forward(ref _core.Packs, ref a, rows, default, count, default, _steps);
        if (isKept)
        {
            _kept!.Save(ref a, Shape.States, rows, window + 1, 0, count);
        }
    }

    // Each row's point between baseline and input; the input itself is not computed.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Put(GroupRows rows, int from, int start)
    {
        for (int row = 0; row < rows.Count; row++)
        {
            TNumber point = TNumber.CreateTruncating(_points[start + row]);
            for (int step = 0; step < rows.Length(row); step++)
            {
                int at = (from + step) * _places.Features;
                Span<TNumber> to = _arena.Span.Slice(Shape.Inputs.At(step, row), _places.Features);
                for (int i = 0; i < to.Length; i++)
                {
                    to[i] = point == TNumber.One ? _input[at + i] : _baseline[at + i] + (point * (_input[at + i] - _baseline[at + i]));
                }
            }
        }
    }

    // Of all outputs' derivatives one is 1, in each row; where a loss reads several values of the output layer, or behind a link, those of the prediction are.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Choose(int window, int start, in ChosenOutput chosen)
    {
        int steps = Shape.LossAtEnd ? 1 : Shape.Steps, step = Shape.LossAtEnd ? window - LastWindow : chosen.Step - (window * Shape.Steps);
        for (int row = 0; row < Rows.Count; row++)
        {
            for (int i = 0; i < steps; i++)
            {
                _arena.Span.Slice(_places.OutputAdjoints.At(i, row), _places.OutputAdjoints.Row).Clear();
            }

            if (step >= 0 && step < steps)
            {
                _outputs[start + row] = double.CreateTruncating(Choose(_places.Outputs.At(step, row), _places.OutputAdjoints.At(step, row), chosen.Output));
            }
        }
    }

    // Sets the derivatives of an output, and returns it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private TNumber Choose(int outputs, int adjoints, int output)
    {
        if (_core.Shape.Head is not { } head)
        {
            _arena.Span[adjoints + output] = TNumber.One;
            return _arena.Span[outputs + output];
        }

        int first = output * (head.Size / _core.Shape.OutputSize);
        TNumber prediction = default;
        _core.Program.Read(HeadReading.Prediction, ref _arena.Span[outputs + first], ref prediction, 1, default);
        _core.Program.Read(HeadReading.Slopes, ref _arena.Span[outputs + first], ref _arena.Span[adjoints + first], 1, default);
        return prediction;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Take(int window, int start)
    {
        GroupRows rows = Rows;
        for (int row = 0; row < rows.Count; row++)
        {
            double weight = _weights[start + row];
            for (int step = 0; weight > 0 && step < rows.Length(row); step++)
            {
                int to = ((window * Shape.Steps) + step) * _places.Features;
                ReadOnlySpan<TNumber> adjoints = _arena.Span.Slice(_places.InputAdjoints.At(step, row), _places.Features);
                for (int i = 0; i < adjoints.Length; i++)
                {
                    _gradients[to + i] += weight * double.CreateTruncating(adjoints[i]);
                }
            }
        }
    }

    private sealed class Steps(InputExplainer<TNumber, TInput, TTarget> explainer) : SharedSteps
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private protected override void Share(SharedWork work) => explainer._core.Program.Share(
            work, ref explainer._core.Packs, ref explainer._arena.First, ref explainer._sums.First, explainer.Rows, default);
    }
}
