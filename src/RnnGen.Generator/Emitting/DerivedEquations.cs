using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes a cell's derived equations for readers, in the notation of its own: ∂v is ∂L/∂v, a_f the pre-activation of gate f.</summary>
internal sealed class DerivedEquations
{
    // Values within each other in one line.
    private const int DeepestLine = 24;

    private readonly LayerPlan _layer;
    private readonly Dictionary<int, string> _names = [];
    private readonly Dictionary<int, int> _uses = [];
    private readonly List<string> _lines = [];

    private DerivedEquations(LayerPlan layer)
    {
        _layer = layer;
        CellProgram program = layer.Program;
        ReverseGraph reverse = program.Reverse ?? throw new InvalidOperationException("A layer that no gradient flows through has no derived equations.");
        foreach (Node node in Graph.Nodes.Where(n => n.Name.Length > 0 && n.Kind != NodeKind.Adjoint))
        {
            _names[node.Id] = node.Name;
        }

        for (int lane = 0; lane < layer.Lanes; lane++)
        {
            if (!_names.ContainsKey(program.PreActivations[lane]))
            {
                _names[program.PreActivations[lane]] = $"a{layer.LaneName(lane)}";
            }
        }

        if (reverse.OutputAdjoint is { } output)
        {
            _names[output] = "∂output";
        }

        foreach (StateAdjoints state in reverse.States)
        {
            _names[state.Next] = $"∂{layer.WrittenName(state.Name)}'";
        }

        List<(string Name, int Node)> wanted = [];
        for (int panel = 0; panel < layer.Panels; panel++)
        {
            bool isVector = panel >= layer.Lanes;
            int node = isVector ? program.Vectors[panel - layer.Lanes] : program.PreActivations[panel];
            wanted.Add(($"∂{_names[node]}", reverse.AdjointOf(Graph, node)));
        }

        wanted.AddRange(reverse.States.Where(s => s.Previous is not null).Select(s => ($"∂{layer.WrittenName(s.Name)}", s.Previous!.Value)));
        if (reverse.InputAdjoint is { } input)
        {
            wanted.Add(("∂x", input));
        }

        foreach (int id in Graph.Closure(wanted.Select(w => w.Node)))
        {
            foreach (int source in Graph[id].Sources)
            {
                _uses[source] = _uses.TryGetValue(source, out int uses) ? uses + 1 : 1;
            }
        }

        // In an order of computation; what is read twice, or would make a line too deep, gets a line of its own.
        Dictionary<int, string> last = [];
        foreach ((string name, int node) in wanted.Where(w => !_names.ContainsKey(w.Node)))
        {
            last[node] = name;
        }

        Dictionary<int, int> depths = [];
        foreach (int id in Graph.Closure(wanted.Select(w => w.Node)).Where(i => !_names.ContainsKey(i) && Graph[i].Kind != NodeKind.Constant))
        {
            depths[id] = 1 + Graph[id].Sources.Select(s => !_names.ContainsKey(s) && depths.TryGetValue(s, out int depth) ? depth : 0).DefaultIfEmpty(0).Max();
            if (last.TryGetValue(id, out string? name) || (_uses.TryGetValue(id, out int uses) && uses > 1) || depths[id] > DeepestLine)
            {
                name ??= $"v{id}";
                _lines.Add($"{name} = {Unwrap(Text(id))}");
                _names[id] = name;
            }
        }

        foreach ((string name, int node) in wanted.Where(w => !last.ContainsValue(w.Name)))
        {
            _lines.Add($"{name} = {Text(node)}");
        }
    }

    private StepGraph Graph => _layer.Graph;

    public static IReadOnlyList<string> Of(LayerPlan layer) => new DerivedEquations(layer)._lines;

    private string Text(int id)
    {
        if (_names.TryGetValue(id, out string? name))
        {
            return name;
        }

        Node node = Graph[id];
        switch (node.Kind)
        {
            case NodeKind.Constant:
                return node.Value.ToString("R", CultureInfo.InvariantCulture);
            case NodeKind.Mean:
                return $"mean({Unwrap(Text(node.Operands[0]))})";
            case NodeKind.Affine:
                string sum = string.Join(" + ", node.Terms.Select(t => $"{t.Weight}{(t.Transposed ? "ᵀ" : "")} {Text(t.Source)}"));
                return node.Terms.Count > 1 ? $"({sum})" : sum;
        }

        string[] operands = [.. node.Operands.Select(Text)];
        return node.Function!.Name switch
        {
            "+" or "-" or "*" or "/" => $"({operands[0]} {node.Function.Name} {operands[1]})",
            "negate" => $"-{operands[0]}",
            "copy" => operands[0],
            "select" => $"select({Unwrap(operands[0])} > {Unwrap(operands[1])}, {Unwrap(operands[2])}, {Unwrap(operands[3])})",
            "where positive" => $"select({Unwrap(operands[1])} > 0, {Unwrap(operands[0])}, 0)",
            string function => $"{function}({string.Join(", ", operands.Select(Unwrap))})",
        };
    }

    // Without the parentheses around the whole.
    private static string Unwrap(string text)
    {
        if (!text.StartsWith("(", StringComparison.Ordinal) || !text.EndsWith(")", StringComparison.Ordinal))
        {
            return text;
        }

        int depth = 0;
        for (int i = 0; i < text.Length - 1; i++)
        {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (depth == 0)
            {
                return text;
            }
        }

        return text.Substring(1, text.Length - 2);
    }
}
