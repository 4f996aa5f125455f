using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;

namespace RnnGen.Generator.Planning.Graph;

/// <summary>The graph of a cell's forward step.</summary>
/// <param name="Graph">The values.</param>
/// <param name="Input">The step's input.</param>
/// <param name="Output">What the layer above reads.</param>
/// <param name="States">The states' values before and after the step.</param>
internal sealed record CellGraph(StepGraph Graph, int Input, int Output, IReadOnlyList<StateNodes> States)
{
    public const string InputName = "x";
    public const string InputWidth = "I";

    /// <param name="cell">The equations.</param>
    /// <param name="activation">What the equations' free function f stands for; null for the identity.</param>
    public static CellGraph Build(CellDefinition cell, Function? activation) => new Builder(cell, activation).Build();

    private sealed class Builder(CellDefinition cell, Function? activation)
    {
        private readonly StepGraph _graph = new();
        private readonly Dictionary<string, int> _values = [];

        public CellGraph Build()
        {
            int input = _values[InputName] = _graph.Input(InputName, InputWidth);
            foreach (CellState state in cell.States)
            {
                _values[state.Name] = _graph.State(state.Name, state.Width);
            }

            foreach (CellEquation equation in cell.Equations)
            {
                int value = Translate(equation.Expression);
                _graph.Name(value, equation.Name);
                _values[equation.Name] = value;
            }

            return new CellGraph(_graph, input, _values[cell.Output],
                cell.States.Select(s => new StateNodes(s.Name, _values[s.Name], _values[s.Name + "'"])).ToList());
        }

        private int Translate(Expression expression) => expression switch
        {
            Expression.Number number => _graph.Constant(number.Value),
            Expression.Name name => _values.TryGetValue(name.Identifier, out int value)
                ? value
                : throw new FormatException($"{cell.Name}: '{name.Identifier}' is used before it is defined."),
            Expression.Parameter { Tensor.Kind: CellTensorKind.Vector } vector =>
                _graph.Vector(new BlockReference(vector.Tensor, vector.Block)),
            Expression.Call call => Call(call),
            Expression.Negation negation => _graph.Apply(Function.Negate, Translate(negation.Operand)),
            Expression.Binary { Operator: '*' } product =>
                _graph.Apply(Function.Multiply, Translate(product.Left), Translate(product.Right)),
            _ => TranslateSum(expression),
        };

        private int Call(Expression.Call call)
        {
            int operand = Translate(call.Operand);
            if (call.Function == "f")
            {
                return activation is null ? operand : _graph.Apply(activation, operand);
            }

            Function function = Function.Find(call.Function)
                ?? throw new FormatException($"{cell.Name}: there is no function '{call.Function}'.");
            return _graph.Apply(function, operand);
        }

        // The products and biases of a sum become one affine value; the rest is added to it.
        private int TranslateSum(Expression expression)
        {
            List<AffineTerm> terms = [];
            List<BlockReference> biases = [];
            List<(bool Negative, int Value)> others = [];
            Collect(expression, negative: false);

            int? sum = terms.Count + biases.Count > 0
                ? _graph.Affine((terms.Count > 0 ? terms[0].Weight : biases[0]).Tensor.Width, terms, biases)
                : null;
            foreach ((bool negative, int value) in others)
            {
                sum = (sum, negative) switch
                {
                    (null, false) => value,
                    (null, true) => _graph.Apply(Function.Negate, value),
                    ({ } left, false) => _graph.Apply(Function.Add, left, value),
                    ({ } left, true) => _graph.Apply(Function.Subtract, left, value),
                };
            }

            return sum!.Value;

            void Collect(Expression part, bool negative)
            {
                switch (part)
                {
                    case Expression.Binary { Operator: '+' or '-' } binary:
                        Collect(binary.Left, negative);
                        Collect(binary.Right, negative ^ binary.Operator == '-');
                        break;
                    case Expression.Product product when !negative:
                        terms.Add(new AffineTerm(new BlockReference(product.Weight, product.Block), false, Translate(product.Operand)));
                        break;
                    case Expression.Parameter { Tensor.Kind: CellTensorKind.Bias } bias when !negative:
                        biases.Add(new BlockReference(bias.Tensor, bias.Block));
                        break;
                    case Expression.Product or Expression.Parameter { Tensor.Kind: CellTensorKind.Bias }:
                        throw new FormatException($"{cell.Name}: a product or bias cannot be subtracted; write its parameter with the other sign.");
                    default:
                        others.Add((negative, Translate(part)));
                        break;
                }
            }
        }
    }
}

/// <summary>A state's values before and after the step.</summary>
internal sealed record StateNodes(string Name, int Previous, int Next);
