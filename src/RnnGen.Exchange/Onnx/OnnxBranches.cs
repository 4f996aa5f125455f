using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.Onnx.Graphs;

namespace RnnGen.Exchange.Onnx;

/// <summary>Where on the chain an added value comes from.</summary>
/// <param name="Version">How many nodes before it changed the values.</param>
/// <param name="Axes">What its axes are as they are added.</param>
/// <param name="Features">The first features of each step, where only these are added; null for all.</param>
internal readonly record struct OnnxOrigin(int Version, string Axes, long? Features);

/// <summary>
/// Values that are read twice: by the next layer, and by an Add further on, perhaps transposed or cut to the first features; or by an output of the graph besides. It says which reader is the next layer, and where a value that is
/// added comes from.
/// </summary>
internal sealed class OnnxBranches(OnnxGraph graph, ConstantFolding folding, ILookup<string, OnnxNode> readers)
{
    private readonly HashSet<string> _outputs = new(graph.Outputs, StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxOrigin> _passed = new(StringComparer.Ordinal);

    // Each node is followed once, however many values lead to it.
    private readonly Dictionary<OnnxNode, Destination> _destinations = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether a value is one of the chain.</summary>
    public bool HasPassed(string value) => _passed.ContainsKey(value);

    /// <summary>Keeps a value of the chain.</summary>
    public void Pass(string value, string axes, int version) => _passed.TryAdd(value, new OnnxOrigin(version, axes, null));

    /// <summary>The reader that is the next node of the chain; null at its end.</summary>
    public OnnxNode? Next(string value)
    {
        OnnxNode[] all = [.. readers[value]];
        if (all.Length <= 1)
        {
            return all.FirstOrDefault();
        }

        ILookup<Destination, OnnxNode> ways = all.ToLookup(DestinationOf);
        OnnxNode[] next = [.. ways[Destination.Layer]], ends = [.. ways[Destination.Output]];
        return next.Length == 1 && ends.Length == 0 ? next[0] : next.Length == 0 && ends.Length == 1 ? ends[0]
            : throw ForeignModelBuilder.Undeclarable(value, Invariant($"read by {all.Length} nodes ({all[0].Op} and {all[1].Op})"), "values go from one layer to the next, and once more into an Add");
    }

    /// <summary>Whether a node adds two values of the graph.</summary>
    public bool IsAddition(OnnxNode node) => node is { IsStandard: true, Op: "Add" } && !graph.Constants.ContainsKey(node.Input(0)) && !graph.Constants.ContainsKey(node.Input(1));

    /// <summary>Where the other value of an addition comes from; null where that is no earlier value of the chain.</summary>
    /// <param name="addition">The node.</param>
    /// <param name="value">The value of the chain that it reads.</param>
    public OnnxOrigin? Added(OnnxNode addition, string value)
    {
        List<OnnxNode> aside = [];
        string other = addition.Input(0) == value ? addition.Input(1) : addition.Input(0);
        OnnxOrigin origin;
        while (!_passed.TryGetValue(other, out origin))
        {
            if (folding.MakerOf(other) is not { } maker || !CanBeAside(maker) || aside.Count > graph.Nodes.Count)
            {
                return null;
            }

            aside.Add(maker);
            other = maker.Input(0);
        }

        OnnxOrigin? found = other == value ? null : origin;
        for (int i = aside.Count - 1; i >= 0 && found is { } passed; i--)
        {
            found = Through(aside[i], passed);
        }

        return found;
    }

    /// <summary>Whether a node is no Cast to a type that rounds.</summary>
    public static bool KeepsNumbers(OnnxNode node) => node.Op != "Cast" || OnnxTensor.TypeOf(node.Integer("to", 0)) is NumberType.F32 or NumberType.F64;

    private static bool CanBeAside(OnnxNode node) => node.IsStandard && node.Op is "Transpose" or "Slice" or "Identity" or "Cast";

    // What a node leads to by nodes that change no values; a cycle leads to no layer.
    private Destination DestinationOf(OnnxNode node)
    {
        List<OnnxNode> followed = [];
        Destination destination;
        while (!_destinations.TryGetValue(node, out destination))
        {
            followed.Add(node);
            _destinations[node] = Destination.Nothing;
            OnnxNode[] next = [.. readers[node.Output(0)]];
            if (!IsAddition(node) && CanBeAside(node) && next.Length == 1)
            {
                node = next[0];
                continue;
            }

            destination = IsAddition(node) ? Destination.Addition
                : !CanBeAside(node) || next.Length > 1 ? Destination.Layer
                : _outputs.Contains(node.Output(0)) ? Destination.Output : Destination.Nothing;
            break;
        }

        followed.ForEach(passed => _destinations[passed] = destination);
        return destination;
    }

    private OnnxOrigin? Through(OnnxNode node, OnnxOrigin origin)
    {
        switch (node.Op)
        {
            case "Identity" or "Cast":
                return KeepsNumbers(node) ? origin : null;
            case "Transpose":
                int[] order = [.. node.Integers("perm")?.Select(static axis => (int)axis) ?? Enumerable.Range(0, origin.Axes.Length).Reverse()];
                return order.Order().SequenceEqual(Enumerable.Range(0, origin.Axes.Length)) ? origin with { Axes = string.Concat(order.Select(axis => origin.Axes[axis])) } : null;
            default:
                List<long>? starts = node.Integers("starts") ?? Numbers(node, 1), ends = node.Integers("ends") ?? Numbers(node, 2), axes = node.Integers("axes") ?? Numbers(node, 3), steps = Numbers(node, 4);
                bool isFirst = starts is [0] && ends is [> 0] && axes is [long axis] && (axis < 0 ? axis + origin.Axes.Length : axis) == origin.Axes.IndexOf('F', StringComparison.Ordinal) && steps is null or [1];
                return isFirst && origin.Features is null ? origin with { Features = ends![0] } : null;
        }
    }

    // Nothing: lengths are asked for, or nobody reads it.
    private enum Destination
    {
        Layer,
        Addition,
        Output,
        Nothing,
    }

    private List<long>? Numbers(OnnxNode node, int index) => graph.Constants.TryGetValue(node.Input(index), out OnnxTensor? tensor) ? tensor.Whole() : null;
}
