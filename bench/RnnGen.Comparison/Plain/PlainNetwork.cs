using System.Numerics.Tensors;

namespace RnnGen.Comparison.Plain;

/// <summary>
/// A recurrent layer and a head of one output as a careful programmer writes them with <see cref="TensorPrimitives"/>:
/// flat arrays, every loop over rows inside a loop over a weight row so that the row stays in the cache, no allocation
/// after the constructor. Parameters in PyTorch's order and layout.
/// </summary>
internal abstract class PlainNetwork
{
    private readonly float[] _parameters;
    private readonly float[] _gradients;
    private readonly float[] _means;
    private readonly float[] _squares;
    private readonly float[] _scratch;
    private readonly float[] _inputs;
    private readonly float[] _errors;
    private int _updates;

    protected PlainNetwork(Row row, ReadOnlySpan<float> parameters, int steps)
    {
        (Batch, Steps, Inputs, Units, Lanes) = (row.Batch, steps, row.Inputs, row.Units, row.Gates * row.Units);
        Layout = row.Layout;
        _parameters = parameters.ToArray();
        _gradients = new float[parameters.Length];
        _means = new float[parameters.Length];
        _squares = new float[parameters.Length];
        _scratch = new float[parameters.Length];
        _inputs = new float[steps * Batch * Inputs];
        _errors = new float[Batch];
        Hidden = new float[(steps + 1) * Batch * Units];
        FromInput = new float[steps * Batch * Lanes];
        FromState = new float[steps * Batch * Lanes];
        HiddenGradient = new float[Batch * Units];
        Previous = new float[Batch * Units];
        InputLaneGradient = new float[Batch * Lanes];
        StateLaneGradient = new float[Batch * Lanes];
    }

    protected int Batch { get; }

    protected int Steps { get; }

    protected int Inputs { get; }

    protected int Units { get; }

    /// <summary>Gates times units.</summary>
    protected int Lanes { get; }

    /// <summary>h, [step + 1][row][unit]; the first is the state before the first step.</summary>
    protected float[] Hidden { get; }

    /// <summary>W x + b, [step][row][lane]; a cell may keep activated gates here.</summary>
    protected float[] FromInput { get; }

    /// <summary>U h + b, [step][row][lane].</summary>
    protected float[] FromState { get; }

    /// <summary>∂L/∂h of the current step, [row][unit].</summary>
    protected float[] HiddenGradient { get; }

    /// <summary>What of ∂L/∂h(t-1) does not come through U, [row][unit].</summary>
    protected float[] Previous { get; }

    /// <summary>∂L/∂(W x + b), [row][lane].</summary>
    protected float[] InputLaneGradient { get; }

    /// <summary>∂L/∂(U h + b), [row][lane].</summary>
    protected float[] StateLaneGradient { get; }

    /// <summary>∂L/∂θ of the last backward pass.</summary>
    public ReadOnlySpan<float> Gradients => _gradients;

    private ModelLayout Layout { get; }

    /// <summary>Computes h (and the cell's own state) of a row at a step from the two pre-activations.</summary>
    protected abstract void Activate(int step, int row);

    /// <summary>Computes the two lane gradients of a row, and <see cref="Previous"/>, from <see cref="HiddenGradient"/>.</summary>
    protected abstract void Differentiate(int step, int row);

    /// <summary>Forgets what the cell carries backwards.</summary>
    protected abstract void BeginBackward();

    /// <summary>Moves the last state to the front, for the next streaming step.</summary>
    public virtual void Carry() => Array.Copy(Hidden, Steps * Batch * Units, Hidden, 0, Batch * Units);

    /// <summary>Runs the sequences and writes the head's output of each row.</summary>
    /// <param name="inputs">[row, step, input]</param>
    /// <param name="outputs">[row]</param>
    public void Forward(ReadOnlySpan<float> inputs, Span<float> outputs)
    {
        for (int row = 0; row < Batch; row++)
        {
            for (int t = 0; t < Steps; t++)
            {
                inputs.Slice(((row * Steps) + t) * Inputs, Inputs).CopyTo(_inputs.AsSpan(((t * Batch) + row) * Inputs));
            }
        }

        for (int t = 0; t < Steps; t++)
        {
            Multiply(0, _inputs.AsSpan(t * Batch * Inputs, Batch * Inputs), Inputs, FromInput.AsSpan(t * Batch * Lanes));
            Multiply(1, Hidden.AsSpan(t * Batch * Units, Batch * Units), Units, FromState.AsSpan(t * Batch * Lanes));
            for (int row = 0; row < Batch; row++)
            {
                Activate(t, row);
            }
        }

        for (int row = 0; row < Batch; row++)
        {
            outputs[row] = TensorPrimitives.Dot(Parameter(4), HiddenOf(Steps, row)) + Parameter(5)[0];
        }
    }

    /// <summary>Forward and BPTT; the loss is the mean squared error.</summary>
    public float ComputeGradients(ReadOnlySpan<float> inputs, ReadOnlySpan<float> targets)
    {
        Forward(inputs, _errors);
        TensorPrimitives.Subtract(_errors, targets, _errors);
        float loss = TensorPrimitives.SumOfSquares(_errors) / Batch;
        TensorPrimitives.Multiply(_errors, 2f / Batch, _errors);
        Array.Clear(_gradients);
        BeginBackward();
        for (int row = 0; row < Batch; row++)
        {
            TensorPrimitives.MultiplyAdd(HiddenOf(Steps, row), _errors[row], Gradient(4), Gradient(4));
            TensorPrimitives.Multiply(Parameter(4), _errors[row], HiddenGradient.AsSpan(row * Units, Units));
        }

        Gradient(5)[0] = TensorPrimitives.Sum(_errors);
        for (int t = Steps - 1; t >= 0; t--)
        {
            for (int row = 0; row < Batch; row++)
            {
                Differentiate(t, row);
                TensorPrimitives.Add(Gradient(2), InputLaneGradient.AsSpan(row * Lanes, Lanes), Gradient(2));
                TensorPrimitives.Add(Gradient(3), StateLaneGradient.AsSpan(row * Lanes, Lanes), Gradient(3));
            }

            MultiplyBack(0, InputLaneGradient, _inputs.AsSpan(t * Batch * Inputs, Batch * Inputs), Inputs, default);
            if (t > 0)
            {
                Array.Copy(Previous, HiddenGradient, Previous.Length);
                MultiplyBack(1, StateLaneGradient, Hidden.AsSpan(t * Batch * Units, Batch * Units), Units, HiddenGradient);
            }
        }

        return loss;
    }

    /// <summary>Gradients, clipped to norm 1, and a step of Adam.</summary>
    public float TrainStep(ReadOnlySpan<float> inputs, ReadOnlySpan<float> targets)
    {
        const float Beta1 = 0.9f, Beta2 = 0.999f, Rate = 1e-3f, Epsilon = 1e-8f;
        float loss = ComputeGradients(inputs, targets);
        float norm = TensorPrimitives.Norm<float>(_gradients);
        if (norm > 1)
        {
            TensorPrimitives.Multiply(_gradients, 1 / norm, _gradients);
        }

        _updates++;
        float rate = Rate / (1 - MathF.Pow(Beta1, _updates)), scale = 1 / MathF.Sqrt(1 - MathF.Pow(Beta2, _updates));
        TensorPrimitives.Lerp(_means, _gradients, 1 - Beta1, _means);
        TensorPrimitives.Multiply(_gradients, _gradients, _scratch);
        TensorPrimitives.Lerp(_squares, _scratch, 1 - Beta2, _squares);
        TensorPrimitives.Sqrt(_squares, _scratch);
        TensorPrimitives.Multiply(_scratch, scale, _scratch);
        TensorPrimitives.Add(_scratch, Epsilon, _scratch);
        TensorPrimitives.Divide(_means, _scratch, _scratch);
        TensorPrimitives.MultiplyAdd(_scratch, -rate, _parameters, _parameters);
        return loss;
    }

    /// <summary>h of a row before a step (so after the step before it).</summary>
    protected Span<float> HiddenOf(int step, int row) => Hidden.AsSpan(((step * Batch) + row) * Units, Units);

    /// <summary>One gate's units within a [step][row][lane] array.</summary>
    protected Span<float> Gate(float[] lanes, int step, int row, int gate) => lanes.AsSpan((((step * Batch) + row) * Lanes) + (gate * Units), Units);

    private ReadOnlySpan<float> Parameter(int index) => _parameters.AsSpan(Layout.Parameters[index].Offset, Layout.Parameters[index].Length);

    private Span<float> Gradient(int index) => _gradients.AsSpan(Layout.Parameters[index].Offset, Layout.Parameters[index].Length);

    // result[row][lane] = weight[lane] · values[row] + bias[lane]; index 0 is the input's, 1 the state's.
    private void Multiply(int index, ReadOnlySpan<float> values, int width, Span<float> result)
    {
        ReadOnlySpan<float> weight = Parameter(index), bias = Parameter(index + 2);
        for (int lane = 0; lane < Lanes; lane++)
        {
            ReadOnlySpan<float> line = weight.Slice(lane * width, width);
            for (int row = 0; row < Batch; row++)
            {
                result[(row * Lanes) + lane] = TensorPrimitives.Dot(line, values.Slice(row * width, width)) + bias[lane];
            }
        }
    }

    // The weight's gradient and, where wanted, that of the values.
    private void MultiplyBack(int index, ReadOnlySpan<float> laneGradient, ReadOnlySpan<float> values, int width, Span<float> valueGradient)
    {
        ReadOnlySpan<float> weight = Parameter(index);
        Span<float> weightGradient = Gradient(index);
        for (int lane = 0; lane < Lanes; lane++)
        {
            ReadOnlySpan<float> line = weight.Slice(lane * width, width);
            Span<float> lineGradient = weightGradient.Slice(lane * width, width);
            for (int row = 0; row < Batch; row++)
            {
                float gradient = laneGradient[(row * Lanes) + lane];
                TensorPrimitives.MultiplyAdd(values.Slice(row * width, width), gradient, lineGradient, lineGradient);
                if (!valueGradient.IsEmpty)
                {
                    Span<float> target = valueGradient.Slice(row * width, width);
                    TensorPrimitives.MultiplyAdd(line, gradient, target, target);
                }
            }
        }
    }
}
