using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Runtime;

namespace RnnGen.Exchange.StateDicts;

/// <summary>A model from the names and shapes of a state dict.</summary>
internal static class StateDictModel
{
    /// <param name="dict">The tensors.</param>
    /// <param name="options">What the file does not say.</param>
    /// <param name="isSkipping">Whether the first inputs of a step are added to its outputs.</param>
    public static ForeignModel Of(StateDict dict, ImportOptions options, bool isSkipping = false)
    {
        List<DictModule> found = DictModules.Take(dict);
        if (found.Count == 0)
        {
            throw new ForeignFileException("The file holds no tensors of layers: save model.state_dict().");
        }

        List<DictModule> modules = WithFunctions(ModuleOrder.Of(found, options.Order, dict.IsOrdered), options.Activations);
        ForeignModelBuilder model = new(dict.Format) { IsSkipping = isSkipping };
        foreach (DictModule module in BatchNormFolding.Fold(modules, model.Note))
        {
            module.AddTo(model);
        }

        foreach (BatchNormModule norm in modules.OfType<BatchNormModule>())
        {
            model.Note(Invariant($"{ForeignText.Shown(norm.Name)} is taken for a batch normalisation with PyTorch's eps, 1e-5, which the file does not say."));
        }

        Architecture architecture = options.Architecture ?? Architecture.ManyToMany;
        if (options.Architecture is null)
        {
            model.Note("The file does not say whether the model has one output or one for each step; one for each step was taken.");
        }

        if (modules[^1] is LinearModule { Activation: Activation.Identity } last && !options.Activations.ContainsKey(last.Name))
        {
            model.Note(Invariant($"The file does not say whether a function follows {ForeignText.Shown(last.Name)}; none was taken."));
        }

        Precision precision = dict.Entries.All(static e => e.Type == NumberType.F64) ? Precision.Double : Precision.Single;
        return model.Build(architecture, precision, sequenceLength: null, new ModuleChain(modules, architecture, isSkipping));
    }

    private static List<DictModule> WithFunctions(List<DictModule> modules, IReadOnlyDictionary<string, Activation> activations)
    {
        foreach ((string name, Activation activation) in activations)
        {
            DictModule module = modules.Find(m => m.Name == name) ?? throw new ForeignFileException(Invariant(
                $"A function is given for {ForeignText.Shown(name)}, which the file does not have; it has {TensorLimits.Join(", ", modules.ConvertAll(static m => ForeignText.Shown(m.Name)))}."));
            bool isPossible = module.TakesFunction || (module is RecurrentModule { Kind: ForeignLayerKind.Rnn } && activation is Activation.Tanh or Activation.Relu);
            if (!isPossible)
            {
                throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} cannot have the function {activation}: a linear layer or a batch normalisation has any, and an nn.RNN has tanh or relu."));
            }
        }

        // A function stands behind a linear layer, or behind its normalisation.
        DictModule? unsaid = modules.Where((m, i) => i + 1 < modules.Count && (m is LinearModule ? modules[i + 1] is not BatchNormModule : m is BatchNormModule && i > 0 && modules[i - 1] is LinearModule))
            .FirstOrDefault(m => !activations.ContainsKey(m.Name));
        return unsaid is null
            ? modules.ConvertAll(m => activations.TryGetValue(m.Name, out Activation activation) ? m with { Activation = activation } : m)
            : throw new ForeignFileException(Invariant(
                $"{ForeignText.Shown(unsaid.Name)} is followed by other layers, and the file does not say which function stands between: name it with --activation {TensorLimits.Cut(unsaid.Name)}=relu (or tanh, sigmoid, identity), or ImportOptions.Activations."));
    }
}
