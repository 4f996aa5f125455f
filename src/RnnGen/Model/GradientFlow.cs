using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>A model that measures how its gradient flows: one declared with <c>GradientFlow = true</c>.</summary>
public interface IGradientFlowModel
{
    /// <summary>How the gradient of the latest step flowed.</summary>
    GradientFlow GradientFlow { get; }
}

/// <summary>
/// How the gradient of the latest step flowed: the norms of ∂L/∂state at each layer and time step and of each parameter's gradient and update, and statistics of the
/// gates. It shows whether gradients vanish or explode through time (S. Hochreiter 1991; Y. Bengio, P. Simard and P. Frasconi 1994; R. Pascanu, T. Mikolov and Y. Bengio
/// 2013) and which gates are saturated (A. Karpathy, J. Johnson and L. Fei-Fei 2015).
/// </summary>
/// <remarks>
/// All figures are of the latest <c>ComputeGradients</c> or <c>TrainStep</c>, even if it threw a <see cref="NonFiniteException"/>: then of the part that it computed.
/// The figures do not depend on <c>Threads</c>, and measuring does not change the training's results by a bit. Read them on the training thread.
/// </remarks>
/// <example>
/// <code>
/// model.TrainStep(inputs, targets, count, optimizer);
/// ReadOnlySpan&lt;double&gt; norms = model.GradientFlow.Layers[0].States[0].Norms;
/// Console.WriteLine($"of ∂L/∂h the first step gets {norms[0] / norms[^1]:G2} of the last one's");
/// </code>
/// </example>
public sealed class GradientFlow
{
    // Saturated gates as Karpathy, Johnson and Fei-Fei count them; tanh(x) is 2 sigmoid(2x) - 1.
    private const double SigmoidLow = 0.1, SigmoidHigh = 0.9, TanhHigh = 0.8;

    // Rows whose squares are summed together: those of a tile, which threads do not part.
    private const int GroupRows = 4;

    // Bytes of gates that are counted together.
    private const int CountedBytes = 32 * 1024;

    private readonly ModelLayout _layout;
    private readonly LayerFlow[] _layers;
    private readonly int _norms;
    private readonly int _gates;
    private readonly int _mortals;
    private readonly double[] _parameterNorms;
    private readonly double[] _updateNorms;

    // Norms of each state and step, then, for each state and step, the sum of squares of each group of rows: threads share whole groups, so that a sum over groups in
    // one order does not depend on them.
    private double[] _values = [];

    // For each gate and row: low values, high ones, and all; a thread counts in the place of its first row.
    private long[] _counts = [];

    // Units that can die and did not.
    private bool[] _alive = [];
    private Array? _before;

    // The first step of the window that each leaf's group is in, at the place of the leaf's first row.
    private int[] _firstSteps = [];

    /// <summary>Creates it for a model, without measurements. Generated models call this.</summary>
    /// <param name="layout">The model's layout.</param>
    /// <param name="watched">Where its adjoints and gates are stored.</param>
    /// <param name="rows">Rows that are measured apart: those of whole groups.</param>
    internal GradientFlow(ModelLayout layout, IReadOnlyList<WatchedLayer> watched, int rows)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(watched);
        _layout = layout;
        Rows = rows;
        _parameterNorms = new double[layout.Parameters.Count];
        _updateNorms = new double[layout.Parameters.Count];
        _layers = new LayerFlow[watched.Count];
        for (int i = 0; i < _layers.Length; i++)
        {
            WatchedLayer layer = watched[i];
            StateFlow[] states = new StateFlow[layer.States.Length];
            for (int j = 0; j < states.Length; j++)
            {
                states[j] = new StateFlow(this, layer.States[j], _norms, layer.Steps);
                _norms += layer.Steps;
            }

            GateFlow[] gates = new GateFlow[layer.Gates.Length];
            for (int j = 0; j < gates.Length; j++)
            {
                gates[j] = new GateFlow(this, layer.Gates[j], _gates, _mortals) { Units = layer.Units };
                _gates++;
                _mortals += layer.Gates[j].Function == GateFunction.Relu ? layer.Units : 0;
            }

            _layers[i] = new LayerFlow(layer.Name, layer.Units, layer.Steps, states, gates);
        }
    }

    /// <summary>
    /// Whether training measures. A measured step takes about 5 % longer; other steps cost nothing extra, so
    /// measuring some steps of an epoch is cheaper. Default: true.
    /// </summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>The number of gradients measured so far.</summary>
    public long StepCount { get; private set; }

    /// <summary>The recurrent layers, and the dense ones with a function, in data-flow order, without layers that no gradient flows through.</summary>
    public IReadOnlyList<LayerFlow> Layers => _layers;

    /// <summary>The parameter tensors in the order of <see cref="ParameterNorms"/> and <see cref="UpdateNorms"/>.</summary>
    public IReadOnlyList<ParameterInfo> Parameters => _layout.Parameters;

    /// <summary>For each tensor, the Euclidean norm of its gradient before any clipping; 0 if it is frozen.</summary>
    public ReadOnlySpan<double> ParameterNorms => _parameterNorms;

    /// <summary>For each tensor, the Euclidean norm of its latest update; 0 if the latest gradient has not been applied.</summary>
    public ReadOnlySpan<double> UpdateNorms => _updateNorms;

    private int Rows { get; }

    private int Groups => (Rows + GroupRows - 1) / GroupRows;

    /// <summary>The norm of the gradient over all tensors, before any clipping.</summary>
    public double GradientNorm => Norm(_parameterNorms);

    /// <summary>The norm of the latest update over all tensors.</summary>
    public double UpdateNorm => Norm(_updateNorms);

    private static double Norm(double[] norms)
    {
        double sum = 0;
        foreach (double norm in norms)
        {
            sum += norm * norm;
        }

        return Math.Sqrt(sum);
    }

    /// <summary>Begins a gradient. Generated code calls this.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <returns>This, or <see langword="null"/> where nothing is measured.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal GradientFlow? Begin<T>() where T : unmanaged
    {
        if (!IsEnabled)
        {
            return null;
        }

        Before<T>();
        StepCount++;
        Array.Clear(_firstSteps);
        Array.Clear(_values);
        Array.Clear(_counts);
        Array.Clear(_alive);
        Array.Clear(_parameterNorms);
        Array.Clear(_updateNorms);
        return this;
    }

    // The parameters before an update; all memory is allocated together, when it is first needed.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private T[] Before<T>() where T : unmanaged
    {
        if (_before is null)
        {
            _values = new double[checked((Groups + 1) * _norms)];
            _counts = new long[checked(3 * Rows * _gates)];
            _alive = new bool[_mortals];
            _firstSteps = new int[Rows];
            _before = new T[_layout.ParameterCount];
        }

        return (T[])_before;
    }

    /// <summary>Begins a window between two kept states. Generated code calls this.</summary>
    /// <param name="group">The group's first row among the rows that are measured apart.</param>
    /// <param name="firstStep">The window's first step.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void BeginWindow(int group, int firstStep) => _firstSteps[group] = firstStep;

    /// <summary>Measures a layer's adjoints before a step back. Generated code calls this, each thread for its own group.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The training arena.</param>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="step">The step in the arena.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last that is live.</param>
    /// <param name="group">The group's first row among the rows that are measured apart.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Watch<T>(ref T arena, int layer, int step, int first, int last, int group) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (first >= last)
        {
            return;
        }

        LayerFlow watched = _layers[layer];
        int time = watched.Steps == 1 ? 0 : _firstSteps[group] + step;
        foreach (StateFlow state in watched.StateList)
        {
            WatchedState place = state.Place;
            ref T carry = ref Unsafe.Add(ref arena, place.Carry), output = ref Unsafe.Add(ref arena, Math.Max(place.Output, 0) + (step * place.OutputStep));
            ref double squares = ref _values[_norms + ((state.Start + time) * Groups) + ((group + first) / GroupRows)];
            ref T carried = ref Unsafe.Add(ref carry, first * place.CarryRow);
            if (place.Output < 0)
            {
                Squares.AddGroups(ref squares, GroupRows, ref carried, place.CarryRow, last - first, place.Width);
            }
            else
            {
                Squares.AddGroupsOfSum(ref squares, GroupRows, ref carried, place.CarryRow, ref Unsafe.Add(ref output, first * place.OutputRow), place.OutputRow, last - first, place.Width);
            }
        }
    }

    /// <summary>Counts a layer's gates after a step forward, while their values are in the cache. Generated code calls this, each thread for its own group.</summary>
    /// <inheritdoc cref="Watch"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Count<T>(ref T arena, int layer, int step, int first, int last, int group) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (first >= last)
        {
            return;
        }

        // Gates stand beside each other: what the first level of the cache holds of all of them is counted before the rest.
        LayerFlow watched = _layers[layer];
        int rows = last - first, block = Vector512<T>.Count;
        int chunk = Math.Max(1, CountedBytes / (rows * watched.GateList.Length * Vector512<byte>.Count)) * block;
        for (int start = 0; start < watched.Units; start += chunk)
        {
            int units = Math.Min(chunk, watched.Units - start);
            foreach (GateFlow gate in watched.GateList)
            {
                WatchedGate place = gate.Place;
                ref T values = ref Unsafe.Add(ref arena, place.Offset + (step * place.StepLength) + (start / block * place.BlockLength) + (first * place.RowLength));
                (T low, T high) = place.Function switch
                {
                    GateFunction.Sigmoid => (T.CreateTruncating(SigmoidLow), T.CreateTruncating(SigmoidHigh)),
                    GateFunction.Tanh => (T.CreateTruncating(-TanhHigh), T.CreateTruncating(TanhHigh)),
                    GateFunction.Relu => (T.Epsilon, T.PositiveInfinity),
                    _ => throw new InvalidOperationException(Invariant($"The saturation of {place.Function} is not defined.")),
                };
                Span<bool> alive = place.Function == GateFunction.Relu ? _alive.AsSpan(gate.Start + start, units) : [];
                GateCount count = GateCount.Of(ref values, place.RowLength, place.BlockLength, rows, units, low, high, alive);
                ref long counts = ref _counts[3 * ((gate.Index * Rows) + group + first)];
                counts += count.Low;
                Unsafe.Add(ref counts, 1) += count.High;
                Unsafe.Add(ref counts, 2) += rows * (long)units;
            }
        }
    }

    /// <summary>Measures the flat gradient. Generated code calls this.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="gradients">The gradient, one value a parameter.</param>
    /// <param name="segments">The parts of it that hold gradients.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void TakeGradients<T>(ReadOnlySpan<T> gradients, ReadOnlySpan<ParameterSegment> segments) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        ByTensor(gradients, [], segments, _parameterNorms);

    /// <summary>Keeps the parameters that an update is about to change. Generated code calls this.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="parameters">The parameters.</param>
    /// <param name="segments">The parts that it changes; empty for all.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void BeginUpdate<T>(ReadOnlySpan<T> parameters, ReadOnlySpan<ParameterSegment> segments) where T : unmanaged
    {
        if (!IsEnabled)
        {
            return;
        }

        T[] before = Before<T>();
        if (segments.IsEmpty)
        {
            parameters.CopyTo(before);
        }

        foreach (ParameterSegment segment in segments)
        {
            parameters.Slice(segment.Offset, segment.Length).CopyTo(before.AsSpan(segment.Offset));
        }
    }

    /// <summary>Measures what an update changed. Generated code calls this.</summary>
    /// <inheritdoc cref="BeginUpdate"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void EndUpdate<T>(ReadOnlySpan<T> parameters, ReadOnlySpan<ParameterSegment> segments) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (IsEnabled)
        {
            ByTensor(parameters, (T[])_before!, segments.IsEmpty ? [new ParameterSegment(0, parameters.Length)] : segments, _updateNorms);
        }
    }

    // The norm of values, or of their distance from others, of each tensor; a segment may cover several, and a table be cut into many.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ByTensor<T>(ReadOnlySpan<T> values, ReadOnlySpan<T> others, ReadOnlySpan<ParameterSegment> segments, double[] norms)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Array.Clear(norms);
        IReadOnlyList<ParameterInfo> tensors = _layout.Parameters;
        int tensor = 0;
        foreach (ParameterSegment segment in segments)
        {
            int end = segment.Offset + segment.Length;
            for (int at = segment.Offset; at < end;)
            {
                while (at < tensors[tensor].Offset)
                {
                    tensor--;
                }

                while (at >= tensors[tensor].Offset + tensors[tensor].Length)
                {
                    tensor++;
                }

                int length = Math.Min(end, tensors[tensor].Offset + tensors[tensor].Length) - at;
                ref T first = ref MemoryMarshal.GetReference(values[at..]);
                norms[tensor] += others.IsEmpty ? Squares.Of(ref first, length) : Squares.OfDifference(ref first, ref MemoryMarshal.GetReference(others[at..]), length);
                at += length;
            }
        }

        foreach (ref double norm in norms.AsSpan())
        {
            norm = Math.Sqrt(norm);
        }
    }

    /// <summary>The norms of a state, summed over groups of rows where that has not been done.</summary>
    internal ReadOnlySpan<double> Norms(int start, int steps, bool isNew)
    {
        if (_values.Length == 0)
        {
            return [];
        }

        Span<double> norms = _values.AsSpan(start, steps);
        for (int step = 0; isNew && step < steps; step++)
        {
            double sum = 0;
            foreach (double squares in _values.AsSpan(_norms + ((start + step) * Groups), Groups))
            {
                sum += squares;
            }

            norms[step] = Math.Sqrt(sum);
        }

        return norms;
    }

    /// <summary>A gate's share of low (0) or high (1) values.</summary>
    internal double Share(int gate, int kind)
    {
        long counted = 0, all = 0;
        for (int row = 0; row < Rows && _counts.Length > 0; row++)
        {
            counted += _counts[(3 * ((gate * Rows) + row)) + kind];
            all += _counts[(3 * ((gate * Rows) + row)) + 2];
        }

        return all == 0 ? 0 : (double)counted / all;
    }

    /// <summary>Units that were zero at all steps.</summary>
    internal int Dead(int start, int units) => StepCount == 0 ? 0 : _alive.AsSpan(start, units).Count(false);
}
