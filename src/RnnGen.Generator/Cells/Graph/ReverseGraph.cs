using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Cells.Graph;

/// <summary>
/// The reverse pass of a cell's step, derived by reverse-mode differentiation: from the adjoints of what the
/// step produces (its output and next states) to the adjoints of what it reads (input, previous states, parameters).
/// Its values are added to the graph of the forward step, so that shared subexpressions are found.
/// </summary>
/// <param name="OutputAdjoint">The leaf ∂L/∂output, from the layer above.</param>
/// <param name="States">Per state: the leaf ∂L/∂next, from the next step, and the derived ∂L/∂previous.</param>
/// <param name="InputAdjoint">The derived ∂L/∂x, where asked for.</param>
/// <param name="Adjoints">∂L/∂value of each forward value that has one.</param>
/// <param name="Products">The part of a value's adjoint that flows back through matrix products, of each forward value that has one.</param>
/// <param name="Weights">Each weight block's gradient, as the outer product of an adjoint and a source, summed over rows and steps.</param>
/// <param name="Sums">Each bias's or vector's gradient, as a value to be summed over rows and steps.</param>
internal sealed record ReverseGraph(
    int? OutputAdjoint,
    IReadOnlyList<StateAdjoints> States,
    int? InputAdjoint,
    IReadOnlyDictionary<int, int> Adjoints,
    IReadOnlyDictionary<int, int> Products,
    IReadOnlyList<WeightGradient> Weights,
    IReadOnlyList<SumGradient> Sums)
{
    /// <summary>∂L/∂value: 0 where nothing that is read depends on it.</summary>
    public int AdjointOf(StepGraph graph, int id) => Adjoints.TryGetValue(id, out int adjoint) ? adjoint : graph.Constant(0);

    /// <param name="cell">The forward step.</param>
    /// <param name="hasOutputAdjoint">Whether the layer above has a gradient at this step.</param>
    /// <param name="needsInputAdjoint">Whether the layer below wants one; if not, nothing is derived for it.</param>
    public static ReverseGraph Derive(CellGraph cell, bool hasOutputAdjoint, bool needsInputAdjoint)
    {
        StepGraph graph = cell.Graph;
        int count = graph.Nodes.Count;
        Dictionary<int, int> adjoints = [];
        Dictionary<int, List<AffineTerm>> products = [];
        Dictionary<int, int> closed = [];
        List<WeightGradient> weights = [];
        List<SumGradient> sums = [];

        int? outputAdjoint = null;
        if (hasOutputAdjoint)
        {
            outputAdjoint = graph.Adjoint("output", graph[cell.Output].Width);
            Accumulate(cell.Output, outputAdjoint.Value);
        }

        Dictionary<string, int> nextAdjoints = [];
        foreach (StateNodes state in cell.States)
        {
            nextAdjoints[state.Name] = graph.Adjoint(state.Name + "'", graph[state.Next].Width);
            Accumulate(state.Next, nextAdjoints[state.Name]);
        }

        bool[] wanted = Wanted(graph, count, cell.Input, needsInputAdjoint);
        for (int id = count - 1; id >= 0; id--)
        {
            if (wanted[id] && Close(id) is { } adjoint)
            {
                Propagate(graph[id], adjoint);
            }
        }

        return new ReverseGraph(
            outputAdjoint,
            cell.States.Select(s => new StateAdjoints(s.Name, nextAdjoints[s.Name], Find(s.Previous))).ToList(),
            needsInputAdjoint ? Find(cell.Input) : null,
            adjoints,
            closed,
            weights,
            sums);

        int? Find(int id) => adjoints.TryGetValue(id, out int adjoint) ? adjoint : null;

        // No gradient is none, and not one of zero.
        void Accumulate(int id, int adjoint)
        {
            if (graph[adjoint].Kind != NodeKind.Constant || graph[adjoint].Value != 0)
            {
                adjoints[id] = adjoints.TryGetValue(id, out int sum) ? graph.Apply(Function.Add, sum, adjoint) : adjoint;
            }
        }

        // All products that flow into one value are one affine value, added to what flows in directly.
        int? Close(int id)
        {
            if (products.TryGetValue(id, out List<AffineTerm>? terms))
            {
                closed[id] = graph.Affine(graph[id].Width, terms, []);
                Accumulate(id, closed[id]);
            }

            return Find(id);
        }

        void Propagate(Node node, int adjoint)
        {
            if (node.Kind == NodeKind.Mean)
            {
                Accumulate(node.Operands[0], graph.Mean(adjoint));
                return;
            }

            for (int operand = 0; operand < node.Operands.Count; operand++)
            {
                if (wanted[node.Operands[operand]])
                {
                    Accumulate(node.Operands[operand], node.Function!.Differentiate(graph, node, adjoint, operand));
                }
            }

            foreach (AffineTerm term in node.Terms)
            {
                weights.Add(new WeightGradient(term.Weight, adjoint, term.Source));
                if (wanted[term.Source])
                {
                    if (!products.TryGetValue(term.Source, out List<AffineTerm>? terms))
                    {
                        products[term.Source] = terms = [];
                    }

                    terms.Add(new AffineTerm(term.Weight, true, adjoint));
                }
            }

            foreach (BlockReference bias in node.Biases)
            {
                sums.Add(new SumGradient(bias, adjoint));
            }

            if (node.Kind == NodeKind.Vector)
            {
                sums.Add(new SumGradient(node.Vector!, adjoint));
            }
        }
    }

    // A value's adjoint is wanted where a state, a parameter, or (if asked for) the input is computed from.
    private static bool[] Wanted(StepGraph graph, int count, int input, bool needsInputAdjoint)
    {
        bool[] wanted = new bool[count];
        for (int id = 0; id < count; id++)
        {
            Node node = graph[id];
            wanted[id] = node.Kind switch
            {
                NodeKind.Input => id == input && needsInputAdjoint,
                NodeKind.State or NodeKind.Vector or NodeKind.Affine => true,
                NodeKind.Pointwise or NodeKind.Mean => node.Operands.Any(o => wanted[o]),
                NodeKind.Constant or NodeKind.Adjoint => false,
                _ => throw Choices.Unimplemented(node.Kind),
            };
        }

        return wanted;
    }
}

/// <summary>A state's adjoints: <paramref name="Next"/> comes from the next step, <paramref name="Previous"/> goes to the one before.</summary>
internal sealed record StateAdjoints(string Name, int Next, int? Previous);

/// <summary>∂L/∂W = Σ adjoint ⊗ source.</summary>
internal sealed record WeightGradient(BlockReference Weight, int Adjoint, int Source);

/// <summary>∂L/∂b = Σ value.</summary>
internal sealed record SumGradient(BlockReference Block, int Value);
