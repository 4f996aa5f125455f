using System.Collections.Generic;
using System.Linq;

namespace RnnGen.Generator.Cells;

/// <summary>A cell as its equations state it: names and equations, no sizes.</summary>
/// <param name="Name">The cell's name, for readers: <c>LSTM</c>.</param>
/// <param name="States">What is carried from step to step, such as h and c.</param>
/// <param name="Tensors">The parameter tensors: weights, then biases, then vectors.</param>
/// <param name="Equations">Assignments in order; a name with a prime is a state's next value.</param>
/// <param name="Output">The name of the value that the layer above reads.</param>
/// <param name="Numbers">Hyper-parameters.</param>
/// <param name="Widths">Widths of its own, by their symbols.</param>
/// <param name="HasActivation">Whether the equations call f, which the layer's declaration names.</param>
internal sealed record CellDefinition(
    string Name,
    IReadOnlyList<CellState> States,
    IReadOnlyList<CellTensor> Tensors,
    IReadOnlyList<CellEquation> Equations,
    string Output,
    IReadOnlyList<CellNumber> Numbers,
    IReadOnlyDictionary<string, int> Widths,
    bool HasActivation)
{
    public bool IsRecurrent => States.Count > 0;

    /// <summary>Into how many groups of equal size the units are divided, each of which reads only its own states: matrices but those of x are block-diagonal. Null where the equations do not say it.</summary>
    public int? Heads { get; init; }

    /// <summary>Values of a width, such as H, in a layer with a number of units.</summary>
    public int SizeOf(string width, int units) => Widths.TryGetValue(width, out int own) ? own : units;
}

/// <summary>A state and the symbol of its width; <c>H</c>, the layer's size, unless said otherwise.</summary>
internal sealed record CellState(string Name, string Width)
{
    /// <summary>What it is called in kernels and plans.</summary>
    public string Code { get; init; } = Name;
}

internal enum CellTensorKind { Weight, Bias, Vector }

/// <summary>
/// A parameter tensor: a weight matrix, a bias, or a per-unit vector (a peephole). Where several equations use it, it is
/// one block per equation, stacked along its rows in the order in which they first appear.
/// </summary>
/// <param name="Kind">Which of them it is.</param>
/// <param name="Symbol">Its letter in the equations: <c>W</c>.</param>
/// <param name="TensorName">Its name in files: <c>weight_ih</c>.</param>
/// <param name="Width">The symbol of a block's rows; <c>H</c> unless said otherwise.</param>
/// <param name="Gates">The equations whose blocks it stacks; empty for a single block.</param>
/// <param name="Starts">Initial values other than the initializer's: gate (empty for all blocks) to value.</param>
internal sealed record CellTensor(
    CellTensorKind Kind,
    string Symbol,
    string TensorName,
    string Width,
    IReadOnlyList<string> Gates,
    IReadOnlyDictionary<string, double> Starts)
{
    public int BlockCount => Gates.Count == 0 ? 1 : Gates.Count;

    public int BlockOf(string gate) => Gates.Count == 0 ? 0 : Gates.ToList().IndexOf(gate);
}

/// <summary>One line <c>name = expression</c>.</summary>
/// <param name="Name">What it computes; with a prime a state's next value.</param>
/// <param name="Expression">Of what.</param>
/// <param name="Text">The line as written, for readers of the generated code.</param>
internal sealed record CellEquation(string Name, Expression Expression, string Text);

/// <summary>The right-hand side of an equation, or a part of it.</summary>
internal abstract record Expression
{
    /// <summary>Where it begins in the text.</summary>
    public int Start { get; init; }

    /// <summary>How many characters of the text are marked where it is at fault.</summary>
    public int Length { get; init; }

    /// <summary>This and all that it is made of, from the left to the right; sums and products may have any number of terms.</summary>
    public IEnumerable<Expression> Parts()
    {
        Stack<Expression> open = new([this]);
        while (open.Count > 0)
        {
            Expression part = open.Pop();
            yield return part;
            foreach (Expression operand in part.Direct().Reverse())
            {
                open.Push(operand);
            }
        }
    }

    /// <summary>What it is made of directly.</summary>
    private protected virtual IEnumerable<Expression> Direct() => [];

    internal sealed record Number(double Value) : Expression;

    /// <summary>A value by name: the input x, a state, a state's next value, or an earlier equation.</summary>
    internal sealed record Name(string Identifier) : Expression;

    /// <summary>A bias or a per-unit vector: <c>b_i</c>.</summary>
    internal sealed record Parameter(CellTensor Tensor, int Block) : Expression;

    /// <summary>A matrix times a value: <c>W_i x</c>.</summary>
    internal sealed record Product(CellTensor Weight, int Block, Expression Operand) : Expression
    {
        private protected override IEnumerable<Expression> Direct() => [Operand];
    }

    internal sealed record Call(string Function, IReadOnlyList<Expression> Operands) : Expression
    {
        private protected override IEnumerable<Expression> Direct() => Operands;
    }

    /// <summary><c>select(left &gt; right, then, otherwise)</c>.</summary>
    internal sealed record Select(Expression Left, Expression Right, Expression Then, Expression Otherwise) : Expression
    {
        private protected override IEnumerable<Expression> Direct() => [Left, Right, Then, Otherwise];
    }

    internal sealed record Binary(char Operator, Expression Left, Expression Right) : Expression
    {
        private protected override IEnumerable<Expression> Direct() => [Left, Right];
    }

    internal sealed record Negation(Expression Operand) : Expression
    {
        private protected override IEnumerable<Expression> Direct() => [Operand];
    }
}
