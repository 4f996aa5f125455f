using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Planning.Graph;

namespace RnnGen.Generator.Planning;

/// <summary>What kernels are not written for, told before any of them is.</summary>
internal static class CellLimits
{
    /// <param name="reverse">The reverse step, of a layer that has one.</param>
    /// <exception cref="CellFormatException">The cell is beyond them.</exception>
    public static void Check(CellGraph cell, IReadOnlyList<int> live, IReadOnlyList<int> preActivations, IReadOnlyList<int> vectors, ReverseGraph? reverse)
    {
        StepGraph graph = cell.Graph;
        Require(preActivations.Count > 0, "the cell has no matrix product; its input takes part through one, such as W x");
        Require(live.All(n => graph[n].Kind is not (NodeKind.Pointwise or NodeKind.Mean) || !graph[n].Operands.Contains(cell.Input)) && cell.Output != cell.Input
            && cell.States.All(s => s.Next != cell.Input), "x stands outside of a matrix product; it takes part through one, such as W x");
        Require(reverse is null || preActivations.Concat(vectors).All(reverse.Adjoints.ContainsKey), "a parameter has no gradient, since what it changes reaches neither the output nor a state but through comparisons");
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new CellFormatException(CellProblem.NotCompiled, 0, 0, otherwise);
        }
    }
}
