using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Model;

// The declaration's choices, in the numeric order of the enums that users see in RnnGen.

internal enum Architecture { ManyToOne, ManyToMany, OneToMany, EncoderDecoder }

internal enum Attention { None, Multiplicative, Additive }

internal enum InitialState { Zero, Learned }

internal enum InfeasibleLabels { Throw, Zero }

internal enum Pooling { Last, Mean, Max }

internal enum Activation { Identity, Tanh, Relu, Sigmoid }

internal enum Initializer { Default, Glorot, Orthogonal, Identity, Uniform }

internal enum Precision { Single, Double }

internal enum Accuracy { Exact, Fast }

internal enum WeightFormat { Float, BFloat16, Int8 }

internal static class ActivationFunctions
{
    /// <summary>What an activation is in a graph; null where it changes nothing.</summary>
    public static Function? Function(this Activation activation) => activation switch
    {
        Activation.Tanh => Cells.Graph.Function.Tanh,
        Activation.Relu => Cells.Graph.Function.Relu,
        Activation.Sigmoid => Cells.Graph.Function.Sigmoid,
        Activation.Identity => null,
        _ => throw Choices.Unimplemented(activation),
    };
}
