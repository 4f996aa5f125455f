using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells.Graph;

namespace RnnGen.Generator.Losses;

/// <summary>A loss's gradient, derived by reverse-mode differentiation; its values are added to the graph of the loss.</summary>
/// <param name="Gradients">∂loss/∂output of each output, 0 where nothing depends on it, but for the parts in <paramref name="Picked"/>.</param>
/// <param name="Picked">What is added to the gradient of single classes: the position, and what is added.</param>
internal sealed record LossReverse(IReadOnlyList<int> Gradients, IReadOnlyList<(int Position, int Gradient)> Picked)
{
    /// <param name="graph">The loss's values.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="outputs">What gradients are wanted of.</param>
    /// <param name="classes">Values of those that each class has one of.</param>
    public static LossReverse Derive(StepGraph graph, int loss, IReadOnlyList<int> outputs, int classes)
    {
        Dictionary<int, int> adjoints = new() { [loss] = graph.Constant(1) };
        List<(int, int)> picked = [];
        bool[] wanted = new bool[loss + 1];
        for (int id = 0; id <= loss; id++)
        {
            wanted[id] = outputs.Contains(id) || graph[id].Operands.Any(o => wanted[o]);
        }

        for (int id = loss; id >= 0; id--)
        {
            if (wanted[id] && adjoints.TryGetValue(id, out int adjoint))
            {
                Propagate(graph[id], adjoint);
            }
        }

        return new LossReverse([.. outputs.Select(o => adjoints.TryGetValue(o, out int adjoint) ? adjoint : graph.Constant(0))], picked);

        void Propagate(Node node, int adjoint)
        {
            if (node.Function == LossFunctions.Pick)
            {
                picked.Add((node.Operands[1], adjoint));
                return;
            }

            // Which class is the greatest changes nowhere but at kinks.
            if (node.Function == LossFunctions.ArgMax)
            {
                return;
            }

            for (int operand = 0; operand < node.Operands.Count; operand++)
            {
                if (wanted[node.Operands[operand]])
                {
                    Accumulate(node.Operands[operand], Fit(node.Function!.Differentiate(graph, node, adjoint, operand), node, graph[node.Operands[operand]]));
                }
            }
        }

        // A number that the values of all classes are made with has the sum of their gradients.
        int Fit(int gradient, Node node, Node operand) => node.Width == operand.Width || operand.Width.Length > 0 ? gradient
            : graph[gradient].Width.Length > 0 ? graph.Reduce(LossFunctions.Sum, gradient)
            : graph.Apply(Function.Multiply, graph.Constant(classes), gradient);

        void Accumulate(int id, int gradient)
        {
            if (graph[gradient].Kind != NodeKind.Constant || graph[gradient].Value != 0)
            {
                adjoints[id] = adjoints.TryGetValue(id, out int sum) ? graph.Apply(Function.Add, sum, gradient) : gradient;
            }
        }
    }
}
