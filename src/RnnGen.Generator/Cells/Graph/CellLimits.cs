using System.Collections.Generic;
using System.Linq;

namespace RnnGen.Generator.Cells.Graph;

/// <summary>What kernels are not written for, told before any of them is.</summary>
internal static class CellLimits
{
    /// <summary>What is wrong with a cell, where what its equations leave open is a tanh; null where its kernels can be written.</summary>
    public static CellFormatException? Problem(CellSource source) => Problem(source, Function.Tanh);

    /// <summary>What is wrong with a cell; null where its kernels can be written.</summary>
    /// <param name="source">The equations.</param>
    /// <param name="activation">What f stands for in its equations; null for the identity.</param>
    public static CellFormatException? Problem(CellSource source, Function? activation)
    {
        try
        {
            Check(CellGraph.Build(source.Definition, activation));
            return null;
        }
        catch (CellFormatException problem)
        {
            return problem;
        }
    }

    /// <param name="cell">The forward step, to which its reverse step is added.</param>
    /// <exception cref="CellFormatException">The cell is beyond the limits.</exception>
    public static void Check(CellGraph cell)
    {
        StepGraph graph = cell.Graph;
        IReadOnlyList<int> live = cell.Live;
        Require(live.Any(n => graph[n].Kind == NodeKind.Affine), NoProduct(cell.Definition));
        Require(live.All(n => graph[n].Kind is not (NodeKind.Pointwise or NodeKind.Mean) || !graph[n].Operands.Contains(cell.Input)) && cell.Output != cell.Input
            && cell.States.All(s => s.Next != cell.Input), "x stands outside of a matrix product; it takes part through one, such as W x");
        RequireUse(cell, live, ReverseGraph.Derive(cell, hasOutputAdjoint: true, needsInputAdjoint: true));
    }

    private static string NoProduct(CellDefinition cell)
    {
        if (!cell.Equations.Any(e => e.Expression.Parts().Any(p => p is Expression.Product)))
        {
            return "the cell has no matrix product, and needs one to read its input, such as W x";
        }

        string numbers = string.Join(", ", cell.Numbers.Select(n => string.Format(System.Globalization.CultureInfo.InvariantCulture, "{0} = {1:R}", n.Name, n.Value)));
        return "nothing is left of the cell's matrix products: " + (numbers.Length == 0
            ? "they are multiplied by 0, or their terms cancel out; use one in another way"
            : $"with {numbers} they are multiplied by 0, or their terms cancel out; give another number");
    }

    // Every parameter that the equations name is there and is learned: its place in files is not held by what simplification has removed, nor by terms that cancel out. One of its
    // uses may reach nothing, such as U h in norm(W x + U h - mean(U h)), as long as another does.
    private static void RequireUse(CellGraph cell, IReadOnlyList<int> live, ReverseGraph reverse)
    {
        StepGraph graph = cell.Graph;
        HashSet<BlockReference> present = [], reached = [], learned = [], compared = [];
        HashSet<int> comparisons = [.. graph.Closure(live.Where(n => graph[n].Function == Function.Select).SelectMany(n => graph[n].Operands.Take(2)))];
        foreach (int id in live.Where(n => graph[n].Kind is NodeKind.Affine or NodeKind.Vector))
        {
            Node node = graph[id];
            List<BlockReference> blocks = [.. node.Terms.Select(t => t.Weight), .. node.Biases, .. node.Vector is { } vector ? [vector] : Array.Empty<BlockReference>()];
            present.UnionWith(blocks);
            compared.UnionWith(comparisons.Contains(id) ? blocks : []);
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
                        : !reached.Contains(block) && compared.Contains(block) ? "what it changes reaches neither the output nor a state but through a comparison"
                        : !reached.Contains(block) || !remaining.Contains(block) ? "its terms cancel out"
                        : "what it changes cancels out";
                    mistakes.Add(new CellMistake(CellProblem.NotCompiled, part.Start, part.Length, $"{block} in the line for {equation.Name} has no gradient: {why}; use it in another way, or remove it"));
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
