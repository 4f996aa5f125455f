using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Losses;

namespace RnnGen.Generator.Tests.Losses;

/// <summary>Computes a loss's graph value by value over plain numbers. It knows nothing of code.</summary>
internal sealed class LossInterpreter
{
    private readonly StepGraph _graph;
    private readonly int _classes;
    private readonly Dictionary<int, double[]> _values = [];

    private LossInterpreter(LossGraph loss, double[] outputs, double target, double scale, double weight)
    {
        _graph = loss.Graph;
        _classes = loss.Definition.TargetsAreClasses ? outputs.Length : 1;
        for (int i = 0; i < loss.Outputs.Count; i++)
        {
            _values[loss.Outputs[i]] = loss.Definition.TargetsAreClasses ? outputs : [outputs[i]];
        }

        foreach (Node node in _graph.Nodes)
        {
            if (!_values.ContainsKey(node.Id))
            {
                _values[node.Id] = node.Kind switch
                {
                    NodeKind.Input => [node.Name switch { LossParser.Target => target, LossProgram.ScaleName => scale, LossGraph.WeightName => weight, LossParser.FirstChance => 0.3, LossParser.SecondChance => 0.6, _ => throw new InvalidOperationException(node.Name) }],
                    NodeKind.Constant => [node.Value],
                    NodeKind.Pointwise => [.. Enumerable.Range(0, node.Width.Length > 0 ? _classes : 1).Select(i => node.Function!.Evaluate([.. node.Operands.Select(o => At(o, i))]))],
                    NodeKind.Reduction => [node.Function!.Evaluate([.. node.Operands.SelectMany(o => _values[o])])],
                    _ => throw new InvalidOperationException($"A loss has no {node.Kind}."),
                };
            }
        }
    }

    /// <summary>The loss and its gradient as they are derived.</summary>
    public static (double Loss, double[] Gradient, double Prediction) Derived(LossDefinition definition, double[] outputs, double target, double weight = 1)
    {
        LossGraph loss = LossGraph.Build(definition, outputs.Length);
        LossInterpreter found = new(loss, outputs, target, 1, weight);
        return (found.At(loss.Loss, 0), found.Gradient(loss.Reverse.Gradients, loss.Reverse.Picked, definition, outputs.Length), found.At(loss.Prediction, 0));
    }

    /// <summary>The same in the form that is compiled.</summary>
    public static (double Loss, double[] Gradient) Compiled(LossDefinition definition, double[] outputs, double target, double scale)
    {
        LossProgram program = LossProgram.Create(definition, outputs.Length);
        LossInterpreter found = new(program.Source, outputs, target, scale, 1);
        return (found.At(program.Loss, 0), found.Gradient(program.Gradients, program.Picked, definition, outputs.Length));
    }

    private double[] Gradient(IReadOnlyList<int> gradients, IReadOnlyList<(int Position, int Gradient)> picked, LossDefinition definition, int count)
    {
        double[] gradient = [.. Enumerable.Range(0, count).Select(i => definition.TargetsAreClasses ? At(gradients[0], i) : At(gradients[i], 0))];
        foreach ((int position, int added) in picked)
        {
            gradient[(int)At(position, 0)] += At(added, 0);
        }

        return gradient;
    }

    private double At(int id, int index) => _values[id] is [var one] ? one : _values[id][index];
}
