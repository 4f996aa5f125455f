using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Model;

// The declaration's choices, in the numeric order of the enums that users see in RnnGen.

internal enum Architecture { ManyToOne, ManyToMany, OneToMany, EncoderDecoder }

internal enum Attention { None, Multiplicative, Additive }

internal enum InitialState { Zero, Learned }

internal enum Pooling { Last, Mean, Max }

internal enum Loss { MeanSquaredError, MeanAbsoluteError, Huber, CrossEntropy, BinaryCrossEntropy, Ctc }

internal enum Activation { Identity, Tanh, Relu, Sigmoid }

internal enum Initializer { Default, Glorot, Orthogonal, Identity, Uniform }

internal enum Precision { Single, Double }

internal enum Accuracy { Exact, Fast }

/// <summary>What a loss's targets are.</summary>
internal enum LossTargets { Numbers, Probabilities, Classes, Labels }

/// <summary>What a loss makes probabilities of the outputs with.</summary>
internal enum LossLink { None, Sigmoid, Softmax }

/// <summary>What the compiler asks about a loss, said once for each; its formula is in <c>LossText</c>.</summary>
internal sealed record LossTraits(LossTargets Targets, LossLink Link)
{
    public bool TargetsAreClasses => Targets is LossTargets.Classes or LossTargets.Labels;

    /// <summary>Whether the outputs are logits.</summary>
    public bool ReadsLogits => Link != LossLink.None;

    public static LossTraits Of(Loss loss) => loss switch
    {
        Loss.MeanSquaredError or Loss.MeanAbsoluteError or Loss.Huber => new(LossTargets.Numbers, LossLink.None),
        Loss.CrossEntropy => new(LossTargets.Classes, LossLink.Softmax),
        Loss.BinaryCrossEntropy => new(LossTargets.Probabilities, LossLink.Sigmoid),
        Loss.Ctc => new(LossTargets.Labels, LossLink.Softmax),
        _ => throw Choices.Unimplemented(loss),
    };
}

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
