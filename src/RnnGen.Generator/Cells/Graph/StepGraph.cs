using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace RnnGen.Generator.Cells.Graph;

/// <summary>
/// The values of one time step in single-assignment form. Equal values are one node, and the
/// arithmetic of 0 and 1 is folded, so that derived equations come out as a person would write them.
/// </summary>
internal class StepGraph
{
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<string, int> _known = [];
    private readonly List<bool> _uniform = [];

    public IReadOnlyList<Node> Nodes => _nodes;

    public Node this[int id] => _nodes[id];

    public int Input(string name, string width) => AddOnce($"input {name}", new Node(0, NodeKind.Input, width, name));

    public int State(string name, string width) => AddOnce($"state {name}", new Node(0, NodeKind.State, width, name));

    public int Adjoint(string name, string width) => AddOnce($"adjoint {name}", new Node(0, NodeKind.Adjoint, width, name));

    public int Constant(double value) =>
        AddOnce("constant " + value.ToString("R", CultureInfo.InvariantCulture),
            new Node(0, NodeKind.Constant, "", "") { Value = value });

    public int Vector(BlockReference block) =>
        AddOnce($"vector {block}", new Node(0, NodeKind.Vector, block.Tensor.Width, block.ToString()) { Vector = block });

    public int Affine(string width, IReadOnlyList<AffineTerm> terms, IReadOnlyList<BlockReference> biases)
    {
        string key = "affine " + string.Join(" ", terms.Select(t => $"{t.Weight}{(t.Transposed ? "ᵀ" : "")}·{t.Source}"))
            + " " + string.Join(" ", biases);
        return AddOnce(key, new Node(0, NodeKind.Affine, width, "") { Terms = terms, Biases = biases });
    }

    public int Apply(Function function, params int[] operands)
    {
        if ((Fold(function, operands) ?? Simplify(function, operands)) is { } folded)
        {
            return folded;
        }

        return Unfolded(function, operands);
    }

    /// <summary>A function of values as it stands.</summary>
    protected int Unfolded(Function function, params int[] operands)
    {
        string width = operands.Select(o => _nodes[o].Width).FirstOrDefault(w => w.Length > 0) ?? "";
        return AddOnce($"{function.Name}({string.Join(",", operands)})",
            new Node(0, NodeKind.Pointwise, width, "") { Function = function, Operands = operands });
    }

    /// <summary>A number made of all values of the first operand, and of the others.</summary>
    public int Reduce(Function function, params int[] operands) => AddOnce($"reduce {function.Name}({string.Join(",", operands)})",
        new Node(0, NodeKind.Reduction, "", "") { Function = function, Operands = operands });

    /// <summary>What this kind of graph makes of a value in another way; null where there is none.</summary>
    protected virtual int? Simplify(Function function, IReadOnlyList<int> operands) => null;

    /// <summary>
    /// Each row's mean over the units of a value, which stands for each of its units: so its derivative is a mean too. Where that needs no more than one new sum, it is
    /// made of the means of the value's parts: mean(a − mean(a)) = 0, and what is the same for all units stands before the mean.
    /// </summary>
    public int Mean(int operand) => NeedsOneSum(operand) ? MeanOfParts(operand) : MeanOfAll(operand);

    private int MeanOfAll(int operand) => AddOnce(MeanKey(operand), new Node(0, NodeKind.Mean, _nodes[operand].Width, "") { Operands = [operand] });

    private int MeanOfParts(int operand)
    {
        Dictionary<int, int> made = [];
        Stack<int> open = new([operand]);
        while (open.Count > 0)
        {
            int id = open.Peek();
            List<int> waits = made.ContainsKey(id) || !IsMadeOfParts(id) ? [] : _nodes[id].Operands.Where(o => !made.ContainsKey(o)).Reverse().ToList();
            if (waits.Count > 0)
            {
                waits.ForEach(open.Push);
                continue;
            }

            open.Pop();
            if (!made.ContainsKey(id))
            {
                made[id] = IsShared(id) ? id : IsMadeOfParts(id) ? Apply(_nodes[id].Function!, [.. _nodes[id].Operands.Select(o => made[o])]) : MeanOfAll(id);
            }
        }

        return made[operand];
    }

    // Whether no more than one of the values that a mean is made of has a mean that is not known yet.
    private bool NeedsOneSum(int operand)
    {
        int sums = 0;
        HashSet<int> seen = [];
        Stack<int> open = new([operand]);
        while (open.Count > 0 && sums <= 1)
        {
            int id = open.Pop();
            if (!seen.Add(id) || IsShared(id) || _known.ContainsKey(MeanKey(id)))
            {
                continue;
            }

            if (!IsLinear(_nodes[id]))
            {
                sums++;
                continue;
            }

            foreach (int part in _nodes[id].Operands)
            {
                open.Push(part);
            }
        }

        return sums <= 1;
    }

    private bool IsMadeOfParts(int id) => !IsShared(id) && IsLinear(_nodes[id]) && !_known.ContainsKey(MeanKey(id));

    private static string MeanKey(int operand) => $"mean({operand})";

    // Whether the mean of the whole is made of its operands' means alike.
    private bool IsLinear(Node node) => node.Function == Function.Add || node.Function == Function.Subtract || node.Function == Function.Negate
        || (node.Function == Function.Multiply && node.Operands.Any(IsShared))
        || (node.Function == Function.Divide && IsShared(node.Operands[1]));

    private bool IsShared(int id) => _nodes[id].Kind == NodeKind.Constant || IsUniform(id);

    /// <summary>Whether a value is the same for all units of a row, as what is made of means is.</summary>
    public bool IsUniform(int id) => _uniform[id];

    /// <summary>Gives a value its name in the equations; a value keeps the first name that it gets.</summary>
    public void Name(int id, string name)
    {
        if (_nodes[id].Name.Length == 0)
        {
            _nodes[id] = _nodes[id] with { Name = name };
        }
    }

    /// <summary>The given values and all that they are computed from, in an order of computation.</summary>
    public IReadOnlyList<int> Closure(IEnumerable<int> roots)
    {
        SortedSet<int> reached = [];
        Stack<int> open = new(roots);
        while (open.Count > 0)
        {
            int id = open.Pop();
            if (reached.Add(id))
            {
                foreach (int source in _nodes[id].Sources)
                {
                    open.Push(source);
                }
            }
        }

        return reached.ToList();
    }

    private int AddOnce(string key, Node node)
    {
        if (!_known.TryGetValue(key, out int id))
        {
            id = _nodes.Count;
            _nodes.Add(node with { Id = id });
            _uniform.Add(node.Kind == NodeKind.Mean || (node.Kind == NodeKind.Pointwise && node.Operands.All(o => IsShared(o))));
            _known.Add(key, id);
        }

        return id;
    }

    private int? Fold(Function function, int[] operands)
    {
        Node[] values = operands.Select(o => _nodes[o]).ToArray();
        if (values.All(v => v.Kind == NodeKind.Constant) && function != Function.Copy)
        {
            return Constant(function.Evaluate(values.Select(v => v.Value).ToArray()));
        }

        bool Is(int operand, double value) => values[operand].Kind == NodeKind.Constant && values[operand].Value == value;

        if (function == Function.Add)
        {
            return Is(0, 0) ? operands[1]
                : Is(1, 0) ? operands[0]
                : values[1].Function == Function.Negate ? Apply(Function.Subtract, operands[0], values[1].Operands[0])
                : values[0].Function == Function.Negate ? Apply(Function.Subtract, operands[1], values[0].Operands[0])
                : null;
        }

        if (function == Function.Subtract)
        {
            return Is(1, 0) ? operands[0]
                : operands[0] == operands[1] ? Constant(0)
                : Is(0, 0) ? Apply(Function.Negate, operands[1])
                : values[1].Function == Function.Negate ? Apply(Function.Add, operands[0], values[1].Operands[0])
                : null;
        }

        if (function == Function.Multiply)
        {
            return Is(0, 1) ? operands[1]
                : Is(1, 1) ? operands[0]
                : Is(0, 0) || Is(1, 0) ? Constant(0)
                : null;
        }

        if (function == Function.Divide)
        {
            return Is(1, 1) ? operands[0] : Is(0, 0) ? operands[0] : null;
        }

        if (function == Function.Select && operands[2] == operands[3])
        {
            return operands[2];
        }

        return function == Function.Negate && values[0].Function == Function.Negate ? values[0].Operands[0] : null;
    }
}
