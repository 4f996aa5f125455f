using System.Reflection;

namespace RnnGen.Numerics.Tests;

/// <summary>What a model's declaration says.</summary>
internal static class Layers
{
    public static (RnnModelAttribute Model, LayerAttribute[] Layers) Of(string name) => Of(DeclaredModels.Find(name));

    /// <summary>Whether the loss has kinks, as ReLU, |d|, Huber's function and a maximum have.</summary>
    public static bool HasKinks<TModel>()
    {
        (RnnModelAttribute model, LayerAttribute[] layers) = Of(typeof(TModel));
        return model.Loss is Loss.MeanAbsoluteError or Loss.Huber or Loss.Quantile or Loss.Laplace or Loss.MeanAbsolutePercentageError or Loss.SymmetricMeanAbsolutePercentageError
            || model.OutputActivation == Activation.Relu || model.Pooling == Pooling.Max
            || layers.Any(l => l is RnnAttribute { Activation: Activation.Relu } or DenseAttribute { Activation: Activation.Relu });
    }

    /// <summary>A recurrent layer's cell with its activation, where it has a choice.</summary>
    public static string Cell(LayerAttribute layer) =>
        layer.GetType().Name.Replace("Attribute", "", StringComparison.Ordinal) + (layer is RnnAttribute rnn ? $" {rnn.Activation}" : "");

    private static (RnnModelAttribute Model, LayerAttribute[] Layers) Of(Type model) =>
        (model.GetCustomAttribute<RnnModelAttribute>()!, [.. model.GetCustomAttributes<LayerAttribute>()]);
}
