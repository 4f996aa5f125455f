using System.Collections.Generic;
using System.Linq;

namespace RnnGen.Generator.Cells.Graph;

/// <summary>The graph of a cell's forward step.</summary>
/// <param name="Definition">The equations.</param>
/// <param name="Graph">The values.</param>
/// <param name="Input">The step's input.</param>
/// <param name="Output">What the layer above reads.</param>
/// <param name="States">The states' values before and after the step.</param>
internal sealed record CellGraph(CellDefinition Definition, StepGraph Graph, int Input, int Output, IReadOnlyList<StateNodes> States)
{
    // The width of a value whose equation has a mistake: it fits all others.
    private const string UnknownWidth = "?";

    // What is added to a variance, as in PyTorch's LayerNorm.
    private const double Epsilon = 1e-5;

    // Biases that kernels add in front of a sum of products.
    private const int MostBiases = 2;

    /// <param name="cell">The equations.</param>
    /// <param name="activation">What the equations' free function f stands for; null for the identity.</param>
    /// <exception cref="CellFormatException">Widths do not fit; it has the first mistake of each equation.</exception>
    public static CellGraph Build(CellDefinition cell, Function? activation) => new Builder(cell, activation).Build();

    /// <summary>Values that a layer of the given number of units outputs at a step.</summary>
    /// <exception cref="CellFormatException">The equations are not well-formed, or widths do not fit.</exception>
    public static int OutputSize(CellSource cell, int units)
    {
        CellDefinition definition = cell.Definition;
        if (definition.Widths.Count == 0)
        {
            return units;
        }

        CellGraph graph = Build(definition, null);
        return definition.SizeOf(graph.Graph[graph.Output].Width, units);
    }

    /// <summary>The values that the output and the next states are computed from.</summary>
    public IReadOnlyList<int> Live => Graph.Closure([Output, .. States.Select(s => s.Next)]);

    private sealed class Builder(CellDefinition cell, Function? activation)
    {
        private readonly StepGraph _graph = new();
        private readonly Dictionary<string, int> _values = [];
        private readonly Dictionary<string, string> _columns = [];
        private readonly List<CellMistake> _mistakes = [];

        public CellGraph Build()
        {
            int input = _values[CellNames.Input] = _graph.Input(CellNames.Input, CellNames.InputWidth);
            foreach (CellState state in cell.States)
            {
                _values[state.Name] = _graph.State(state.Name, state.Width);
            }

            HashSet<int> taken = [];
            foreach (CellEquation equation in cell.Equations)
            {
                CellState? state = cell.States.FirstOrDefault(s => s.Name + "'" == equation.Name);
                int value;
                try
                {
                    value = Translate(equation.Expression);
                    if (state is not null)
                    {
                        RequireWidth(equation.Expression, value, state.Width, $"the state {state.Name}");
                    }
                }
                catch (CellFormatException mistake)
                {
                    _mistakes.AddRange(mistake.Mistakes);
                    value = _graph.State($"unknown {equation.Name}", UnknownWidth);
                }

                // Each state has a value of its own, so that it stands in one place.
                while (state is not null ? _graph[value].Kind == NodeKind.State || taken.Contains(value) : equation.Name == cell.Output && _graph[value].Kind == NodeKind.State)
                {
                    value = _graph.Apply(Function.Copy, value);
                }

                if (state is not null)
                {
                    taken.Add(value);
                }

                _graph.Name(value, equation.Name);
                _values[equation.Name] = value;
            }

            if (_mistakes.Count > 0)
            {
                throw new CellFormatException(_mistakes);
            }

            return new CellGraph(cell, _graph, input, _values[cell.Output],
                cell.States.Select(s => new StateNodes(s.Code, _values[s.Name], _values[s.Name + "'"])).ToList());
        }

        private int Translate(Expression expression) => Finite(expression, Made(expression));

        private int Made(Expression expression) => expression switch
        {
            Expression.Number number => _graph.Constant(number.Value),
            Expression.Name name => _values[name.Identifier],
            Expression.Parameter { Tensor.Kind: CellTensorKind.Vector } vector => Vector(vector.Tensor, vector.Block),
            Expression.Call call => Call(call),
            Expression.Select select => Select(select),
            Expression.Negation negation => _graph.Apply(Function.Negate, Translate(negation.Operand)),
            Expression.Binary { Operator: '*' or '/' } => TranslateFactors(expression),
            _ => TranslateSum(expression),
        };

        // From the left on, however many there are.
        private int TranslateFactors(Expression expression)
        {
            Stack<Expression.Binary> factors = new();
            while (expression is Expression.Binary { Operator: '*' or '/' } binary)
            {
                factors.Push(binary);
                expression = binary.Left;
            }

            int value = Translate(expression);
            foreach (Expression.Binary factor in factors)
            {
                value = Apply(factor, factor.Operator == '*' ? Function.Multiply : Function.Divide, value, Translate(factor.Right));
            }

            return value;
        }

        private int Vector(CellTensor tensor, int block) => _graph.Vector(new BlockReference(tensor, block));

        private int Apply(Expression place, Function function, int left, int right)
        {
            RequireEqual(place, left, right, $"'{function.Name}'");
            if (function == Function.Divide && _graph[right] is { Kind: NodeKind.Constant, Value: 0 })
            {
                throw CellFormatException.At(place, CellProblem.NotCompiled, "the divisor is always 0; change it");
            }

            bool isProduct = function == Function.Multiply || function == Function.Divide;
            return Finite(place, NotLost(place, _graph.Apply(function, left, right), isProduct && _graph[left].Value != 0 && _graph[right].Value != 0));
        }

        // What is made of numbers alone and is 0 only by rounding was meant otherwise.
        private int NotLost(Expression place, int value, bool wouldBeLost) => wouldBeLost && _graph[value] is { Kind: NodeKind.Constant, Value: 0 }
            ? throw CellFormatException.At(place, CellProblem.NotCompiled, "this is always 0, since it is too small for a number of type double; change the numbers in it")
            : value;

        // What is made of numbers alone is known, and no step makes a number of float of it.
        private int Finite(Expression place, int value) => KnownNumber.Problem(_graph[value]) is not { } problem ? value
            : throw CellFormatException.At(place, CellProblem.NotCompiled, $"this is {problem}");

        private void RequireEqual(Expression place, int left, int right, string of)
        {
            if (_graph[left].Width.Length > 0 && _graph[right].Width.Length > 0 && _graph[left].Width != UnknownWidth)
            {
                RequireWidth(place, right, _graph[left].Width, $"the other operand of {of}");
            }
        }

        private void RequireWidth(Expression place, int value, string width, string other)
        {
            Node node = _graph[value];
            if (node.Width == width || node.Width == UnknownWidth)
            {
                return;
            }

            if (node.Kind == NodeKind.Constant && !IsNumber(place))
            {
                throw IsAlways(place, node, place is Expression.Product ? "the product" : "this");
            }

            string name = node.Name.Length > 0 ? node.Name : "a value";
            string found = node.Width.Length > 0 ? $"has the width {Describe(node.Width)}" : "is a number";
            string fix = node.Width == CellNames.InputWidth || width == CellNames.InputWidth ? "; multiply x by a matrix: W x" : "";
            throw CellFormatException.At(place, CellProblem.Shape, $"{name} {found}, and {other} has the width {Describe(width)}{fix}");
        }

        private static bool IsNumber(Expression expression) => expression.Parts().All(p => p is not (Expression.Name or Expression.Parameter or Expression.Product));

        private static CellFormatException IsAlways(Expression place, Node node, string what) => CellFormatException.At(place, CellProblem.NotCompiled, string.Format(
            System.Globalization.CultureInfo.InvariantCulture, "{0} is always {1:R}, because its terms cancel out; remove them", what, node.Value));

        private static string Describe(string width) => width switch
        {
            CellNames.InputWidth => "I of the layer's input",
            "H" => "H, the layer's size",
            _ => width,
        };

        private int Call(Expression.Call call)
        {
            int operand = Translate(call.Operands[0]);
            switch (call.Function)
            {
                case "f":
                    return activation is null ? operand : _graph.Apply(activation, operand);
                case "min":
                    return Apply(call, Function.Minimum, operand, Translate(call.Operands[1]));
                case "max":
                    return Apply(call, Function.Maximum, operand, Translate(call.Operands[1]));
                case "mean":
                    return _graph.Mean(NotInput(call, operand));
                case "norm":
                    return Norm(NotInput(call, operand));
                case "elu":
                    return Elu(operand);
                case "gelu":
                    return Gelu(operand);
                default:
                    return NotLost(call, _graph.Apply(Function.Find(call.Function)!, operand), call.Function is "exp" or "sigmoid" or "softplus");
            }
        }

        private int NotInput(Expression place, int operand)
        {
            if (_graph[operand].Width == CellNames.InputWidth)
            {
                RequireWidth(place, operand, "H", $"what {((Expression.Call)place).Function} is of");
            }

            return operand;
        }

        // (v - mean) / √(variance + ε): J. Ba, J. Kiros and G. Hinton 2016.
        private int Norm(int value)
        {
            int deviation = _graph.Apply(Function.Subtract, value, _graph.Mean(value));
            int variance = _graph.Mean(_graph.Apply(Function.Multiply, deviation, deviation));
            return _graph.Apply(Function.Multiply, deviation, _graph.Apply(Function.InverseSqrt, _graph.Apply(Function.Add, variance, _graph.Constant(Epsilon))));
        }

        // x where it is positive, else e^x - 1, which is 2 t / (1 - t) with t = tanh(x / 2).
        private int Elu(int value)
        {
            int zero = _graph.Constant(0);
            int t = _graph.Apply(Function.Tanh, _graph.Apply(Function.Multiply, _graph.Constant(0.5), _graph.Apply(Function.Minimum, value, zero)));
            int negative = _graph.Apply(Function.Divide, _graph.Apply(Function.Multiply, _graph.Constant(2), t), _graph.Apply(Function.Subtract, _graph.Constant(1), t));
            return _graph.Apply(Function.Add, _graph.Apply(Function.Maximum, value, zero), negative);
        }

        // ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))): D. Hendrycks and K. Gimpel 2016.
        private int Gelu(int value)
        {
            int square = _graph.Apply(Function.Multiply, value, value);
            int inner = _graph.Apply(Function.Add, _graph.Constant(1), _graph.Apply(Function.Multiply, _graph.Constant(0.044715), square));
            int t = _graph.Apply(Function.Tanh, _graph.Apply(Function.Multiply, _graph.Apply(Function.Multiply, _graph.Constant(Math.Sqrt(2 / Math.PI)), value), inner));
            return _graph.Apply(Function.Multiply, _graph.Apply(Function.Multiply, _graph.Constant(0.5), value), _graph.Apply(Function.Add, _graph.Constant(1), t));
        }

        private int Select(Expression.Select select)
        {
            int[] operands = [Translate(select.Left), Translate(select.Right), Translate(select.Then), Translate(select.Otherwise)];
            int wide = operands.FirstOrDefault(o => _graph[o].Width.Length > 0);
            foreach (int operand in operands)
            {
                RequireEqual(select, wide, operand, "select");
            }

            return _graph.Apply(Function.Select, operands);
        }

        // The products and biases that a sum adds become one affine value; the rest, and what it subtracts, follows.
        private int TranslateSum(Expression expression)
        {
            List<(Expression Place, AffineTerm Term)> terms = [];
            List<(Expression Place, BlockReference Block)> biases = [];
            List<(Expression Place, bool Negative, int Value)> others = [];
            HashSet<int> sources = [];
            Stack<(Expression Part, bool Negative)> open = new([(expression, false)]);
            while (open.Count > 0)
            {
                (Expression part, bool negative) = open.Pop();
                if (part is Expression.Binary { Operator: '+' or '-' } binary)
                {
                    open.Push((binary.Right, negative ^ binary.Operator == '-'));
                    open.Push((binary.Left, negative));
                }
                else
                {
                    Collect(part, negative);
                }
            }

            // Kernels add two different biases in front of products. What is beyond them, and a bias that the sum adds again, is a vector, as is a bias without a product.
            List<(Expression Place, BlockReference Block)> fused = [];
            List<(Expression Place, bool Negative, int Value)> rest = [];
            foreach ((Expression place, BlockReference block) in biases)
            {
                if (terms.Count > 0 && fused.Count < MostBiases && fused.All(b => b.Block != block))
                {
                    fused.Add((place, block));
                }
                else
                {
                    rest.Add((place, false, Vector(block.Tensor, block.Block)));
                }
            }

            int? sum = terms.Count > 0 ? Affine(terms, fused) : null;
            others.InsertRange(0, rest);
            foreach ((Expression place, bool negative, int value) in others)
            {
                sum = (sum, negative) switch
                {
                    (null, false) => value,
                    (null, true) => _graph.Apply(Function.Negate, value),
                    ({ } left, false) => Apply(place, Function.Add, left, value),
                    ({ } left, true) => Apply(place, Function.Subtract, left, value),
                };
            }

            return sum!.Value;

            void Collect(Expression part, bool negative)
            {
                switch (part)
                {
                    case Expression.Product product when !negative:
                        AffineTerm term = Term(product);
                        if (!sources.Add(term.Source))
                        {
                            // A panel has one matrix for each value.
                            others.Add((product, false, Affine([(product, term)], [])));
                        }
                        else
                        {
                            terms.Add((product, term));
                        }

                        break;
                    case Expression.Parameter { Tensor.Kind: CellTensorKind.Bias } bias when !negative:
                        biases.Add((bias, new BlockReference(bias.Tensor, bias.Block)));
                        break;
                    default:
                        others.Add((part, negative, part is Expression.Parameter { Tensor.Kind: CellTensorKind.Bias } subtracted
                            ? Vector(subtracted.Tensor, subtracted.Block)
                            : part is Expression.Product alone ? Affine([(alone, Term(alone))], []) : Translate(part)));
                        break;
                }
            }

            AffineTerm Term(Expression.Product product) => new(new BlockReference(product.Weight, product.Block), false, Translate(product.Operand));
        }

        private int Affine(List<(Expression Place, AffineTerm Term)> terms, List<(Expression Place, BlockReference Block)> biases)
        {
            string width = terms[0].Term.Weight.Tensor.Width;
            foreach ((Expression place, BlockReference block) in terms.Select(t => (t.Place, t.Term.Weight)).Concat(biases))
            {
                if (block.Tensor.Width != width)
                {
                    throw CellFormatException.At(place, CellProblem.Shape, $"{block} has {block.Tensor.Width} rows, but what it is added to has the width {width}");
                }
            }

            // A matrix has one number of columns, whatever it is multiplied by.
            foreach ((Expression place, AffineTerm term) in terms)
            {
                string columns = _graph[term.Source].Width;
                if (columns.Length == 0 && place is Expression.Product { Operand: var operand } && !IsNumber(operand))
                {
                    throw IsAlways(place, _graph[term.Source], $"what {term.Weight} is multiplied by");
                }

                if (columns.Length == 0)
                {
                    throw CellFormatException.At(place, CellProblem.Shape, $"{term.Weight} is multiplied by a number; a matrix multiplies a value of the step");
                }

                if (columns == UnknownWidth)
                {
                    continue;
                }

                if (!_columns.TryGetValue(term.Weight.Tensor.Symbol, out string? known))
                {
                    _columns[term.Weight.Tensor.Symbol] = columns;
                }
                else if (known != columns)
                {
                    throw CellFormatException.At(place, CellProblem.Shape,
                        $"{term.Weight.Tensor.Symbol} is multiplied by values of the widths {known} and {columns}; use another matrix for one of them (U, or one of your own: weight V)");
                }
            }

            return _graph.Affine(width, terms.Select(t => t.Term).ToList(), biases.Select(b => b.Block).ToList());
        }
    }
}

/// <summary>A state's values before and after the step.</summary>
/// <param name="Name">What it is called in kernels and plans; the graph has its name in the equations.</param>
/// <param name="Previous">Its value before the step.</param>
/// <param name="Next">Its value after it.</param>
internal sealed record StateNodes(string Name, int Previous, int Next);
