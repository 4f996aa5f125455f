using System.Collections.Frozen;
using RnnGen.Exchange.Onnx.Graphs;

namespace RnnGen.Exchange.Onnx.Operators;

/// <summary>The operators that a graph is run with, in double; each family of them is one file.</summary>
internal static class OperatorTable
{
    private static readonly FrozenDictionary<string, Func<NodeCall, OnnxTensor[]>> s_all =
        ShapeOperators.All.Concat(SelectionOperators.All).Concat(ElementOperators.All).Concat(ReductionOperators.All).Concat(MatrixOperators.All).Concat(RecurrentOperators.All).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether a node is of an operator that can be run.</summary>
    public static bool Knows(OnnxNode node) => node.IsStandard && s_all.ContainsKey(node.Op);

    /// <summary>A node's outputs.</summary>
    /// <exception cref="OperatorException">The operator is not known, or its inputs do not fit.</exception>
    public static OnnxTensor[] Run(NodeCall call) => Knows(call.Node) ? s_all[call.Node.Op](call) : throw new OperatorException(Invariant($"there is no {call.Node.Op} to run"));
}
