using System.Collections.Generic;

namespace RnnGen.Generator.Cells.Graph;

/// <summary>What a value of the step graph is.</summary>
internal enum NodeKind
{
    /// <summary>The step's input x(t).</summary>
    Input,

    /// <summary>A state's value before the step, such as h(t-1).</summary>
    State,

    /// <summary>∂L/∂value, given from outside: by the next step or the layer above.</summary>
    Adjoint,

    /// <summary>A number.</summary>
    Constant,

    /// <summary>A per-unit parameter, the same for all rows.</summary>
    Vector,

    /// <summary>A sum of matrix products and biases.</summary>
    Affine,

    /// <summary>An element-wise function of other values.</summary>
    Pointwise,

    /// <summary>Each row's mean over the units of another value, for each unit.</summary>
    Mean,

    /// <summary>One number, made of all values of another; losses have it, and no cell.</summary>
    Reduction,
}

/// <summary>
/// One value of a step, [rows, width]. The graph is in single-assignment form: operands have smaller ids.
/// </summary>
/// <param name="Id">Its place in the graph.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Width">The symbol of its width (H, I, …); empty for a constant.</param>
/// <param name="Name">Its name in the equations, or empty.</param>
internal sealed record Node(int Id, NodeKind Kind, string Width, string Name)
{
    public double Value { get; init; }

    public BlockReference? Vector { get; init; }

    public Function? Function { get; init; }

    public IReadOnlyList<int> Operands { get; init; } = [];

    public IReadOnlyList<AffineTerm> Terms { get; init; } = [];

    public IReadOnlyList<BlockReference> Biases { get; init; } = [];

    /// <summary>All values that this one is computed from.</summary>
    public IEnumerable<int> Sources
    {
        get
        {
            foreach (int operand in Operands)
            {
                yield return operand;
            }

            foreach (AffineTerm term in Terms)
            {
                yield return term.Source;
            }
        }
    }
}

/// <summary>One block of a parameter tensor: the rows of one gate, or the whole of an ungated tensor.</summary>
internal sealed record BlockReference(CellTensor Tensor, int Block)
{
    public override string ToString() =>
        Tensor.Gates.Count == 0 ? Tensor.Symbol : Tensor.Symbol + "_" + Tensor.Gates[Block];
}

/// <summary>One product of an affine value: W s, or Wᵀ s in the reverse pass.</summary>
internal sealed record AffineTerm(BlockReference Weight, bool Transposed, int Source);
