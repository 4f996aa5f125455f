using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;

namespace RnnGen.Exchange.Keras.Reading;

/// <summary>Keras's functions of single numbers, by the names in a configuration, with the parameters that they have there.</summary>
/// <remarks>https://keras.io/api/layers/activations; keras/src/activations/activations.py.</remarks>
internal static class KerasFunctions
{
    private static readonly Dictionary<string, CellFunction> s_all = new(StringComparer.Ordinal)
    {
        ["linear"] = CellFunctions.Linear,
        ["tanh"] = CellFunctions.Tanh,
        ["relu"] = CellFunctions.Relu,
        ["sigmoid"] = CellFunctions.Sigmoid,
        ["softsign"] = CellFunctions.Softsign,
        ["softplus"] = CellFunctions.Softplus,
        ["elu"] = CellFunctions.Elu(1),
        ["celu"] = CellFunctions.Elu(1),
        ["selu"] = CellFunctions.Selu,
        ["relu6"] = CellFunctions.Relu6,
        ["leaky_relu"] = CellFunctions.LeakyRelu(0.2),
        ["exponential"] = CellFunctions.Exponential,
        ["silu"] = CellFunctions.Silu,
        ["swish"] = CellFunctions.Silu,
        ["hard_silu"] = CellFunctions.HardSilu,
        ["hard_swish"] = CellFunctions.HardSilu,
        ["mish"] = CellFunctions.Mish,
        ["hard_tanh"] = CellFunctions.HardTanh,
        ["log_sigmoid"] = CellFunctions.LogSigmoid,
        ["tanh_shrink"] = CellFunctions.TanhShrink,
        ["squareplus"] = CellFunctions.Squareplus,
    };

    /// <summary>The function of an option of a recurrent layer.</summary>
    /// <param name="layer">The layer, for messages.</param>
    /// <param name="inner">The configuration that has the option.</param>
    /// <param name="option">The option.</param>
    /// <param name="standard">What a configuration without it has.</param>
    /// <param name="origin">Which Keras wrote the file.</param>
    public static CellFunction Of(LayerConfig layer, LayerConfig inner, string option, string standard, KerasOrigin origin)
    {
        string name = inner.Function(option, standard);
        return name == "hard_sigmoid" ? origin.HardSigmoid ?? throw layer.Rejected(Invariant($"with {option} 'hard_sigmoid', which is another one in Keras 2 than in Keras 3, and the version {ForeignText.Shown(origin.Version ?? "of the file")} does not say which"), "load the model in the Keras that trained it and save it again")
            : s_all.TryGetValue(name, out CellFunction? function) ? function
            : throw layer.Rejected(Invariant($"with {option} {ForeignText.Shown(name)}"), name == "gelu" ? "a cell's equations have no error function" : Invariant($"{string.Join(", ", s_all.Keys)} and hard_sigmoid can"));
    }
}
