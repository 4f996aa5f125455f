using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.StateDicts;

namespace RnnGen.Exchange.Onnx;

/// <summary>ONNX's RNN, GRU or LSTM with constant weights, in ONNX's order of gates: i, o, f, c and z, r, h.</summary>
/// <param name="Name">What messages call it.</param>
internal sealed record OnnxRecurrent(string Name) : DictModule(Name)
{
    /// <summary>Its equations' form and functions, the same in both directions.</summary>
    public required RecurrentCell Cell { get; init; }

    /// <summary>Blocks of rows in <see cref="W"/>: 4 in an LSTM whatever it is declared as.</summary>
    public required int Gates { get; init; }

    public required int Hidden { get; init; }

    public required int Inputs { get; init; }

    public required int Directions { get; init; }

    /// <summary>Whether its one direction is from the last step to the first.</summary>
    public bool IsReverse { get; init; }

    /// <summary><c>[directions, gates × hidden, inputs]</c>.</summary>
    public required double[] W { get; init; }

    /// <summary><c>[directions, gates × hidden, hidden]</c>.</summary>
    public required double[] R { get; init; }

    /// <summary><c>[directions, 2 × gates × hidden]</c>; null for zeros.</summary>
    public double[]? B { get; init; }

    /// <summary><c>[directions, 3 × hidden]</c>, i, o, f; null for none.</summary>
    public double[]? P { get; init; }

    /// <summary><c>[directions, hidden]</c>, the same for each sequence; null for zeros.</summary>
    public double[]? InitialH { get; init; }

    /// <summary><c>[directions, hidden]</c>, the same for each sequence; null for zeros.</summary>
    public double[]? InitialC { get; init; }

    public override bool IsRecurrent => true;

    public override int InputSize => Inputs;

    public override int OutputSize => Directions * Hidden;

    public override void AddTo(ForeignModelBuilder model)
    {
        if (IsReverse)
        {
            model.AddBackward(Name, Cell, Direction(0));
        }
        else
        {
            model.AddRecurrent(Name, Cell, Direction(0), Directions == 2 ? Direction(1) : null);
        }
    }

    // The equations of ONNX's operators.
    public override double[] Run(ReadOnlySpan<double> inputs, int steps)
    {
        double[] outputs = new double[steps * Directions * Hidden];
        for (int d = 0; d < Directions; d++)
        {
            double[] h = Initial(InitialH, d), c = Initial(InitialC, d);
            for (int i = 0; i < steps; i++)
            {
                int t = d == 0 && !IsReverse ? i : steps - 1 - i;
                double[] ofInput = Product(W, d, inputs.Slice(t * Inputs, Inputs), 0), ofState = Product(R, d, h, 1);
                h = Cell.Form switch
                {
                    ForeignLayerKind.Rnn => [.. Enumerable.Range(0, Hidden).Select(j => Cell.CandidateOf(ofInput[j] + ofState[j]))],
                    ForeignLayerKind.Gru or ForeignLayerKind.ResetBeforeGru => Gru(d, ofInput, ofState, h),
                    ForeignLayerKind.Lstm => Lstm(d, ofInput, ofState, c),
                    _ => throw new InvalidOperationException(Invariant($"ONNX has no {Cell.Form}.")),
                };
                h.CopyTo(outputs, ((t * Directions) + d) * Hidden);
            }
        }

        return outputs;
    }

    /// <summary>Y_h: the last step of the forward direction, and the first of the backward one, which is its last.</summary>
    public override double[] Final(double[] outputs) => IsReverse ? outputs[..Hidden] : Directions == 1 ? base.Final(outputs) : [.. outputs[^OutputSize..^Hidden], .. outputs[Hidden..OutputSize]];

    public override DictModule? WithScaledInputs(double[] scale, double[] shift)
    {
        int rows = Gates * Hidden;
        double[] w = [.. W.Select((value, k) => value * scale[k % Inputs])], b = B is null ? new double[2 * rows * Directions] : [.. B];
        for (int k = 0; k < W.Length; k++)
        {
            int row = k / Inputs;
            b[(2 * rows * (row / rows)) + (row % rows)] += W[k] * shift[k % Inputs];
        }

        return this with { W = w, B = b };
    }

    // Ht = (1 - zt) ⊙ ht + zt ⊙ Ht-1, with rt ⊙ (H Rᵀ + Rb) where linear_before_reset is 1, else (rt ⊙ H) Rᵀ + Rb.
    private double[] Gru(int d, double[] ofInput, double[] ofState, double[] h)
    {
        double[] z = new double[Hidden], reset = new double[Hidden], next = new double[Hidden];
        for (int j = 0; j < Hidden; j++)
        {
            z[j] = Cell.GateOf(ofInput[j] + ofState[j]);
            reset[j] = Cell.GateOf(ofInput[Hidden + j] + ofState[Hidden + j]) * h[j];
        }

        double[] ofReset = Cell.Form == ForeignLayerKind.ResetBeforeGru ? Product(R, d, reset, 1) : [];
        for (int j = 0; j < Hidden; j++)
        {
            int n = (2 * Hidden) + j;
            double candidate = Cell.Form == ForeignLayerKind.ResetBeforeGru ? ofReset[n] : Cell.GateOf(ofInput[Hidden + j] + ofState[Hidden + j]) * ofState[n];
            next[j] = ((1 - z[j]) * Cell.CandidateOf(ofInput[n] + candidate)) + (z[j] * h[j]);
        }

        return next;
    }

    // The output gate's peephole reads the new cell state.
    private double[] Lstm(int d, double[] ofInput, double[] ofState, double[] c)
    {
        double[] h = new double[Hidden];
        for (int j = 0; j < Hidden; j++)
        {
            double Gate(int gate) => ofInput[(gate * Hidden) + j] + ofState[(gate * Hidden) + j];
            double Peephole(int gate) => P is null ? 0 : P[(((d * 3) + gate) * Hidden) + j];
            double input = Cell.GateOf(Gate(0) + (Peephole(0) * c[j]));

            // The standard does not say which gate follows from the other; this is what ONNX Runtime computes.
            double forget = Cell.IsCoupled ? 1 - input : Cell.GateOf(Gate(2) + (Peephole(2) * c[j]));
            c[j] = (forget * c[j]) + (input * Cell.CandidateOf(Gate(3)));
            h[j] = Cell.GateOf(Gate(1) + (Peephole(1) * c[j])) * Cell.OutputOf(c[j]);
        }

        return h;
    }

    private double[] Product(double[] matrix, int d, ReadOnlySpan<double> x, int bias)
    {
        int rows = Gates * Hidden;
        double[] y = new double[rows];
        for (int j = 0; j < rows; j++)
        {
            y[j] = (B is null ? 0 : B[(((2 * d) + bias) * rows) + j]) + Functions.Dot(matrix.AsSpan(((d * rows) + j) * x.Length, x.Length), x);
        }

        return y;
    }

    private double[] Initial(double[]? states, int d) => states is null ? new double[Hidden] : states[(d * Hidden)..((d + 1) * Hidden)];

    // PyTorch's order: i, f, g, o and r, z, n; without i where it follows from f. A complement (~) stands for a block with its sign turned.
    private RecurrentWeights Direction(int d)
    {
        int[] order = Cell.Form switch
        {
            ForeignLayerKind.Rnn => [0],
            ForeignLayerKind.Gru or ForeignLayerKind.ResetBeforeGru => [1, 0, 2],
            // [CoupledLstm] has the forget gate, 1 - i, which is the sigmoid of i's sum with its sign turned; equations of its own have the input gate.
            ForeignLayerKind.Lstm when Cell.IsCoupled => [Cell.Kind == ForeignLayerKind.CoupledLstm ? ~0 : 0, 3, 1],
            ForeignLayerKind.Lstm => [0, 2, 3, 1],
            _ => throw new InvalidOperationException(Invariant($"ONNX has no {Cell.Form}.")),
        };
        int rows = Gates * Hidden;
        return new RecurrentWeights
        {
            Input = Part("W", W, d * rows * Inputs, order, Inputs),
            Recurrent = Part("R", R, d * rows * Hidden, order, Hidden),
            InputBias = B is null ? null : Part("B", B, 2 * d * rows, order),
            RecurrentBias = B is null ? null : Part("B", B, ((2 * d) + 1) * rows, order),
            Peephole = P is null ? null : Part("P", P, d * 3 * Hidden, Cell.IsCoupled ? [0, 1] : [0, 2, 1]),
            InitialHidden = InitialH is null ? null : Part("initial_h", InitialH, d * Hidden, [0]),
            InitialCell = InitialC is null ? null : Part("initial_c", InitialC, d * Hidden, [0]),
        };

        // Blocks in another order; a vector where there are no columns.
        Tensor Part(string name, double[] values, int first, int[] blocks, int columns = 0)
        {
            int block = Hidden * Math.Max(1, columns);
            double[] part = new double[blocks.Length * block];
            for (int i = 0; i < blocks.Length; i++)
            {
                bool isTurned = blocks[i] < 0;
                ReadOnlySpan<double> from = values.AsSpan(first + ((isTurned ? ~blocks[i] : blocks[i]) * block), block);
                for (int k = 0; k < block; k++)
                {
                    part[(i * block) + k] = isTurned ? -from[k] : from[k];
                }
            }

            return new Tensor(Invariant($"{Name} {name}"), columns == 0 ? [blocks.Length * Hidden] : [blocks.Length * Hidden, columns], part);
        }
    }
}
