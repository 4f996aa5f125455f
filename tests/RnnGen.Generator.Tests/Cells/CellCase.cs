using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>
/// A cell with sizes and drawn numbers: parameters, inputs and initial states, all by name, and the weights of a loss that
/// is linear in every output and final state, so that each of their adjoints is known.
/// </summary>
internal sealed class CellCase
{
    public const int Rows = 2;
    public const int Steps = 4;

    private readonly Random _random;

    public CellCase(CellDefinition definition, Function? activation, int seed)
    {
        _random = new Random(seed);
        Definition = definition;
        Activation = activation;
        CellGraph cell = BuildGraph();
        Sizes = new Dictionary<string, int>(definition.Widths) { ["I"] = 3, ["H"] = 5, [""] = 1 };
        foreach (CellTensor tensor in definition.Tensors)
        {
            Columns[tensor.Symbol] = tensor.Kind == CellTensorKind.Weight ? Sizes[ColumnsOf(cell.Graph, tensor)] : 1;
            Variables[tensor.Symbol] = Draw(tensor.BlockCount * Sizes[tensor.Width] * Columns[tensor.Symbol]);
        }

        Variables["x"] = Draw(Rows * Steps * Sizes["I"]);
        foreach (CellState state in definition.States)
        {
            Variables[state.Name + "(0)"] = Draw(Rows * Sizes[state.Width]);
            FinalWeights[state.Name] = Draw(Rows * Sizes[state.Width]);
        }

        OutputWidth = Sizes[cell.Graph[cell.Output].Width];
        OutputWeights = Draw(Rows * Steps * OutputWidth);
    }

    public CellDefinition Definition { get; }

    public Function? Activation { get; }

    public IReadOnlyDictionary<string, int> Sizes { get; }

    /// <summary>Columns of each parameter tensor; 1 for biases and vectors.</summary>
    public Dictionary<string, int> Columns { get; } = [];

    /// <summary>What the loss is differentiated by: parameters by symbol, <c>x</c> as [row, step, feature], <c>h(0)</c> as [row, unit].</summary>
    public Dictionary<string, double[]> Variables { get; } = [];

    public int OutputWidth { get; }

    /// <summary>∂L/∂output, [row, step, unit].</summary>
    public double[] OutputWeights { get; }

    /// <summary>∂L/∂state after the last step, [row, unit].</summary>
    public Dictionary<string, double[]> FinalWeights { get; } = [];

    public CellGraph BuildGraph() => CellGraph.Build(Definition, Activation);

    public ReadOnlySpan<double> InputAt(int row, int step) => Variables["x"].AsSpan((row * Steps + step) * Sizes["I"], Sizes["I"]);

    public double[] InitialState(string state, int row)
    {
        int width = Variables[state + "(0)"].Length / Rows;
        return Variables[state + "(0)"][(row * width)..((row + 1) * width)];
    }

    public double[] FinalWeight(string state, int row)
    {
        int width = FinalWeights[state].Length / Rows;
        return FinalWeights[state][(row * width)..((row + 1) * width)];
    }

    public double[] OutputWeight(int row, int step) => OutputWeights[((row * Steps + step) * OutputWidth)..((row * Steps + step + 1) * OutputWidth)];

    /// <summary>An element of a tensor's block.</summary>
    public double Weight(BlockReference block, int row, int column) => Variables[block.Tensor.Symbol][IndexOf(block, row, column)];

    public int IndexOf(BlockReference block, int row, int column) =>
        (block.Block * Sizes[block.Tensor.Width] + row) * Columns[block.Tensor.Symbol] + column;

    /// <summary>Σ terms (W or Wᵀ) · source + Σ biases.</summary>
    public double[] Affine(Node node, Func<int, double[]> valueOf)
    {
        double[] sum = new double[Sizes[node.Width]];
        for (int i = 0; i < sum.Length; i++)
        {
            foreach (BlockReference bias in node.Biases)
            {
                sum[i] += Weight(bias, i, 0);
            }

            foreach (AffineTerm term in node.Terms)
            {
                double[] source = valueOf(term.Source);
                for (int k = 0; k < source.Length; k++)
                {
                    sum[i] += source[k] * (term.Transposed ? Weight(term.Weight, k, i) : Weight(term.Weight, i, k));
                }
            }
        }

        return sum;
    }

    private static string ColumnsOf(StepGraph graph, CellTensor tensor) => graph.Nodes
        .SelectMany(n => n.Terms)
        .Where(t => t.Weight.Tensor.Symbol == tensor.Symbol)
        .Select(t => graph[t.Source].Width)
        .First();

    private double[] Draw(int length) => [.. Enumerable.Range(0, length).Select(_ => _random.NextDouble() * 1.6 - 0.8)];
}
