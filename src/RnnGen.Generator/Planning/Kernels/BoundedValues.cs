using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Planning.Kernels;

/// <summary>
/// Which values of a step lie within ±1 whatever its weights and inputs are, where each state does before the step: derived from the equations by interval arithmetic, with one rule for
/// a gate's blend, (1 - z) u + z v. A state for which this does not hold after the step may be anything.
/// </summary>
internal sealed class BoundedValues
{
    private readonly CellGraph _cell;
    private readonly HashSet<string> _states;
    private readonly Dictionary<int, Interval> _intervals = [];

    private BoundedValues(CellGraph cell, HashSet<string> states)
    {
        (_cell, _states) = (cell, states);
    }

    /// <summary>The values of a cell's step.</summary>
    public static BoundedValues Of(CellGraph cell)
    {
        HashSet<string> states = [.. cell.States.Select(s => s.Name)];
        while (true)
        {
            BoundedValues values = new(cell, states);
            List<string> unbounded = cell.States.Where(s => states.Contains(s.Name) && !values.Contains(s.Next)).Select(s => s.Name).ToList();
            if (unbounded.Count == 0)
            {
                return values;
            }

            states.ExceptWith(unbounded);
        }
    }

    /// <summary>Whether a value always lies within ±1.</summary>
    public bool Contains(int node) => Of(node).IsWithin(-1, 1);

    private Interval Of(int node)
    {
        if (!_intervals.TryGetValue(node, out Interval interval))
        {
            _intervals[node] = interval = Compute(_cell.Graph[node]);
        }

        return interval;
    }

    private Interval Compute(Node node) => node.Kind switch
    {
        NodeKind.Constant => new(node.Value, node.Value),
        NodeKind.State => _cell.States.Any(s => s.Previous == node.Id && _states.Contains(s.Name)) ? Interval.Unit : Interval.All,
        NodeKind.Mean => Of(node.Operands[0]),
        NodeKind.Pointwise => Compute(node.Function!, node.Operands),
        NodeKind.Input or NodeKind.Vector or NodeKind.Affine or NodeKind.Adjoint or NodeKind.Reduction => Interval.All,
        _ => throw Choices.Unimplemented(node.Kind),
    };

    private Interval Compute(Function function, IReadOnlyList<int> operands) =>
        function == Function.Sigmoid ? new(0, 1)
        : function == Function.Tanh || function == Function.Sin || function == Function.Cos ? Interval.Unit
        : function == Function.Copy ? Of(operands[0])
        : function == Function.Negate ? -Of(operands[0])
        : function == Function.Add ? Blend(operands[0], operands[1]) ?? Blend(operands[1], operands[0]) ?? Of(operands[0]) + Of(operands[1])
        : function == Function.Subtract ? Of(operands[0]) + -Of(operands[1])
        : function == Function.Multiply ? Of(operands[0]) * Of(operands[1])
        : function == Function.Select ? Of(operands[2]).With(Of(operands[3]))
        : Interval.All;

    // (1 - z) u + z v with z from 0 to 1.
    private Interval? Blend(int rest, int share)
    {
        StepGraph graph = _cell.Graph;
        return (from left in Factors(rest)
                from right in Factors(share)
                let gate = graph[left.Factor]
                where gate.Function == Function.Subtract && graph[gate.Operands[0]] is { Kind: NodeKind.Constant, Value: 1 } && gate.Operands[1] == right.Factor && Of(right.Factor).IsWithin(0, 1)
                select (Interval?)Of(left.Other).With(Of(right.Other))).FirstOrDefault();
    }

    private IEnumerable<(int Factor, int Other)> Factors(int node)
    {
        Node product = _cell.Graph[node];
        return product.Function != Function.Multiply ? [] : [(product.Operands[0], product.Operands[1]), (product.Operands[1], product.Operands[0])];
    }

    private readonly record struct Interval(double Low, double High)
    {
        public static Interval Unit { get; } = new(-1, 1);

        public static Interval All { get; } = new(double.NegativeInfinity, double.PositiveInfinity);

        public bool IsWithin(double low, double high) => Low >= low && High <= high;

        public Interval With(Interval other) => new(Math.Min(Low, other.Low), Math.Max(High, other.High));

        public static Interval operator -(Interval value) => new(-value.High, -value.Low);

        public static Interval operator +(Interval left, Interval right) => new(left.Low + right.Low, left.High + right.High);

        public static Interval operator *(Interval left, Interval right)
        {
            double[] products = [left.Low * right.Low, left.Low * right.High, left.High * right.Low, left.High * right.High];
            return products.Any(double.IsNaN) ? All : new(products.Min(), products.Max());
        }
    }
}
