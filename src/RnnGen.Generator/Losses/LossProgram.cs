using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;

namespace RnnGen.Generator.Losses;

/// <summary>
/// What is computed of one target's loss: its graph, with each function that would overflow or cancel out when written plainly in its stable form, and
/// gradients times the scale of the mean.
/// </summary>
/// <param name="Source">The loss and its gradient as they are derived.</param>
/// <param name="Loss">The loss.</param>
/// <param name="Gradients">Of each output the scale times ∂loss/∂output, but for the parts in <paramref name="Picked"/>.</param>
/// <param name="Picked">What is added to the gradient of a single class: the position, and what is added.</param>
/// <param name="Said">What the model says of a target, where it reads its head: the prediction, what users see in place of each output, and the draw. Null where it says outputs.</param>
/// <param name="Exponentials">The exponentials of the first value of all classes that is normalised, which are stored; those of other values are computed where they are read. Null where nothing is normalised.</param>
internal sealed record LossProgram(
    LossGraph Source, int Loss, IReadOnlyList<int> Gradients, IReadOnlyList<(int Position, int Gradient)> Picked, LossSayings? Said, LossExponentials? Exponentials)
{
    /// <summary>What each gradient is multiplied by, by a name that no equation can have.</summary>
    public const string ScaleName = "∂mean";

    public LossFolds Graph => Source.Graph;

    /// <param name="definition">A loss that equations compute.</param>
    /// <param name="classes">How many classes there are, where targets are classes.</param>
    /// <exception cref="CellFormatException">Values do not fit together.</exception>
    public static LossProgram Create(LossDefinition definition, int classes) => new Builder(LossGraph.Build(definition, classes)).Build();

    private sealed class Builder(LossGraph source)
    {
        private readonly LossFolds _graph = source.Graph;

        // What has been made of each value: its larger part, and a small one that is added last.
        private readonly Dictionary<int, (int Main, int? Small)> _made = [];
        private readonly Dictionary<int, (IReadOnlyList<int> Exponentials, int Sum)> _normalised = [];
        private readonly Dictionary<(int Id, int Factor), int> _times = [];
        private LossExponentials? _exponentials;

        public LossProgram Build()
        {
            _graph.IsWritten = true;
            IEnumerable<int> roots = source.Reverse.Gradients.Concat(source.Reverse.Picked.SelectMany(p => new[] { p.Position, p.Gradient })).Append(source.Loss);
            bool says = source.Definition.ReadsHead;
            roots = says ? [.. roots, source.Prediction, .. source.Slopes, .. source.Links, .. source.Draw is { } drawn ? [drawn] : Array.Empty<int>()] : roots;
            foreach (int id in _graph.Closure(roots))
            {
                (int main, int? small) = _made[id] = Make(_graph[id]);
                if (small is null && main != id)
                {
                    Name(main, id);
                }
            }

            int scale = _graph.Input(ScaleName, "");
            return new LossProgram(
                source, Value(source.Loss), [.. source.Reverse.Gradients.Select(g => Times(g, scale))], [.. source.Reverse.Picked.Select(p => (Value(p.Position), Times(p.Gradient, scale)))],
                says ? new LossSayings(Value(source.Prediction), [.. source.Links.Select(Value)], source.Draw is { } draw ? Value(draw) : null, [.. source.Slopes.Select(Value)]) : null, _exponentials);
        }

        private int Value(int id)
        {
            (int main, int? small) = _made[id];
            if (small is not { } added)
            {
                return main;
            }

            int value = _graph.Apply(Function.Add, main, added);
            Name(value, id);
            return value;
        }

        private void Name(int value, int like)
        {
            if (_graph[like].Name.Length > 0)
            {
                _graph.Name(value, _graph[like].Name);
            }
        }

        private (int Main, int? Small) Make(Node node)
        {
            if (node.Kind is NodeKind.Input or NodeKind.Constant)
            {
                return (node.Id, null);
            }

            Function function = node.Function!;
            int[] operands = [.. node.Operands];
            return function == Function.Add || function == Function.Subtract ? Sum(function, _made[operands[0]], _made[operands[1]])
                : function == LossFunctions.LogSumExp ? LogSumExp(node)
                : function == Function.Softplus ? Softplus(Value(operands[0]))
                : (function == Function.Sigmoid ? Sigmoid(Value(operands[0]))
                : function == LossFunctions.Sign ? Sign(Value(operands[0]), _graph.Constant(1))
                : function == Function.Relu ? Apply(Function.Maximum, Value(operands[0]), _graph.Constant(0))
                : function == Function.WherePositive ? Apply(Function.Select, Value(operands[1]), _graph.Constant(0), Value(operands[0]), _graph.Constant(0))
                : Softmax(node) is { } softmax ? Apply(Function.Divide, softmax.Exponential, softmax.Sum)
                : function == Function.Multiply && IsScaled(operands[0]) ? Times(operands[0], Value(operands[1]))
                : function == Function.Multiply && IsScaled(operands[1]) ? Times(operands[1], Value(operands[0]))
                : node.Kind == NodeKind.Reduction ? _graph.Reduce(function, [.. operands.Select(Value)])
                : Apply(function, [.. operands.Select(Value)]), null);
        }

        private int Apply(Function function, params int[] operands) => _graph.Apply(function, operands);

        // Larger parts may cancel out, so smaller ones wait for what is left of them.
        private (int, int?) Sum(Function function, (int Main, int? Small) left, (int Main, int? Small) right) => (Apply(function, left.Main, right.Main), (left.Small, right.Small) switch
        {
            (null, null) => null,
            ({ } small, null) => small,
            (null, { } small) => function == Function.Add ? small : Apply(Function.Negate, small),
            ({ } a, { } b) => Apply(function, a, b),
        });

        // e^-|x|, which does not overflow.
        private int Decay(int x)
        {
            int decay = Apply(Function.Exp, Apply(Function.Negate, Apply(Function.Absolute, x)));
            _graph.Name(decay, "e");
            return decay;
        }

        // log(1 + e^x) = max(x, 0) + log(1 + e^-|x|)
        private (int, int?) Softplus(int x) => (Apply(Function.Maximum, x, _graph.Constant(0)), Apply(LossFunctions.Log1p, Decay(x)));

        // 1 / (1 + e^-x) = (x < 0 ? e : 1) / (1 + e), e = e^-|x|
        private int Sigmoid(int x)
        {
            int decay = Decay(x), one = _graph.Constant(1);
            return Apply(Function.Divide, Apply(Function.Select, _graph.Constant(0), x, decay, one), Apply(Function.Add, one, decay));
        }

        // max x + log Σ exp(x - max x)
        private (int, int?) LogSumExp(Node node)
        {
            int[] values = [.. node.Operands.Select(Value)];
            if (node.Kind == NodeKind.Pointwise)
            {
                int greatest = values.Aggregate((a, b) => Apply(Function.Maximum, a, b));
                int[] exponentials = [.. values.Select(v => Apply(Function.Exp, Apply(Function.Subtract, v, greatest)))];
                int sum = exponentials.Aggregate((a, b) => Apply(Function.Add, a, b));
                _normalised[node.Id] = (exponentials, sum);
                return (greatest, Apply(Function.Log, sum));
            }

            int max = _graph.Reduce(LossFunctions.Greatest, values[0]);
            int shifted = Apply(Function.Exp, Apply(Function.Subtract, values[0], max)), total = _graph.Reduce(LossFunctions.Sum, shifted);
            _exponentials ??= new LossExponentials(values[0], max, shifted, total);
            _normalised[node.Id] = ([shifted], total);
            return (max, Apply(Function.Log, total));
        }

        // exp(x - log Σ exp(x)) is one of the exponentials by their sum.
        private (int Exponential, int Sum)? Softmax(Node node)
        {
            if (LossFunctions.Softmax(_graph, node) is not { } softmax)
            {
                return null;
            }

            (IReadOnlyList<int> exponentials, int sum) = _normalised[softmax.LogSumExp];
            return (exponentials[_graph[softmax.LogSumExp].Operands.ToList().IndexOf(softmax.Value)], sum);
        }

        private int Sign(int x, int factor)
        {
            int zero = _graph.Constant(0);
            return _graph.Cases(x, zero, factor, _graph.Cases(zero, x, Apply(Function.Negate, factor), zero));
        }

        private bool IsScaled(int id) => Softmax(_graph[id]) is not null || _graph[id].Function == LossFunctions.Sign;

        // A value times a number: what divides the value divides the number, and its cases are cases of the product.
        private int Times(int id, int factor)
        {
            if (!_times.TryGetValue((id, factor), out int made))
            {
                _times[(id, factor)] = made = MakeTimes(id, factor);
            }

            return made;
        }

        private int MakeTimes(int id, int factor)
        {
            Node node = _graph[id];
            if (Softmax(node) is { } softmax)
            {
                int share = Apply(Function.Divide, factor, softmax.Sum);
                _graph.Name(share, "share");
                return Apply(Function.Multiply, softmax.Exponential, share);
            }

            if (node.Function == LossFunctions.Sign)
            {
                return Sign(Value(node.Operands[0]), factor);
            }

            if (node.Function == Function.Select)
            {
                return _graph.Cases(Value(node.Operands[0]), Value(node.Operands[1]), Times(node.Operands[2], factor), Times(node.Operands[3], factor));
            }

            return node.Function == Function.Multiply && IsScaled(node.Operands[0]) ? Times(node.Operands[0], Apply(Function.Multiply, Value(node.Operands[1]), factor))
                : node.Function == Function.Multiply && IsScaled(node.Operands[1]) ? Times(node.Operands[1], Apply(Function.Multiply, Value(node.Operands[0]), factor))
                : Apply(Function.Multiply, Value(id), factor);
        }
    }
}

/// <summary>What a model says of a target.</summary>
/// <param name="Prediction">The prediction.</param>
/// <param name="Parameters">What users see in place of each output.</param>
/// <param name="Draw">A value that the target might have; null where no equation says.</param>
/// <param name="Slopes">The derivative of the prediction with respect to each output.</param>
internal sealed record LossSayings(int Prediction, IReadOnlyList<int> Parameters, int? Draw, IReadOnlyList<int> Slopes);

/// <summary>exp(x - max x) of a value of all classes, and what goes with it.</summary>
/// <param name="Operand">x.</param>
/// <param name="Greatest">max x.</param>
/// <param name="Values">The exponentials.</param>
/// <param name="Sum">Their sum.</param>
internal sealed record LossExponentials(int Operand, int Greatest, int Values, int Sum);
