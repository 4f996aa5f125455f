namespace RnnGen;

/// <summary>Implemented by a class with <see cref="LossAttribute"/>: a loss of your own, for <see cref="LossAttribute{TLoss}"/>.</summary>
public interface ILoss;

/// <summary>
/// The equations of a loss of your own, for one target: <c>y</c> is the output, <c>target</c> what it should be, and <c>loss</c> what training minimises. The gradient, the code
/// and the notes in the generated model are derived from them; the loss of a batch is the mean over targets.
/// </summary>
/// <param name="equations">
/// One line for each value: <c>name = expression</c>, and lines that declare: <c>number q = 0.9</c>, <c>targets classes</c>, <c>link p = sigmoid(y)</c>.
/// <c>docs/losses.md</c> describes the grammar and the functions. The losses that ship with RnnGen are written the same way.
/// </param>
/// <remarks>Mistakes are compiler errors, RNN050 to RNN058, at the exact place in the text.</remarks>
/// <example>
/// <code>
/// [Loss("""
///     number q = 0.9
///     e = target - y
///     loss = max(q * e, (q - 1) * e)
///     """)]
/// public sealed class Pinball : ILoss;
///
/// [RnnModel(Architecture.ManyToOne, InputSize = 24, SequenceLength = 14, OutputSize = 48)]
/// [Loss&lt;Pinball&gt;(Numbers = "q = 0.95")]
/// [Gru(128)]
/// public sealed partial class Demand;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class LossAttribute(string equations) : Attribute
{
    /// <summary>The equations.</summary>
    public string Equations { get; } = equations;
}

/// <summary>Trains a model by a loss of your own, in place of <see cref="RnnModelAttribute.Loss"/>.</summary>
/// <typeparam name="TLoss">A class with <see cref="LossAttribute"/>.</typeparam>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class LossAttribute<TLoss> : Attribute where TLoss : ILoss
{
    /// <summary>Overrides of the numbers and lists in the equations, such as <c>"q = 0.95"</c> for the line <c>number q = …</c>, and <c>"q = 0.1, 0.5, 0.9"</c> for <c>numbers q = …</c>.</summary>
    public string Numbers { get; set; } = "";
}
