using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.Onnx.Graphs;
using RnnGen.Exchange.Onnx.Operators;

namespace RnnGen.Exchange.Onnx;

/// <summary>Reads an RNN, GRU or LSTM node with its weights; attributes that no declaration can say are rejected by name.</summary>
internal static class RecurrentNode
{
    private const int InputW = 1, InputR = 2, InputB = 3, InputH = 5, InputC = 6, InputP = 7;

    public static bool Is(OnnxNode node) => node.Op is "RNN" or "GRU" or "LSTM" && node.IsStandard;

    /// <summary>The layer.</summary>
    /// <param name="graph">With its constants folded.</param>
    /// <param name="node">The node.</param>
    /// <param name="folding">Finds the nodes that make values.</param>
    /// <param name="lengths">A value that depends on lengths alone, by its name and the values that the layer reads; null for others.</param>
    /// <param name="note">Receives what is assumed or left out.</param>
    public static OnnxRecurrent Read(OnnxGraph graph, OnnxNode node, ConstantFolding folding, Func<string, int, OnnxTensor?> lengths, Action<string> note)
    {
        (int directions, bool isReverse) = node.Text("direction", "forward") switch
        {
            "forward" => (1, false),
            "reverse" => (1, true),
            "bidirectional" => (2, false),
            string other => throw Undeclarable(node, Invariant($"direction {ForeignText.Shown(other)}"), "forward, reverse and bidirectional can"),
        };
        RecurrentCell cell = CellOf(node, directions);
        int gates = node.Op == "RNN" ? 1 : node.Op == "GRU" ? 3 : 4;
        OnnxTensor w = Weights(graph, node, InputW), r = Weights(graph, node, InputR);
        if (w.Shape is not [int d, int rows, int inputs] || d != directions || rows == 0 || rows % gates != 0 || inputs == 0 || r.Shape is not [int rd, int rRows, int hidden] || rd != directions || rRows != rows || hidden != rows / gates)
        {
            throw new ForeignFileException(Invariant($"{ForeignText.Shown(node.Place)} has W of [{string.Join(", ", w.Shape)}] and R of [{string.Join(", ", r.Shape)}], which do not fit a {node.Op} with {directions} direction(s): the file is damaged."));
        }

        OnnxRecurrent layer = new(node.Place)
        {
            Cell = cell,
            Gates = gates,
            Hidden = hidden,
            Inputs = inputs,
            Directions = directions,
            IsReverse = isReverse,
            W = w.Values,
            R = r.Values,
            B = Optional(graph, node, InputB, 2 * rows * directions),
            P = cell.HasPeepholes ? Optional(graph, node, InputP, 3 * hidden * directions) : null,
            InitialH = State(InputH),
            InitialC = node.Op == "LSTM" ? State(InputC) : null,
        };
        if (node.Integer("hidden_size", hidden) != hidden)
        {
            throw new ForeignFileException(Invariant($"{ForeignText.Shown(node.Place)} has hidden_size {node.Integer("hidden_size", hidden)}, but weights of {hidden} units: the file is damaged."));
        }

        Describe(graph, node, layer, note);
        return layer;

        double[]? State(int index)
        {
            string name = node.Input(index);
            if (name.Length == 0)
            {
                return null;
            }

            if (lengths(name, inputs) is { } state)
            {
                return OfOne(node, name, state.Values, directions, hidden);
            }

            if (!IsInput(graph, name, folding))
            {
                throw Undeclarable(node, Invariant($"an initial state, {ForeignText.Shown(name)}, that is computed"), "a constant or an input of the graph can");
            }

            note(Invariant($"{ForeignText.Shown(node.Place)} reads its initial state from the graph's inputs; the declared model starts from zero, and a State or BatchState sets another."));
            return null;
        }
    }

    private static void Describe(OnnxGraph graph, OnnxNode node, OnnxRecurrent layer, Action<string> note)
    {
        if (node.Op != "RNN")
        {
            note(Invariant($"{ForeignText.Shown(node.Place)}: its gates were put from {(node.Op == "GRU" ? "z, r, h into the order r, z, n" : "i, o, f, c into the order i, f, g, o")}."));
        }

        if (node.Input(4).Length > 0 && !graph.Constants.ContainsKey(node.Input(4)))
        {
            note(Invariant($"{ForeignText.Shown(node.Place)} reads lengths from {ForeignText.Shown(node.Input(4))}; give them to PredictBatch."));
        }

        if (layer.Cell is { IsClipped: true, HasCellState: true })
        {
            note(Invariant($"{ForeignText.Shown(node.Place)} clips what its gates and its candidate read, and not its cell state: this is what ONNX Runtime computes. By the standard's text the state is clipped too where its function reads it."));
        }

        bool isSuspicious = layer.Cell.Form == ForeignLayerKind.ResetBeforeGru && graph.Producer.Contains("pytorch", StringComparison.OrdinalIgnoreCase)
            && layer.B is { } b && Array.Exists(b[(5 * layer.Hidden)..(6 * layer.Hidden)], static value => value != 0);
        if (isSuspicious)
        {
            note(Invariant($"{ForeignText.Shown(node.Place)} says linear_before_reset = 0, but PyTorch's GRU is 1: some of its exporters wrote 0 by mistake. Compare an output with PyTorch's."));
        }
    }

    // A declaration has one cell for both directions.
    private static RecurrentCell CellOf(OnnxNode node, int directions)
    {
        RecurrentCell[] cells = OnnxFunctions.Cells(node, directions);
        return cells[0] == cells[^1] ? cells[0] : throw Undeclarable(node, "other activations in the backward direction than in the forward one", "one cell for both directions can");
    }

    private static OnnxTensor Weights(OnnxGraph graph, OnnxNode node, int index) => graph.Constants.TryGetValue(node.Input(index), out OnnxTensor? tensor) && tensor.IsFloatingPoint ? tensor
        : throw new ForeignFileException(Invariant($"{ForeignText.Shown(node.Place)} has the weights {ForeignText.Shown(node.Input(index))}, which are no numbers with a fraction among the constants of the file: a declaration's weights are."));

    private static double[]? Optional(OnnxGraph graph, OnnxNode node, int index, int length)
    {
        if (node.Input(index).Length == 0)
        {
            return null;
        }

        double[] values = Weights(graph, node, index).Values;
        return values.Length == length ? values : throw new ForeignFileException(Invariant($"{ForeignText.Shown(node.Place)} has {values.Length} numbers in {ForeignText.Shown(node.Input(index))}, but should have {length}: the file is damaged."));
    }

    // One state for all sequences, [directions, hidden]; null for zeros.
    private static double[]? OfOne(OnnxNode node, string name, double[] values, int directions, int hidden)
    {
        bool isLayout1 = node.Integer("layout", 0) != 0;
        int batch = values.Length / (directions * hidden);
        if (batch == 0 || values.Length != batch * directions * hidden)
        {
            throw new ForeignFileException(Invariant($"{ForeignText.Shown(node.Place)} has {values.Length} numbers in {ForeignText.Shown(name)}, which is no state of {hidden} units: the file is damaged."));
        }

        double[] state = new double[directions * hidden];
        for (int k = 0; k < values.Length; k++)
        {
            int j = k % hidden, outer = k / hidden, d = isLayout1 ? outer % directions : outer / batch, b = isLayout1 ? outer / directions : outer % batch;
            if (b == 0)
            {
                state[(d * hidden) + j] = values[k];
            }
            else if (values[k] != values[isLayout1 ? (d * hidden) + j : (d * batch * hidden) + j])
            {
                throw Undeclarable(node, "initial states that differ between the sequences of a batch", "one state for all can");
            }
        }

        return Array.TrueForAll(state, static value => value == 0) ? null : state;
    }

    private static bool IsInput(OnnxGraph graph, string name, ConstantFolding folding)
    {
        for (int i = 0; i <= graph.Nodes.Count; i++)
        {
            if (folding.MakerOf(name) is not { } maker)
            {
                return graph.Inputs.Exists(input => input.Name == name);
            }

            if (maker.Op is not ("Slice" or "Split" or "Identity" or "Cast" or "Transpose" or "Unsqueeze" or "Squeeze" or "Reshape" or "Gather"))
            {
                return false;
            }

            name = maker.Input(0);
        }

        return false;
    }

    private static ForeignFileException Undeclarable(OnnxNode node, string what, string fix) => ForeignModelBuilder.Undeclarable(node.Place, Invariant($"a {node.Op} with {what}"), fix);
}
