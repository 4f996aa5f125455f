namespace RnnGen;

/// <summary>Implemented by a class with <see cref="CellAttribute"/>: a recurrent cell of your own, for <see cref="RecurrentAttribute{TCell}"/>.</summary>
public interface ICell;

/// <summary>
/// The equations of a recurrent cell of your own, in the notation of the papers: a matrix next to a value is their product, a state with a prime is its
/// value after the step. Gradients, kernels for every vector width, and parameters are derived from them.
/// </summary>
/// <param name="equations">
/// One line for each value of a step: <c>name = expression</c>. W, U, b and d are parameters and need no declaration; they have a block for each equation that uses them.
/// <c>docs/cells.md</c> describes the grammar, the functions and the rules of shape. The cells that ship with RnnGen are written the same way.
/// </param>
/// <remarks>Mistakes are compiler errors, RNN050 to RNN058, at the exact place in the text.</remarks>
/// <example>
/// <code>
/// [Cell("""
///     f  = sigmoid(W x + U h + b)
///     g  = tanh(W x + U h + b)
///     c' = f * c + (1 - f) * g
///     h' = sigmoid(W x + b) * tanh(c')
///     """)]
/// public sealed class CoupledGate : ICell;
///
/// [RnnModel(Architecture.ManyToOne, InputSize = 12, SequenceLength = 30, OutputSize = 9, Loss = Loss.CrossEntropy)]
/// [Recurrent&lt;CoupledGate&gt;(64)]
/// public sealed partial class VowelModel;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class CellAttribute(string equations) : Attribute
{
    /// <summary>The equations.</summary>
    public string Equations { get; } = equations;
}

/// <summary>A recurrent layer with a cell of your own.</summary>
/// <typeparam name="TCell">A class with <see cref="CellAttribute"/>.</typeparam>
/// <param name="hiddenSize">Width of the output and of every state, at least 1.</param>
/// <remarks>
/// Its parameters are named as PyTorch's: <c>rnn.weight_ih_l{k}</c> for W, <c>rnn.weight_hh_l{k}</c> for U, <c>rnn.bias_ih_l{k}</c> for b and <c>rnn.bias_hh_l{k}</c> for d,
/// with the blocks of the equations one below the other, in the order in which equations first use them. Your own parameters are named <c>rnn.{name}_l{k}</c>.
/// </remarks>
public sealed class RecurrentAttribute<TCell>(int hiddenSize) : RecurrentLayerAttribute(hiddenSize) where TCell : ICell
{
    /// <summary>The function f of the equations, if they call it. Default: <see cref="Activation.Tanh"/>.</summary>
    public Activation Activation { get; set; } = Activation.Tanh;

    /// <summary>Overrides of the numbers and widths in the equations, such as <c>"leak = 0.3, P = 24"</c> for the lines <c>number leak = …</c> and <c>width P = …</c>.</summary>
    public string Numbers { get; set; } = "";
}
