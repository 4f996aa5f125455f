using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;

namespace RnnGen.Generator.Losses;

/// <summary>One target's loss as a graph, and its gradient by reverse-mode differentiation.</summary>
/// <param name="Definition">The equations.</param>
/// <param name="Graph">The values. Those of all classes have the width <see cref="ClassWidth"/>, all others are numbers.</param>
/// <param name="Outputs">The outputs that are read, in their order; of classes one value for all.</param>
/// <param name="Loss">The loss, times the weight where there is one.</param>
/// <param name="Prediction">What the model says of the target.</param>
/// <param name="Links">Of each output what users see in its place.</param>
/// <param name="Draw">A value that the target might have; null where no equation says.</param>
/// <param name="Reverse">The gradient.</param>
/// <param name="Slopes">The derivative of the prediction with respect to each output; empty where the prediction is an output.</param>
internal sealed record LossGraph(
    LossDefinition Definition, LossFolds Graph, IReadOnlyList<int> Outputs, int Loss, int Prediction, IReadOnlyList<int> Links, int? Draw, LossReverse Reverse, IReadOnlyList<int> Slopes)
{
    /// <summary>The width of values that each class has one of.</summary>
    public const string ClassWidth = "C";

    /// <summary>The weight of a target, by a name that no equation can have.</summary>
    public const string WeightName = "weight of the target";

    /// <param name="definition">A loss that equations compute.</param>
    /// <param name="classes">How many classes there are, where targets are classes.</param>
    /// <exception cref="CellFormatException">Values do not fit together.</exception>
    public static LossGraph Build(LossDefinition definition, int classes) => new Builder(definition, classes).Build();

    /// <summary>A value of an equation: one number, a number of each class, or the numbers of a list.</summary>
    private sealed record Value(IReadOnlyList<int> Ids, bool IsList)
    {
        public static Value One(int id) => new([id], IsList: false);
    }

    private sealed class Builder(LossDefinition definition, int classes)
    {
        private readonly LossFolds _graph = new();
        private readonly Dictionary<string, Value> _values = [];

        public LossGraph Build()
        {
            List<int> outputs = [];
            foreach (LossValue value in definition.Values)
            {
                string width = definition.TargetsAreClasses ? ClassWidth : "";
                int[] ids = [.. Enumerable.Range(0, value.Count).Select(i => _graph.Input(value.IsList ? $"{value.Name}{i}" : value.Name, width))];
                outputs.AddRange(ids);
                _values[value.Name] = new Value(ids, value.IsList);
            }

            foreach (LossNumber number in definition.Numbers)
            {
                _values[number.Name] = new Value([.. number.Values.Select(_graph.Constant)], number.IsList);
            }

            int list = definition.Values.Concat([new LossValue("", 0, true, null)]).First(v => v.IsList).Count;
            _values[LossParser.Index] = new Value([.. Enumerable.Range(0, list).Select(i => _graph.Constant(i))], IsList: true);
            _values[LossParser.Target] = Value.One(_graph.Input(LossParser.Target, ""));
            foreach (string chance in definition.Draws ? (string[])[LossParser.FirstChance, LossParser.SecondChance] : [])
            {
                _values[chance] = Value.One(_graph.Input(chance, ""));
            }

            List<int> links = [];
            foreach (LossValue value in definition.Values)
            {
                Value link = value.Link is { } equation ? _values[equation.Name] = Named(equation.Name, Translate(equation.Expression)) : _values[value.Name];
                links.AddRange(link.Ids);
            }

            foreach (CellEquation equation in definition.Equations)
            {
                _values[equation.Name] = Named(equation.Name, Translate(equation.Expression));
            }

            int loss = Number(LossParser.Loss, "the loss of a target is");
            int prediction = definition.TargetsAreClasses ? outputs[0] : Number(definition.Prediction, "the prediction is");
            int? draw = definition.Draws ? Number(LossParser.Draw, "a draw is") : null;
            loss = definition.IsWeighted ? _graph.Apply(Function.Multiply, _graph.Input(WeightName, ""), loss) : loss;
            LossReverse reverse = LossReverse.Derive(_graph, loss, outputs, classes);
            IReadOnlyList<int> slopes = definition.ReadsHead ? LossReverse.Derive(_graph, prediction, outputs, classes).Gradients : [];
            return new LossGraph(definition, _graph, outputs, loss, prediction, links, draw, reverse, slopes);
        }

        // One number, which a list and the values of all classes are not.
        private int Number(string name, string what)
        {
            Value value = _values[name];
            Expression place = definition.Equations.FirstOrDefault(e => e.Name == name)?.Expression ?? new Expression.Number(0);
            return !value.IsList && _graph[value.Ids[0]].Width.Length == 0 ? value.Ids[0]
                : throw CellFormatException.At(place, CellProblem.Shape, $"{what} one number, but {name} has several values; take their mean or sum: {name} = mean(…)");
        }

        private Value Named(string name, Value value)
        {
            for (int i = 0; i < value.Ids.Count; i++)
            {
                _graph.Name(value.Ids[i], value.IsList ? $"{name}{i}" : name);
            }

            return value;
        }

        private Value Translate(Expression expression) => expression switch
        {
            Expression.Number number => Value.One(_graph.Constant(number.Value)),
            Expression.Name name => name.Identifier == LossParser.Target && definition.TargetsAreClasses
                ? throw CellFormatException.At(expression, CellProblem.Shape, $"{LossParser.Target} is the number of a class, not a value: pick({definition.Values[0].Name}, {LossParser.Target}) is its output")
                : _values[name.Identifier],
            Expression.Negation negation => Each(expression, Function.Negate, Translate(negation.Operand)),
            Expression.Binary binary => Terms(binary),
            Expression.Select select => Each(expression, Function.Select, Translate(select.Left), Translate(select.Right), Translate(select.Then), Translate(select.Otherwise)),
            Expression.Call call => Call(call),
            _ => throw new InvalidOperationException($"A loss has no {expression.GetType().Name}."),
        };

        // From the left on, however many there are.
        private Value Terms(Expression expression)
        {
            Stack<Expression.Binary> terms = new();
            while (expression is Expression.Binary binary)
            {
                terms.Push(binary);
                expression = binary.Left;
            }

            Value value = Translate(expression);
            foreach (Expression.Binary term in terms)
            {
                value = Each(term, term.Operator switch
                {
                    '+' => Function.Add,
                    '-' => Function.Subtract,
                    '*' => Function.Multiply,
                    '/' => Function.Divide,
                    _ => throw new InvalidOperationException($"There is no operator {term.Operator}."),
                }, value, Translate(term.Right));
            }

            return value;
        }

        private Value Call(Expression.Call call)
        {
            if (call.Function == "pick")
            {
                return PickOf(call);
            }

            if (call.Function == "interpolate")
            {
                return Interpolate(call);
            }

            if (LossFunctions.OfSeveral(call.Function, call.Operands.Count) is { } several)
            {
                return Each(call, several, [.. call.Operands.Select(Translate)]);
            }

            Value operand = Translate(call.Operands[0]);
            return LossFunctions.Pointwise(call.Function) is { } function ? Each(call, function, operand)
                : operand.IsList ? OfList(call, operand)
                : Value.One(OfClasses(call, operand.Ids[0]));
        }

        // A function of each value alone; a number stands for a list of any length.
        private Value Each(Expression place, Function function, params Value[] operands)
        {
            int[] lengths = [.. operands.Where(o => o.IsList).Select(o => o.Ids.Count).Distinct()];
            return lengths.Length > 1
                ? throw CellFormatException.At(place, CellProblem.Shape, $"lists of {lengths[0]} and of {lengths[1]} values do not fit together")
                : new Value([.. Enumerable.Range(0, lengths.Length == 0 ? 1 : lengths[0]).Select(i => Known(place, _graph.Apply(function, [.. operands.Select(o => o.IsList ? o.Ids[i] : o.Ids[0])])))], lengths.Length > 0);
        }

        private int Known(Expression place, int value) => KnownNumber.Problem(_graph[value]) is not { } problem ? value
            : throw CellFormatException.At(place, CellProblem.NotCompiled, $"this is {problem}");

        private Value OfList(Expression.Call call, Value list)
        {
            IReadOnlyList<int> ids = list.Ids;
            switch (call.Function)
            {
                case "sum":
                    return Value.One(ids.Aggregate((a, b) => _graph.Apply(Function.Add, a, b)));
                case "mean":
                    return Value.One(_graph.Apply(Function.Divide, ids.Aggregate((a, b) => _graph.Apply(Function.Add, a, b)), _graph.Constant(ids.Count)));
                case "max":
                    return Value.One(ids.Aggregate((a, b) => _graph.Apply(Function.Maximum, a, b)));
                case "middle":
                    int half = ids.Count / 2;
                    return Value.One(ids.Count % 2 == 1 ? ids[half] : _graph.Apply(Function.Divide, _graph.Apply(Function.Add, ids[half - 1], ids[half]), _graph.Constant(2)));
                case "cumsum":
                    List<int> sums = [ids[0]];
                    foreach (int id in ids.Skip(1))
                    {
                        sums.Add(_graph.Apply(Function.Add, sums[sums.Count - 1], id));
                    }

                    return new Value(sums, IsList: true);
                case "logsumexp":
                    return Value.One(_graph.Apply(LossFunctions.LogSumExp, [.. ids]));
                case "logsoftmax" or "softmax":
                    return SoftmaxOf(call, list, Value.One(_graph.Apply(LossFunctions.LogSumExp, [.. ids])));
                default:
                    throw new InvalidOperationException($"There is no function {call.Function}.");
            }
        }

        private Value SoftmaxOf(Expression.Call call, Value value, Value logSumExp)
        {
            Value logarithm = Each(call, Function.Subtract, value, logSumExp);
            return call.Function == "logsoftmax" ? logarithm : Each(call, Function.Exp, logarithm);
        }

        private int OfClasses(Expression.Call call, int value)
        {
            if (_graph[value].Width != ClassWidth)
            {
                throw CellFormatException.At(call, CellProblem.Shape, $"{call.Function} takes a list of values (values y[q]) or the outputs of all classes (targets classes), and this is one number");
            }

            return call.Function switch
            {
                "sum" => _graph.Reduce(LossFunctions.Sum, value),
                "mean" => _graph.Apply(Function.Divide, _graph.Reduce(LossFunctions.Sum, value), _graph.Constant(classes)),
                "max" => At(value, _graph.Reduce(LossFunctions.ArgMax, value)),
                "logsumexp" => _graph.Reduce(LossFunctions.LogSumExp, value),
                "logsoftmax" or "softmax" => SoftmaxOf(call, Value.One(value), Value.One(_graph.Reduce(LossFunctions.LogSumExp, value))).Ids[0],
                "cumsum" or "middle" => throw CellFormatException.At(call, CellProblem.NotCompiled, $"{call.Function} takes a list of values (values y[q]), not the outputs of all classes"),
                _ => throw new InvalidOperationException($"There is no function {call.Function}."),
            };
        }

        // Through the points of two lists from one to the next, and beyond them the first and the last.
        private Value Interpolate(Expression.Call call)
        {
            Value at = Translate(call.Operands[0]), from = Translate(call.Operands[1]), to = Translate(call.Operands[2]);
            if (at.IsList || !from.IsList || !to.IsList || from.Ids.Count != to.Ids.Count)
            {
                throw CellFormatException.At(call, CellProblem.Shape, "interpolate takes a number, and two lists of one length: interpolate(u1, quantiles, y)");
            }

            int value = to.Ids[0];
            for (int i = 1; i < to.Ids.Count; i++)
            {
                int share = _graph.Apply(Function.Divide, _graph.Apply(Function.Subtract, at.Ids[0], from.Ids[i - 1]), _graph.Apply(Function.Subtract, from.Ids[i], from.Ids[i - 1]));
                share = _graph.Apply(Function.Minimum, _graph.Apply(Function.Maximum, share, _graph.Constant(0)), _graph.Constant(1));
                value = _graph.Apply(Function.Add, value, _graph.Apply(Function.Multiply, share, _graph.Apply(Function.Subtract, to.Ids[i], to.Ids[i - 1])));
            }

            return Value.One(value);
        }

        private Value PickOf(Expression.Call call)
        {
            Value from = Translate(call.Operands[0]);
            if (from.IsList)
            {
                return call.Operands[1] is Expression.Number { Value: var at } && at >= 0 && at < from.Ids.Count && at == Math.Floor(at) ? Value.One(from.Ids[(int)at])
                    : throw CellFormatException.At(call.Operands[1], CellProblem.Shape, $"the list has {from.Ids.Count} values; pick takes a number from 0 to {from.Ids.Count - 1}");
            }

            return _graph[from.Ids[0]].Width == ClassWidth && call.Operands[1] is Expression.Name { Identifier: LossParser.Target }
                ? Value.One(At(from.Ids[0], _values[LossParser.Target].Ids[0]))
                : throw CellFormatException.At(call, CellProblem.Shape, $"pick takes a value of all classes and {LossParser.Target}, or a list and a position in it");
        }

        // A value of one class, made of the outputs of this class.
        private int At(int value, int position)
        {
            Dictionary<int, int> picked = [];
            foreach (Node node in _graph.Closure([value]).Select(id => _graph[id]).Where(n => n.Width == ClassWidth).ToList())
            {
                picked[node.Id] = node.Kind == NodeKind.Pointwise
                    ? _graph.Apply(node.Function!, [.. node.Operands.Select(o => picked.TryGetValue(o, out int one) ? one : o)])
                    : _graph.Reduce(LossFunctions.Pick, node.Id, position);
            }

            return picked.TryGetValue(value, out int made) ? made : value;
        }
    }
}
