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
        List<DictModule> found = DictModules.Take(dict, options.Convolutions);
        if (found.Count == 0)
        {
            throw new ForeignFileException("The file holds no tensors of layers: save model.state_dict().");
        }

        List<DictModule> modules = WithFunctions(ModuleOrder.Of(found, options, dict.IsOrdered), options.Activations);
        if (modules.FindLast(static m => m.IsRecurrent || m is ConvolutionModule) is ConvolutionModule behind && modules.Exists(static m => m.IsRecurrent))
        {
            throw ForeignModelBuilder.Undeclarable(behind.Name, "a convolution behind the last recurrent layer", "one in front of it can");
        }

        Architecture architecture = options.Architecture ?? Architecture.ManyToMany;
        Pooling pooling = options.Pooling ?? Pooling.Last;
        if (options.Pooling is not null && architecture != Architecture.ManyToOne)
        {
            throw new ForeignFileException("Pooling is how a model with one output reads its steps, but this one is imported with an output for each step: add --architecture many-to-one, or ImportOptions.Architecture.");
        }

        ForeignModelBuilder model = new(dict.Format) { IsSkipping = isSkipping, Pooling = pooling };
        foreach (DictModule module in BatchNormFolding.Fold(modules, model.Note))
        {
            module.AddTo(model);
        }

        foreach (BatchNormModule norm in modules.OfType<BatchNormModule>())
        {
            model.Note(Invariant($"{ForeignText.Shown(norm.Name)} is taken for a batch normalisation with PyTorch's eps, 1e-5, which the file does not say."));
        }

        Note(model, dict, options, modules);
        Precision precision = dict.Entries.All(static e => e.Type == NumberType.F64) ? Precision.Double : Precision.Single;
        return model.Build(architecture, precision, sequenceLength: null, new ModuleChain(modules, architecture, isSkipping, pooling));
    }

    // What was taken where the file does not say it.
    private static void Note(ForeignModelBuilder model, StateDict dict, ImportOptions options, List<DictModule> modules)
    {
        foreach (ConvolutionModule convolution in modules.OfType<ConvolutionModule>())
        {
            model.Note(Invariant($"{ForeignText.Shown(convolution.Name)} is taken for an nn.Conv1d with stride 1 and one group, without pooling behind it; the file does not say it."));
        }

        foreach (string note in dict.Notes)
        {
            model.Note(note);
        }

        if (modules[0] is EmbeddingModule table && options.Embedding is null && ModuleOrder.IsEither(table))
        {
            model.Note(Invariant($"{ForeignText.Shown(table.Name)} is taken for an nn.Embedding of {table.Table.Rows} tokens, as its name suggests; if it is an nn.Linear without a bias, import it with --activation {TensorLimits.Cut(table.Name)}=identity (or the function that follows it)."));
        }

        if (options.Architecture is null)
        {
            model.Note("The file does not say whether the model has one output or one for each step; one for each step was taken.");
        }
        else if (options.Architecture == Architecture.ManyToOne && options.Pooling is null && modules.FindLast(static m => m.IsRecurrent) is RecurrentModule last)
        {
            model.Note(last.Layers[^1].Backward is null
                ? Invariant($"The one output reads the last step of {ForeignText.Shown(last.Name)}: out[:, -1], or h_n[-1]. The file does not say it; if the model reads a mean or maximum of all steps, import it with --pooling mean or max.")
                : Invariant($"The one output reads the final states of both directions of {ForeignText.Shown(last.Name)}: torch.cat([h_n[-2], h_n[-1]], -1). The file does not say it; if the model reads out[:, -1], import it with --architecture many-to-many and take the output of the last step, which is the same; if it reads a mean or maximum of all steps, with --pooling mean or max."));
        }

        if (modules[^1] is LinearModule { Activation: Activation.Identity } head && !options.Activations.ContainsKey(head.Name))
        {
            model.Note(Invariant($"The file does not say whether a function follows {ForeignText.Shown(head.Name)}; none was taken."));
        }
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
                throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} cannot have the function {activation}: a linear layer, a convolution or a batch normalisation has any, and an nn.RNN has tanh or relu."));
            }
        }

        // A function stands behind a linear layer or a convolution, or behind its normalisation.
        DictModule? unsaid = modules.Where((m, i) => i + 1 < modules.Count && (m is LinearModule or ConvolutionModule ? modules[i + 1] is not BatchNormModule : m is BatchNormModule && i > 0 && modules[i - 1] is LinearModule or ConvolutionModule))
            .FirstOrDefault(m => !activations.ContainsKey(m.Name));
        return unsaid is null
            ? modules.ConvertAll(m => activations.TryGetValue(m.Name, out Activation activation) ? m with { Activation = activation } : m)
            : throw new ForeignFileException(Invariant(
                $"{ForeignText.Shown(unsaid.Name)} is followed by other layers, and the file does not say which function stands between: name it with --activation {TensorLimits.Cut(unsaid.Name)}=relu (or tanh, sigmoid, identity), or ImportOptions.Activations.{(ReferenceEquals(unsaid, modules[0]) && unsaid is LinearModule { Bias: null } ? Invariant($" If it is an nn.Embedding: --embedding {TensorLimits.Cut(unsaid.Name)}, or ImportOptions.Embedding.") : "")}"));
    }
}
