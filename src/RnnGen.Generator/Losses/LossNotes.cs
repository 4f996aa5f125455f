using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells.Graph;

namespace RnnGen.Generator.Losses;

/// <summary>Writes a loss's equations and derived gradient for readers: ∂y is ∂loss/∂y.</summary>
internal sealed class LossNotes : GraphText
{
    // Of a long list of outputs the first few say how it goes on.
    private const int MostShown = 3;

    private readonly LossGraph _loss;

    private LossNotes(LossGraph loss)
        : base(loss.Graph)
    {
        _loss = loss;
        foreach (Node node in Graph.Nodes.Where(n => n.Name.Length > 0 && n.Kind != NodeKind.Constant))
        {
            Names[node.Id] = node.Name;
        }
    }

    /// <summary>The equations as they are written, and the derived gradient; none where a programme computes the loss.</summary>
    /// <param name="definition">The loss.</param>
    /// <param name="classes">How many classes there are, where targets are classes.</param>
    public static IReadOnlyList<string> Of(LossDefinition definition, int classes) =>
        definition.Programme is not null ? [] : [.. Declarations(definition), .. definition.Equations.Select(e => e.Text), .. new LossNotes(LossGraph.Build(definition, classes)).Gradients()];

    private static IEnumerable<string> Declarations(LossDefinition definition) => definition.Numbers
        .Select(n => $"{n.Name} = {string.Join(", ", n.Values.Select(v => v.ToString("R", System.Globalization.CultureInfo.InvariantCulture)))}")
        .Concat(definition.Values.Where(v => v.Link is not null).Select(v => v.Link!.Text));

    private List<string> Gradients()
    {
        List<string> lines = [];
        int[] shown = [.. _loss.Reverse.Gradients.Take(MostShown)];
        foreach (int id in Shared([.. shown, .. _loss.Reverse.Picked.Select(p => p.Gradient)], static _ => true))
        {
            string text = Text(id);
            Names[id] = $"v{id}";
            lines.Add($"{Names[id]} = {text}");
        }

        for (int i = 0; i < shown.Length; i++)
        {
            lines.Add($"∂{Graph[_loss.Outputs[i]].Name} = {Text(shown[i])}");
        }

        if (shown.Length < _loss.Reverse.Gradients.Count)
        {
            lines.Add($"and so on, {_loss.Reverse.Gradients.Count} values");
        }

        string output = Graph[_loss.Outputs[0]].Name;
        lines.AddRange(_loss.Reverse.Picked.Select(p => $"∂{output}[{Text(p.Position)}] = ∂{output}[{Text(p.Position)}] + {Text(p.Gradient, Multiplicative)}".Replace("+ -", "- ")));
        return lines;
    }

    protected override (string Text, int Holds) Call(Node node)
    {
        IReadOnlyList<int> o = node.Operands;
        return node.Function == LossFunctions.Pick ? ($"{Text(o[0], Primary)}[{Text(o[1])}]", Primary)
            : LossFunctions.Softmax(Graph, node) is { } softmax ? ($"softmax({Text(softmax.Value)})", Primary)
            : node.Function == Function.WherePositive ? ($"select({Text(o[1])} > 0, {Text(o[0])}, 0)", Primary)
            : ($"{node.Function!.Name}({string.Join(", ", o.Select(i => Text(i)))})", Primary);
    }

    protected override (string Text, int Holds) Select(Node node) =>
        ($"select({Text(node.Operands[0])} > {Text(node.Operands[1])}, {Text(node.Operands[2])}, {Text(node.Operands[3])})", Primary);
}
