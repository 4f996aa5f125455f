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
        private readonly Dictionary<string, string> _columns = [];

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

            foreach (CellState state in cell.States)
            {
                RequireWidth(_values[state.Name + "'"], state.Width, $"the state {state.Name}");
            }

            return new CellGraph(_graph, input, _values[cell.Output],
                cell.States.Select(s => new StateNodes(s.Name, _values[s.Name], _values[s.Name + "'"])).ToList());
        }

        private int Translate(Expression expression) => expression switch
        {
            Expression.Number number => _graph.Constant(number.Value),
            Expression.Name name => _values[name.Identifier],
            Expression.Parameter { Tensor.Kind: CellTensorKind.Vector } vector =>
                _graph.Vector(new BlockReference(vector.Tensor, vector.Block)),
            Expression.Call call => Call(call),
            Expression.Negation negation => _graph.Apply(Function.Negate, Translate(negation.Operand)),
            Expression.Binary { Operator: '*' } product => Apply(Function.Multiply, Translate(product.Left), Translate(product.Right)),
            _ => TranslateSum(expression),
        };

        private int Apply(Function function, int left, int right)
        {
            if (_graph[left].Width.Length > 0 && _graph[right].Width.Length > 0)
            {
                RequireWidth(right, _graph[left].Width, $"the other operand of '{function.Name}'");
            }

            return _graph.Apply(function, left, right);
        }

        private void RequireWidth(int value, string width, string other)
        {
            Node node = _graph[value];
            if (node.Width != width)
            {
                string name = node.Name.Length > 0 ? node.Name : "a value";
                string found = node.Width.Length > 0 ? $"has the width {node.Width}" : "is a number";
                throw new FormatException($"{cell.Name}: {name} {found}, and {other} has the width {width}.");
            }
        }

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

        // The products and biases that a sum adds become one affine value; the rest, and what it subtracts, follows.
        private int TranslateSum(Expression expression)
        {
            List<AffineTerm> terms = [];
            List<BlockReference> biases = [];
            List<(bool Negative, int Value)> others = [];
            Collect(expression, negative: false);

            int? sum = terms.Count + biases.Count > 0
                ? Affine(terms, biases)
                : null;
            foreach ((bool negative, int value) in others)
            {
                sum = (sum, negative) switch
                {
                    (null, false) => value,
                    (null, true) => _graph.Apply(Function.Negate, value),
                    ({ } left, false) => Apply(Function.Add, left, value),
                    ({ } left, true) => Apply(Function.Subtract, left, value),
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
                    default:
                        others.Add((negative, Translate(part)));
                        break;
                }
            }
        }

        private int Affine(List<AffineTerm> terms, List<BlockReference> biases)
        {
            string width = (terms.Count > 0 ? terms[0].Weight : biases[0]).Tensor.Width;
            foreach (BlockReference block in terms.Select(t => t.Weight).Concat(biases))
            {
                if (block.Tensor.Width != width)
                {
                    throw new FormatException($"{cell.Name}: {block} has {block.Tensor.Width} rows, and what it is added to has the width {width}.");
                }
            }

            // A matrix has one number of columns, whatever it is multiplied by.
            foreach (AffineTerm term in terms)
            {
                string columns = _graph[term.Source].Width;
                if (columns.Length == 0)
                {
                    throw new FormatException($"{cell.Name}: {term.Weight} is multiplied by a number; a weight takes a value of the step.");
                }

                if (!_columns.TryGetValue(term.Weight.Tensor.Symbol, out string? known))
                {
                    _columns[term.Weight.Tensor.Symbol] = columns;
                }
                else if (known != columns)
                {
                    throw new FormatException($"{cell.Name}: {term.Weight} is multiplied by values of the widths {known} and {columns}.");
                }
            }

            return _graph.Affine(width, terms, biases);
        }
    }
}

/// <summary>A state's values before and after the step.</summary>
internal sealed record StateNodes(string Name, int Previous, int Next);
