using RnnGen.Exchange.Files;
using RnnGen.Exchange.Onnx.Graphs;
using RnnGen.Exchange.Onnx.Writing;

namespace RnnGen.Exchange.Onnx;

/// <summary>
/// The nodes through which numbers flow to the graph's first output: readers of a value are only those of them. What leads to another output, or only to a length, reads nothing; what a graph inside a node captures is read.
/// </summary>
internal sealed class OnnxFlow
{
    private readonly OnnxGraph _graph;
    private readonly ConstantFolding _makers;
    private readonly HashSet<OnnxNode> _nodes = new(ReferenceEqualityComparer.Instance);

    public OnnxFlow(OnnxGraph graph, ConstantFolding makers)
    {
        (_graph, _makers) = (graph, makers);
        Output = graph.Producer == GraphWriter.Producer && graph.Outputs.Contains(StackWriter.OutputName) ? StackWriter.OutputName : graph.Outputs.FirstOrDefault() ?? throw new ForeignFileException("The graph has no output: it is damaged.");
        Stack<string> open = new([Output]);
        while (open.TryPop(out string? value))
        {
            if (graph.Constants.ContainsKey(value) || makers.MakerOf(value) is not { } node || !_nodes.Add(node) || AsksForLengths(node))
            {
                continue;
            }

            foreach (string input in node.Reads)
            {
                open.Push(input);
            }
        }

        Readers = graph.Nodes.Where(node => _nodes.Contains(node) && !AsksForLengths(node)).SelectMany(static node => node.Reads.Select(input => (input, node))).ToLookup(static pair => pair.input, static pair => pair.node);
    }

    /// <summary>The graph's first output, or in graphs of our own that of the model behind those of its states, at which the chain of layers must end.</summary>
    public string Output { get; }

    /// <summary>The nodes that read a value's numbers.</summary>
    public ILookup<string, OnnxNode> Readers { get; }

    /// <summary>Whether a value's numbers are read, or are the output.</summary>
    public bool IsRead(string value) => value.Length > 0 && (value == Output || Readers[value].Any());

    /// <summary>The first node of a kind that the output depends on.</summary>
    public OnnxNode? Find(Predicate<OnnxNode> isOne) => _graph.Nodes.Find(node => _nodes.Contains(node) && isOne(node));

    /// <summary>Whether a node reads a value's lengths and none of its numbers.</summary>
    public static bool AsksForLengths(OnnxNode node) => node.IsStandard && node.Op is "Shape" or "Size";

    /// <summary>The input of the graph that a value is, perhaps as other whole numbers; empty where it is none.</summary>
    public string RootOf(string value)
    {
        for (int i = 0; i <= _graph.Nodes.Count && _makers.MakerOf(value) is { IsStandard: true, Op: "Cast" or "Identity" } maker; i++)
        {
            value = maker.Input(0);
        }

        return _graph.Inputs.Exists(input => input.Name == value) ? value : "";
    }

    /// <summary>Notes the outputs besides it: final states, and values on the way to it. Others are rejected.</summary>
    /// <param name="passed">The values that the chain passed.</param>
    /// <param name="note">Receives what is left out.</param>
    public void NoteOtherOutputs(Func<string, bool> passed, Action<string> note)
    {
        foreach (string output in _graph.Outputs.Where(output => output != Output))
        {
            string value = output;
            OnnxNode? maker = null;
            for (int i = 0; i <= _graph.Nodes.Count && !passed(value) && (maker = _makers.MakerOf(value)) is { IsStandard: true, Op: "Squeeze" or "Unsqueeze" or "Identity" or "Transpose" or "Reshape" or "Concat" or "Slice" or "Gather" }; i++)
            {
                value = maker.Input(0);
            }

            bool isState = !passed(value) && maker is not null && RecurrentNode.Is(maker) && maker.Outputs.IndexOf(value) > 0, isPassed = passed(output) || (passed(value) && _makers.MakerOf(output) is { Op: "Identity" or "Slice" });
            note(isState ? Invariant($"The output {ForeignText.Shown(output)} is a final state, which is left out: a State or BatchState of the declared model has it.")
                : isPassed ? Invariant($"The output {ForeignText.Shown(output)} is a value on the way to {ForeignText.Shown(Output)}, which is left out: the declared model has one output.")
                : throw new ForeignFileException(Invariant($"The graph has the outputs {ForeignText.Shown(Output)} and {ForeignText.Shown(output)}, of which the second is no final state and no value on the way to the first: a declared model has one output. Export the graph with one, which stands first.")));
        }
    }
}
