using RnnGen.Exchange.Onnx.Graphs;
using RnnGen.Exchange.Onnx.Operators;

namespace RnnGen.Exchange.Onnx;

/// <summary>Runs a graph's nodes in double, as far as a value needs them.</summary>
/// <param name="graph">The graph.</param>
/// <param name="makers">The nodes by their outputs.</param>
/// <param name="feeds">Values of the graph's inputs.</param>
/// <param name="budget">What the run may take.</param>
internal sealed class GraphRun(OnnxGraph graph, ConstantFolding makers, IReadOnlyDictionary<string, OnnxTensor> feeds, RunBudget budget)
{
    private readonly Dictionary<string, OnnxTensor> _values = new(feeds, StringComparer.Ordinal);

    // More values than all nodes read are needed only where a value needs itself.
    private readonly int _most = graph.Nodes.Sum(static node => node.Inputs.Count + 1);

    /// <summary>A value of the graph.</summary>
    /// <exception cref="OperatorException">A node that it needs cannot be run.</exception>
    public OnnxTensor Value(string name)
    {
        Stack<string> needed = new([name]);
        while (needed.TryPeek(out string? next))
        {
            if (Known(next) is not null)
            {
                needed.Pop();
                continue;
            }

            OnnxNode node = makers.MakerOf(next) ?? throw new OperatorException(Invariant($"{next} has no value"));
            string[] missing = [.. node.Inputs.Where(input => input.Length > 0 && Known(input) is null)];
            if (missing.Length == 0)
            {
                Run(node, next);
                continue;
            }

            foreach (string input in missing)
            {
                needed.Push(input);
            }

            if (needed.Count > _most)
            {
                throw new OperatorException("the graph has a cycle");
            }
        }

        return Known(name)!;
    }

    private OnnxTensor? Known(string name) => _values.TryGetValue(name, out OnnxTensor? value) || graph.Constants.TryGetValue(name, out value) ? value : null;

    private void Run(OnnxNode node, string wanted)
    {
        OnnxTensor[] outputs = OperatorTable.Run(new NodeCall(node, [.. node.Inputs.Select(input => input.Length == 0 ? null : Known(input))], graph.Opset, budget));
        for (int i = 0; i < outputs.Length; i++)
        {
            if (node.Output(i).Length > 0)
            {
                _values[node.Output(i)] = outputs[i];
            }
        }

        if (!_values.ContainsKey(wanted))
        {
            throw new OperatorException(Invariant($"{node.Op} does not give {wanted}"));
        }
    }
}
