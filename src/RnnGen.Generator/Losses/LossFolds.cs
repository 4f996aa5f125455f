using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells.Graph;

namespace RnnGen.Generator.Losses;

/// <summary>
/// The values of a loss and of its gradient. Beside what every graph folds, selections take in what is done to them, and multiples of one value are
/// one: so a derivative comes out by cases, as a person would write it. No rule changes a result by more than rounding.
/// </summary>
internal sealed class LossFolds : StepGraph
{
    /// <summary>A selection that stays one: <paramref name="then"/> where <paramref name="left"/> is greater than <paramref name="right"/>.</summary>
    public int Cases(int left, int right, int then, int otherwise) => then == otherwise ? then : Unfolded(Function.Select, left, right, then, otherwise);

    /// <summary>Whether the values are those of code, which has cases where equations have signs.</summary>
    public bool IsWritten { get; set; }

    protected override int? Simplify(Function function, IReadOnlyList<int> operands) =>
        function == Function.Select ? Selected(operands)
        : function == Function.Negate ? Negated(operands[0])
        : function == Function.Add || function == Function.Subtract ? Added(function, operands[0], operands[1])
        : function == Function.Multiply ? Multiplied(operands[0], operands[1]) ?? Multiplied(operands[1], operands[0])
        : function == Function.Divide ? Divided(operands[0], operands[1])
        : null;

    // A condition that is known, the same condition again, and the sign of a value.
    private int? Selected(IReadOnlyList<int> o)
    {
        if (IsConstant(o[0]) && IsConstant(o[1]))
        {
            return this[o[0]].Value > this[o[1]].Value ? o[2] : o[3];
        }

        if (Same(o[2], o) is { } then)
        {
            return Apply(Function.Select, o[0], o[1], then.Then, o[3]);
        }

        if (Same(o[3], o) is { } otherwise)
        {
            return Apply(Function.Select, o[0], o[1], o[2], otherwise.Otherwise);
        }

        // v > 0 ? a : 0 > v ? -a : 0
        return !IsWritten && IsConstant(o[1], 0) && !IsConstant(o[0]) && !IsConstant(o[2], 0) && Case(o[3]) is { } negative
            && IsConstant(negative.Left, 0) && negative.Right == o[0] && IsConstant(negative.Otherwise, 0) && negative.Then == Apply(Function.Negate, o[2])
            ? Apply(Function.Multiply, o[2], Apply(LossFunctions.Sign, o[0]))
            : null;
    }

    private int? Negated(int value)
    {
        Node node = this[value];
        return node.Function == Function.Subtract ? Apply(Function.Subtract, node.Operands[1], node.Operands[0])
            : Multiple(value) is { Factor: not 1 } multiple ? Times(-multiple.Factor, multiple.Of)
            : Case(value) is { } found && (IsConstant(found.Then) || IsConstant(found.Otherwise)) ? ByCase(found, part => Apply(Function.Negate, part))
            : null;
    }

    // A sum or difference of selections by the same condition, or of multiples of one value.
    private int? Added(Function function, int left, int right)
    {
        if (Case(left) is { } one && Case(right) is { } other && one.Left == other.Left && one.Right == other.Right)
        {
            return Apply(Function.Select, one.Left, one.Right, Apply(function, one.Then, other.Then), Apply(function, one.Otherwise, other.Otherwise));
        }

        (double a, int of) = Multiple(left);
        (double b, int with) = Multiple(right);
        return of == with ? Times(function.Evaluate(a, b), of) : null;
    }

    private int? Multiplied(int value, int by) => IsConstant(by) && Multiple(value) is { Factor: not 1 } multiple ? Times(multiple.Factor * this[by].Value, multiple.Of)
        : IsConstant(by, -1) ? Apply(Function.Negate, value)
        : Case(value) is { } found && (IsUnit(found.Then) || IsUnit(found.Otherwise)) ? ByCase(found, part => Apply(Function.Multiply, part, by))
        : null;

    private int? Divided(int value, int by) =>
        Case(value) is { } found && (IsConstant(found.Then, 0) || IsConstant(found.Otherwise, 0)) ? ByCase(found, part => Apply(Function.Divide, part, by)) : null;

    // What is done to a selection is done to its cases, where that leaves less to do.
    private int ByCase((int Left, int Right, int Then, int Otherwise) selection, Func<int, int> apply) =>
        Apply(Function.Select, selection.Left, selection.Right, apply(selection.Then), apply(selection.Otherwise));

    private bool IsUnit(int id) => IsConstant(id, 0) || IsConstant(id, 1) || IsConstant(id, -1);

    private int Times(double factor, int value) => Apply(Function.Multiply, Constant(factor), value);

    // A value as a number times another.
    private (double Factor, int Of) Multiple(int value)
    {
        Node node = this[value];
        return node.Function == Function.Multiply && IsConstant(node.Operands[0]) ? (this[node.Operands[0]].Value, node.Operands[1])
            : node.Function == Function.Multiply && IsConstant(node.Operands[1]) ? (this[node.Operands[1]].Value, node.Operands[0])
            : node.Function == Function.Negate ? (-1, node.Operands[0])
            : (1, value);
    }

    private (int Left, int Right, int Then, int Otherwise)? Case(int value) =>
        this[value] is { Function: { } function, Operands: var o } && function == Function.Select ? (o[0], o[1], o[2], o[3]) : null;

    private (int Left, int Right, int Then, int Otherwise)? Same(int value, IReadOnlyList<int> selection) =>
        Case(value) is { } found && found.Left == selection[0] && found.Right == selection[1] ? found : null;

    private bool IsConstant(int id) => this[id].Kind == NodeKind.Constant;

    private bool IsConstant(int id, double value) => IsConstant(id) && this[id].Value == value;
}
