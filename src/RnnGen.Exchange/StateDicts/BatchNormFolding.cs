using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;

namespace RnnGen.Exchange.StateDicts;

/// <summary>
/// Folds batch normalisations into the linear maps beside them: into the one in front unless a function is between, else into the one behind. At the end of a model it is the output layer.
/// </summary>
internal static class BatchNormFolding
{
    /// <summary>The module with a normalisation behind it; null where its values are no linear map's.</summary>
    public static DictModule? Behind(DictModule module, BatchNormModule norm)
    {
        (double[] scale, double[] shift) = norm.Affine();
        return !module.IsResidual && module.WithScaledOutputs(scale, shift) is { } folded ? new FoldedModule([module, norm with { Activation = Activation.Identity }], folded) { Activation = norm.Activation } : null;
    }

    /// <summary>Modules without batch normalisations that compute the same.</summary>
    /// <param name="modules">In the order in which values flow.</param>
    /// <param name="note">Receives what was folded into what.</param>
    /// <exception cref="ForeignFileException">A normalisation has no linear map beside it.</exception>
    public static List<DictModule> Fold(IReadOnlyList<DictModule> modules, Action<string> note)
    {
        List<DictModule> folded = [];
        for (int i = 0; i < modules.Count; i++)
        {
            if (modules[i] is not BatchNormModule norm)
            {
                folded.Add(modules[i]);
            }
            else if (folded.Count > 0 && Behind(folded[^1], norm) is { } before)
            {
                folded[^1] = before;
            }
            else if (i + 1 < modules.Count && InFrontOf(norm, modules[i + 1]) is { } next)
            {
                folded.Add(next);
                i++;
            }
            else if (i + 1 == modules.Count && folded.Count > 0)
            {
                folded.Add(AsLinear(norm));
            }
            else
            {
                string where = i + 1 < modules.Count ? Invariant($"in front of {ForeignText.Shown(modules[i + 1].Name)}") : "alone";
                throw ForeignModelBuilder.Undeclarable(norm.Name, Invariant($"a batch normalisation {where}"), "one behind a dense layer or a convolution, or in front of a dense or recurrent layer without Residual, is folded into its weights");
            }
        }

        foreach (FoldedModule module in folded.OfType<FoldedModule>())
        {
            note(module.Parts.Count == 1 ? Invariant($"{ForeignText.Shown(module.Name)} became the output layer.")
                : Invariant($"{string.Join(" and ", Norms(module).Select(static norm => ForeignText.Shown(norm.Name)))} was folded into {ForeignText.Shown(module.Name)}: the weights are those of both."));
        }

        return folded;
    }

    private static IEnumerable<BatchNormModule> Norms(DictModule module) => module switch
    {
        BatchNormModule norm => [norm],
        FoldedModule folded => folded.Parts.SelectMany(Norms),
        _ => [],
    };

    private static FoldedModule? InFrontOf(BatchNormModule norm, DictModule next)
    {
        (double[] scale, double[] shift) = norm.Affine();
        return norm.Activation == Activation.Identity && !next.IsResidual && next.WithScaledInputs(scale, shift) is { } folded ? new FoldedModule([norm, next], folded) : null;
    }

    private static FoldedModule AsLinear(BatchNormModule norm)
    {
        (double[] scale, double[] shift) = norm.Affine();
        Tensor diagonal = Tensor.Zeros(norm.Name, scale.Length, scale.Length);
        for (int j = 0; j < scale.Length; j++)
        {
            diagonal.Values[(j * scale.Length) + j] = scale[j];
        }

        return new FoldedModule([norm], new LinearModule(norm.Name, diagonal, new Tensor(norm.Name, [scale.Length], shift)) { Activation = norm.Activation });
    }
}
