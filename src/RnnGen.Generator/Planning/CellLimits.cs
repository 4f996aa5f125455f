using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;

namespace RnnGen.Generator.Planning;

/// <summary>What kernels are not written for, told before any of them is.</summary>
internal static class CellLimits
{
    /// <param name="reverse">The reverse step, of a layer that has one.</param>
    /// <exception cref="CellFormatException">The cell is beyond them.</exception>
    public static void Check(CellGraph cell, IReadOnlyList<int> live, IReadOnlyList<int> preActivations, IReadOnlyList<int> vectors, ReverseGraph? reverse)
    {
        StepGraph graph = cell.Graph;
        Require(preActivations.Count > 0, "the cell has no matrix product; its input takes part through one, such as W x");
        Require(live.All(n => graph[n].Kind is not (NodeKind.Pointwise or NodeKind.Mean) || !graph[n].Operands.Contains(cell.Input)) && cell.Output != cell.Input
            && cell.States.All(s => s.Next != cell.Input), "x stands outside of a matrix product; it takes part through one, such as W x");
        if (reverse?.OutputAdjoint is not null)
        {
            RequireUse(cell, preActivations, vectors, reverse);
        }
    }

    // Every parameter that the equations name is there and is learned: its place in files is not held by what simplification has removed, nor by terms that cancel out. One of its
    // uses may reach nothing, such as U h in norm(W x + U h - mean(U h)), as long as another does.
    private static void RequireUse(CellGraph cell, IReadOnlyList<int> preActivations, IReadOnlyList<int> vectors, ReverseGraph reverse)
    {
        StepGraph graph = cell.Graph;
        HashSet<BlockReference> present = [], reached = [], learned = [];
        foreach (int id in preActivations.Concat(vectors))
        {
            Node node = graph[id];
            List<BlockReference> blocks = [.. node.Terms.Select(t => t.Weight), .. node.Biases, .. node.Vector is { } vector ? [vector] : Array.Empty<BlockReference>()];
            present.UnionWith(blocks);
            if (reverse.Adjoints.TryGetValue(id, out int adjoint))
            {
                reached.UnionWith(blocks);
                learned.UnionWith(graph[adjoint].Kind == NodeKind.Constant && graph[adjoint].Value == 0 ? [] : blocks);
            }
        }

        HashSet<BlockReference> remaining = RemainingTerms.Parameters(graph, [cell.Output, .. cell.States.Select(s => s.Next)]);
        List<CellMistake> mistakes = [];
        HashSet<BlockReference> told = [];
        foreach (CellEquation equation in cell.Definition.Equations)
        {
            foreach (Expression part in equation.Expression.Parts())
            {
                BlockReference? block = part switch
                {
                    Expression.Product product => new(product.Weight, product.Block),
                    Expression.Parameter parameter => new(parameter.Tensor, parameter.Block),
                    _ => null,
                };
                if (block is not null && (!learned.Contains(block) || !remaining.Contains(block)) && told.Add(block))
                {
                    string why = !present.Contains(block) ? "its terms cancel out, or are multiplied by 0"
                        : !reached.Contains(block) ? "what it changes reaches neither the output nor a state but through a comparison"
                        : !remaining.Contains(block) ? "its terms cancel out"
                        : "what it changes cancels out";
                    mistakes.Add(new CellMistake(CellProblem.NotCompiled, part.Start, part.Length, $"{block} in the line for {equation.Name} has no gradient: {why}; use it otherwise, or remove it"));
                }
            }
        }

        if (mistakes.Count > 0)
        {
            throw new CellFormatException(mistakes);
        }
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new CellFormatException(CellProblem.NotCompiled, 0, 0, otherwise);
        }
    }
}
