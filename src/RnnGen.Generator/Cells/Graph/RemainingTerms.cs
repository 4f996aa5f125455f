using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Cells.Graph;

using Sum = ImmutableDictionary<int, double>;

/// <summary>
/// What the values of a forward step depend on once their terms have cancelled out. Each value is a sum of monomials with a number in front of each, and a monomial is a
/// product of factors: parameters, products with matrices, means, and other functions of such sums. So equal terms meet in whatever order and nesting they are written.
/// </summary>
internal sealed class RemainingTerms
{
    // Products of larger sums are not multiplied out: they are factors as they are.
    private const int MostTerms = 64;
    private const int MostFactors = 8;

    // What is left of two numbers that differ by no more than rounding.
    private const double Rounding = 1e-14;

    private readonly StepGraph _graph;
    private readonly List<Factor> _factors = [];
    private readonly List<int[]> _monomials = [];
    private readonly Dictionary<string, int> _known = [];
    private readonly Dictionary<int, Sum> _values = [];

    private RemainingTerms(StepGraph graph) => _graph = graph;

    /// <summary>The parameters that a gradient reaches from the given values of a forward step.</summary>
    public static HashSet<BlockReference> Parameters(StepGraph graph, IReadOnlyList<int> roots)
    {
        RemainingTerms terms = new(graph);
        foreach (int id in graph.Closure(roots))
        {
            terms._values[id] = terms.Of(graph[id]);
        }

        return terms.Reached(roots.Select(r => terms._values[r]));
    }

    private HashSet<BlockReference> Reached(IEnumerable<Sum> roots)
    {
        HashSet<BlockReference> reached = [];
        HashSet<int> seen = [];
        Stack<Sum> open = new(roots);
        while (open.Count > 0)
        {
            foreach (int factor in open.Pop().Keys.SelectMany(m => _monomials[m]).Where(seen.Add))
            {
                if (_factors[factor].Block is { } block)
                {
                    reached.Add(block);
                }

                _factors[factor].Parts.ForEach(open.Push);
            }
        }

        return reached;
    }

    private Sum Of(Node node) => node.Kind switch
    {
        NodeKind.Constant => Number(node.Value),
        NodeKind.Input or NodeKind.State => Single(Factor($"value {node.Id}", null, false)),
        NodeKind.Vector => Parameter(node.Vector!),
        NodeKind.Affine => node.Terms.Select(t => Linear(_values[t.Source], rest => Product(t.Weight, rest)))
            .Concat(node.Biases.Select(Parameter))
            .Aggregate((left, right) => Add(left, right)),
        NodeKind.Mean => Linear(_values[node.Operands[0]], Mean),
        NodeKind.Pointwise => Apply(node.Function!, [.. node.Operands.Select(o => _values[o])]),
        NodeKind.Adjoint => throw new InvalidOperationException("A forward step has no adjoints."),
        _ => throw Choices.Unimplemented(node.Kind),
    };

    private Sum Apply(Function function, Sum[] operands)
    {
        if (function == Function.Add)
        {
            return Add(operands[0], operands[1]);
        }

        if (function == Function.Subtract)
        {
            return Add(operands[0], operands[1], -1);
        }

        if (function == Function.Negate)
        {
            return Add(Sum.Empty, operands[0], -1);
        }

        if (function == Function.Copy)
        {
            return operands[0];
        }

        if (function == Function.Multiply)
        {
            return Multiply(operands[0], operands[1]);
        }

        if (function == Function.Divide)
        {
            return Multiply(operands[0], IsNumber(operands[1], out double divisor) && divisor != 0 ? Number(1 / divisor) : Call("1 /", [operands[1]], [operands[1]]));
        }

        if (function == Function.Select)
        {
            // No gradient flows through the comparison.
            return Key(operands[2]) == Key(operands[3]) ? operands[2] : Call(function.Name, operands, [operands[2], operands[3]]);
        }

        return Call(function.Name, operands, operands);
    }

    private Sum Multiply(Sum left, Sum right)
    {
        if (left.Count * (long)right.Count > MostTerms || Degree(left) + Degree(right) > MostFactors)
        {
            return IsNumber(left, out double number) ? Add(Sum.Empty, right, number)
                : IsNumber(right, out number) ? Add(Sum.Empty, left, number)
                : Call("*", [.. new[] { left, right }.OrderBy(Key)], [left, right]);
        }

        Sum product = Sum.Empty;
        foreach (KeyValuePair<int, double> term in left)
        {
            product = Add(product, right.Aggregate(Sum.Empty, (sum, other) =>
                Add(sum, Sum.Empty.Add(Monomial(_monomials[term.Key].Concat(_monomials[other.Key])), other.Value))), term.Value);
        }

        return product;
    }

    // A linear function of a sum, term by term: what is the same for all units of a row stands in front of it.
    private Sum Linear(Sum sum, Func<int, IEnumerable<int>> ofRest) => sum.Aggregate(Sum.Empty, (made, term) =>
    {
        ILookup<bool, int> factors = _monomials[term.Key].ToLookup(f => _factors[f].IsUniform);
        return Add(made, Sum.Empty.Add(Monomial(factors[true].Concat(ofRest(Monomial(factors[false])))), term.Value));
    });

    private IEnumerable<int> Product(BlockReference weight, int monomial) => [Factor($"{weight} · {monomial}", weight, false, Sum.Empty.Add(monomial, 1))];

    private IEnumerable<int> Mean(int monomial) => _monomials[monomial].Length == 0 ? [] : [Factor($"mean {monomial}", null, true, Sum.Empty.Add(monomial, 1))];

    private Sum Parameter(BlockReference block) => Single(Factor($"parameter {block}", block, false));

    /// <param name="function">The function's name.</param>
    /// <param name="operands">What it is of.</param>
    /// <param name="parts">Those operands that a gradient flows to.</param>
    private Sum Call(string function, Sum[] operands, Sum[] parts) => Single(Factor($"{function}({string.Join(",", operands.Select(Key))})", null,
        operands.All(o => o.Keys.All(m => _monomials[m].All(f => _factors[f].IsUniform))), parts));

    private Sum Number(double value) => value == 0 ? Sum.Empty : Sum.Empty.Add(Monomial([]), value);

    private bool IsNumber(Sum sum, out double value)
    {
        value = sum.Count == 1 ? sum.Values.Single() : 0;
        return sum.Count == 0 || (sum.Count == 1 && Degree(sum) == 0);
    }

    private int Degree(Sum sum) => sum.Keys.Select(m => _monomials[m].Length).DefaultIfEmpty(0).Max();

    private Sum Single(int factor) => Sum.Empty.Add(Monomial([factor]), 1);

    private static Sum Add(Sum left, Sum right, double times = 1)
    {
        // The shorter sum joins the longer one, so that a long chain of sums is made in short steps.
        if (times == 1 && left.Count < right.Count)
        {
            (left, right) = (right, left);
        }

        foreach (KeyValuePair<int, double> term in right)
        {
            double value = Times(times, term.Value);
            left.TryGetValue(term.Key, out double known);
            bool isGone = value + known == 0 || Math.Abs(value + known) < Rounding * Math.Max(Math.Abs(value), Math.Abs(known));
            left = isGone ? left.Remove(term.Key) : left.SetItem(term.Key, value + known);
        }

        return left;
    }

    // What is too small for a number is not what cancels out.
    private static double Times(double a, double b) => a * b != 0 || a == 0 || b == 0 ? a * b : Math.Sign(a) * Math.Sign(b) * double.Epsilon;

    private int Key(Sum sum) => Once(
        "sum " + string.Join(" ", sum.OrderBy(t => t.Key).Select(t => t.Key + ":" + t.Value.ToString("R", CultureInfo.InvariantCulture))), () => _known.Count);

    private int Monomial(IEnumerable<int> factors)
    {
        int[] sorted = [.. factors.OrderBy(f => f)];
        return Once("monomial " + string.Join(" ", sorted), () =>
        {
            _monomials.Add(sorted);
            return _monomials.Count - 1;
        });
    }

    private int Factor(string key, BlockReference? block, bool isUniform, params Sum[] parts) => Once("factor " + key, () =>
    {
        _factors.Add(new Factor(block, isUniform, [.. parts]));
        return _factors.Count - 1;
    });

    // Equal keys are one number.
    private int Once(string key, Func<int> add)
    {
        if (!_known.TryGetValue(key, out int id))
        {
            _known[key] = id = add();
        }

        return id;
    }
}

/// <summary>A factor of monomials.</summary>
/// <param name="Block">The parameter that it is, or is a product with.</param>
/// <param name="IsUniform">Whether it is the same for all units of a row.</param>
/// <param name="Parts">The sums that a gradient flows to through it.</param>
internal sealed record Factor(BlockReference? Block, bool IsUniform, List<ImmutableDictionary<int, double>> Parts);
