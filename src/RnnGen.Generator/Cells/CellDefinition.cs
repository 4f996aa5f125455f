using System.Collections.Generic;

namespace RnnGen.Generator.Cells;

/// <summary>A cell as its equation file states it: names and equations, no sizes.</summary>
/// <param name="Name">The cell's name, for readers: <c>LSTM</c>.</param>
/// <param name="States">What is carried from step to step, such as h and c.</param>
/// <param name="Tensors">The parameter tensors in the order of the file.</param>
/// <param name="Equations">Assignments in order; a name with a prime is a state's next value.</param>
/// <param name="Output">The name of the value that the layer above reads.</param>
internal sealed record CellDefinition(
    string Name,
    IReadOnlyList<CellState> States,
    IReadOnlyList<CellTensor> Tensors,
    IReadOnlyList<CellEquation> Equations,
    string Output)
{
    public bool IsRecurrent => States.Count > 0;
}

/// <summary>A state and the symbol of its width; <c>H</c>, the layer's size, unless said otherwise.</summary>
internal sealed record CellState(string Name, string Width);

internal enum CellTensorKind { Weight, Bias, Vector }

/// <summary>
/// A parameter tensor: a weight matrix, a bias, or a per-unit vector (a peephole). A tensor with gates is
/// one block per gate, stacked along its rows in the order of the gates.
/// </summary>
/// <param name="Symbol">Its letter in the equations: <c>W</c>.</param>
/// <param name="TensorName">Its name in files: <c>weight_ih</c>.</param>
/// <param name="Width">The symbol of a block's rows; <c>H</c> unless said otherwise.</param>
/// <param name="Gates">The gates whose blocks it stacks; empty for a single block.</param>
/// <param name="Starts">Initial values other than the initializer's: gate (empty for a single block) to value.</param>
internal sealed record CellTensor(
    CellTensorKind Kind,
    string Symbol,
    string TensorName,
    string Width,
    IReadOnlyList<string> Gates,
    IReadOnlyDictionary<string, double> Starts)
{
    public int BlockCount => Gates.Count == 0 ? 1 : Gates.Count;

    public int BlockOf(string gate) => Gates.Count == 0 ? 0 : System.Linq.Enumerable.ToList(Gates).IndexOf(gate);
}

/// <summary>One line <c>name = expression</c>.</summary>
/// <param name="Text">The line as written, for readers of the generated code.</param>
internal sealed record CellEquation(string Name, Expression Expression, string Text);

/// <summary>The right-hand side of an equation.</summary>
internal abstract record Expression
{
    internal sealed record Number(double Value) : Expression;

    /// <summary>A value by name: the input x, a state, a state's next value, or an earlier equation.</summary>
    internal sealed record Name(string Identifier) : Expression;

    /// <summary>A bias or a per-unit vector: <c>b_i</c>.</summary>
    internal sealed record Parameter(CellTensor Tensor, int Block) : Expression;

    /// <summary>A matrix times a value: <c>W_i x</c>.</summary>
    internal sealed record Product(CellTensor Weight, int Block, Expression Operand) : Expression;

    internal sealed record Call(string Function, Expression Operand) : Expression;

    internal sealed record Binary(char Operator, Expression Left, Expression Right) : Expression;

    internal sealed record Negation(Expression Operand) : Expression;
}
