using RnnGen.Exchange.Files;
using RnnGen.Exchange.Onnx.Graphs;
using RnnGen.Exchange.Onnx.Operators;

namespace RnnGen.Exchange.Onnx;

/// <summary>Computes what exporters write instead of a constant, such as slices, concatenations and reshapes of weights.</summary>
internal sealed class ConstantFolding
{
    private readonly OnnxGraph _graph;
    private readonly Dictionary<string, OnnxNode> _makers = new(StringComparer.Ordinal);
    private readonly long _maximumNumbers;

    /// <param name="graph">Its constants are extended.</param>
    /// <param name="maximumNumbers">Numbers that folding may make.</param>
    public ConstantFolding(OnnxGraph graph, long maximumNumbers)
    {
        (_graph, _maximumNumbers) = (graph, maximumNumbers);
        foreach (OnnxNode node in graph.Nodes)
        {
            foreach (string output in node.Outputs.Where(static output => output.Length > 0))
            {
                if (!_makers.TryAdd(output, node))
                {
                    throw new ForeignFileException(Invariant($"Two nodes output {ForeignText.Shown(output)}: the file is damaged."));
                }
            }
        }
    }

    /// <summary>The node that outputs a value; null for inputs and constants.</summary>
    public OnnxNode? MakerOf(string value) => _makers.GetValueOrDefault(value);

    /// <summary>Folds all nodes of constants, in the order of the graph; those that cannot be run are left as they are.</summary>
    public void Run()
    {
        RunBudget budget = new(_maximumNumbers, _maximumNumbers);
        foreach (OnnxNode node in _graph.Nodes.Where(node => OperatorTable.Knows(node) && (node.Op == "Constant" || node.Inputs.Count > 0) && node.Inputs.TrueForAll(input => input.Length == 0 || _graph.Constants.ContainsKey(input))))
        {
            try
            {
                OnnxTensor[] outputs = OperatorTable.Run(new NodeCall(node, [.. node.Inputs.Select(input => _graph.Constants.GetValueOrDefault(input))], _graph.Opset, budget));
                for (int i = 0; i < outputs.Length && i < node.Outputs.Count; i++)
                {
                    _graph.Constants.TryAdd(node.Outputs[i], outputs[i]);
                }
            }
            catch (OperatorException)
            {
                // The chain names the node if it needs it.
            }
        }
    }
}
