using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace RnnGen.Generator.Cells.Graph;

/// <summary>Writes values of a graph as expressions, with the parentheses that they need.</summary>
internal abstract class GraphText(StepGraph graph)
{
    /// <summary>How tightly an expression holds together; an operand in a tighter place gets parentheses.</summary>
    protected const int Conditional = 0, Comparison = 1, Additive = 2, Multiplicative = 3, Unary = 4, Primary = 5;

    // Values within each other in one line.
    private const int DeepestLine = 24;

    protected StepGraph Graph { get; } = graph;

    /// <summary>What values are called that have a name of their own.</summary>
    public Dictionary<int, string> Names { get; } = [];

    public string Text(int id, int place = Conditional)
    {
        if (Names.TryGetValue(id, out string? name))
        {
            return name;
        }

        Node node = Graph[id];
        (string text, int holds) = node.Kind switch
        {
            NodeKind.Constant => (Constant(node.Value), node.Value < 0 ? Unary : Primary),
            NodeKind.Pointwise or NodeKind.Reduction => Print(node),
            _ => throw new InvalidOperationException($"The {node.Kind} {node.Name} has no name."),
        };
        return holds < place ? $"({text})" : text;
    }

    protected virtual string Constant(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A function that is no operator.</summary>
    protected abstract (string Text, int Holds) Call(Node node);

    protected abstract (string Text, int Holds) Select(Node node);

    private (string, int) Print(Node node)
    {
        Function function = node.Function!;
        IReadOnlyList<int> o = node.Operands;
        return function == Function.Add ? ($"{Text(o[0], Additive)} + {Text(o[1], Multiplicative)}", Additive)
            : function == Function.Subtract ? ($"{Text(o[0], Additive)} - {Text(o[1], Multiplicative)}", Additive)
            : function == Function.Multiply ? ($"{Text(o[0], Multiplicative)} * {Text(o[1], Unary)}", Multiplicative)
            : function == Function.Divide ? ($"{Text(o[0], Multiplicative)} / {Text(o[1], Unary)}", Multiplicative)
            : function == Function.Negate ? ($"-{Text(o[0], Primary)}", Unary)
            : function == Function.Select ? Select(node)
            : Call(node);
    }

    /// <summary>Values that are read more than once, have a name in the equations, or would make a line too deep, in an order of computation.</summary>
    /// <param name="roots">What is to be written.</param>
    /// <param name="isLooked">Which values are looked at.</param>
    protected IReadOnlyList<int> Shared(IReadOnlyList<int> roots, Func<Node, bool> isLooked)
    {
        Dictionary<int, int> reads = [];
        SortedSet<int> reached = [];
        Stack<int> open = new(roots);
        while (open.Count > 0)
        {
            int id = open.Pop();
            reads[id] = reads.TryGetValue(id, out int count) ? count + 1 : 1;
            if (!Names.ContainsKey(id) && reached.Add(id))
            {
                foreach (int operand in Graph[id].Operands)
                {
                    open.Push(operand);
                }
            }
        }

        List<int> shared = [];
        Dictionary<int, int> depths = [];
        foreach (int id in reached.Where(id => Graph[id].Kind is NodeKind.Pointwise or NodeKind.Reduction))
        {
            depths[id] = 1 + Graph[id].Operands.Select(o => depths.TryGetValue(o, out int depth) ? depth : 0).DefaultIfEmpty(0).Max();
            if (isLooked(Graph[id]) && (reads[id] > 1 || depths[id] > DeepestLine || (Graph[id].Name.Length > 0 && !roots.Contains(id))))
            {
                shared.Add(id);
                depths[id] = 0;
            }
        }

        return shared;
    }
}
