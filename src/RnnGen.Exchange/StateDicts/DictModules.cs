using RnnGen.Exchange.Files;
using RnnGen.Runtime;

namespace RnnGen.Exchange.StateDicts;

/// <summary>Finds the modules that a state dict's names and shapes make; what is no module that can be declared is rejected by its name.</summary>
internal static class DictModules
{
    /// <summary>The modules in the order of the file. A matrix without a bias is a linear layer here; <see cref="ModuleOrder"/> finds the table of an embedding among them.</summary>
    /// <param name="dict">All its tensors are taken.</param>
    /// <param name="convolutions">What it does not say of its convolutions.</param>
    public static List<DictModule> Take(StateDict dict, IReadOnlyDictionary<string, ConvolutionOptions> convolutions)
    {
        List<DictModule> modules = [];
        foreach (StateDictEntry entry in dict.Entries)
        {
            (string prefix, string last) = Split(entry.Name);
            if (dict.ShapeOf(entry.Name) is not { } shape)
            {
                continue;
            }

            if (RecurrentModule.IsFirst(last))
            {
                modules.Add(RecurrentModule.Take(dict, prefix, last));
            }
            else if (last == "weight")
            {
                modules.Add(TakeWeight(dict, prefix, entry.Name, shape, convolutions));
            }
            else if (last == "running_mean")
            {
                modules.Add(TakeBatchNorm(dict, prefix));
            }
        }

        foreach (string name in convolutions.Keys)
        {
            if (!modules.Exists(module => module is ConvolutionModule && module.Name == name))
            {
                throw new ForeignFileException(Invariant($"A convolution is named {ForeignText.Shown(name)}, but the file has no weights of three axes with that name: leave it out."));
            }
        }

        List<string> left = dict.Left();
        return left.Count == 0 ? modules : throw new ForeignFileException(Invariant(
            $"The file holds {TensorLimits.Join(", ", left.ConvertAll(ForeignText.Shown))}, which belong to no layer that can be imported: those are Embedding, RNN, LSTM, GRU, Linear, Conv1d, LayerNorm and BatchNorm1d. Save a state dict without them."));
    }

    private static DictModule TakeWeight(StateDict dict, string prefix, string name, IReadOnlyList<int> shape, IReadOnlyDictionary<string, ConvolutionOptions> convolutions)
    {
        string dot = prefix.Length == 0 ? "" : prefix + ".";
        if (dict.ShapeOf(dot + "running_mean") is not null)
        {
            return TakeBatchNorm(dict, prefix);
        }

        if (shape.Count == 4)
        {
            throw Rejected(prefix, Invariant($"a convolution over 2 dimensions, with weights of {TensorLimits.ShapeText([.. shape.Select(static length => (long)length)])}"));
        }

        Tensor weight = dict.Take(name);
        Tensor? bias = dict.TakeIf(dot + "bias");
        if (shape.Count == 3)
        {
            return Convolution(prefix, weight, bias, convolutions);
        }

        bool isMatrix = shape.Count == 2 && weight.Values.Length > 0;
        if (shape.Count == 1 && bias is { Shape.Count: 1 } && bias.Values.Length == weight.Values.Length && weight.Values.Length > 0)
        {
            return new NormModule(prefix, weight, bias);
        }

        return isMatrix && (bias is null || (bias.Shape.Count == 1 && bias.Values.Length == weight.Rows))
            ? new LinearModule(prefix, weight, bias)
            : throw Rejected(prefix, Invariant($"a layer with weights of {weight.ShapeText}{(bias is null ? " and no bias" : " and a bias of " + bias.ShapeText)}"));
    }

    private static ConvolutionModule Convolution(string prefix, Tensor weight, Tensor? bias, IReadOnlyDictionary<string, ConvolutionOptions> convolutions)
    {
        int kernel = weight.Shape[2];
        if (weight.Values.Length == 0 || (bias is not null && (bias.Shape.Count != 1 || bias.Values.Length != weight.Shape[0])))
        {
            throw Rejected(prefix, Invariant($"a convolution with weights of {weight.ShapeText}{(bias is null ? "" : " and a bias of " + bias.ShapeText)}"));
        }

        if (!convolutions.TryGetValue(prefix, out ConvolutionOptions? said))
        {
            said = kernel == 1 ? new ConvolutionOptions { IsCausal = true } : throw new ForeignFileException(Invariant(
                $"{ForeignText.Shown(prefix)} is a convolution over {kernel} steps, and the file does not say which: name it with --convolution {TensorLimits.Cut(prefix)}=causal (its own step and those before) or {TensorLimits.Cut(prefix)}=same (those around it, padding='same'), or ImportOptions.Convolutions. Strides and groups cannot be declared."));
        }

        long reach = (kernel - 1L) * said.Dilation;
        return new ConvolutionModule(prefix, weight, bias) { Dilation = said.Dilation, Back = (int)Math.Min(said.IsCausal ? reach : reach / 2, int.MaxValue) };
    }

    private static BatchNormModule TakeBatchNorm(StateDict dict, string prefix)
    {
        const double standard = 1e-5;
        string dot = prefix.Length == 0 ? "" : prefix + ".";
        BatchNormModule norm = new(prefix)
        {
            Mean = dict.Take(dot + "running_mean"), Variance = dict.Take(dot + "running_var"), Gain = dict.TakeIf(dot + "weight"), Offset = dict.TakeIf(dot + "bias"), Epsilon = standard,
        };
        dict.Drop(dot + "num_batches_tracked");
        if ((norm.Gain is null) != (norm.Offset is null))
        {
            throw new ForeignFileException(Invariant($"The file has no {ForeignText.Shown(dot + (norm.Gain is null ? "weight" : "bias"))}, though {ForeignText.Shown(prefix)} has the other of the two: a part of the state dict is missing; save all of it."));
        }

        bool fits = ((Tensor?[])[norm.Mean, norm.Variance, norm.Gain, norm.Offset]).All(vector => vector is null || (vector.Shape.Count == 1 && vector.Values.Length == norm.Mean.Values.Length)) && norm.Mean.Values.Length > 0;
        return fits && Array.TrueForAll(norm.Variance.Values, static variance => variance >= 0) ? norm : throw Rejected(prefix, "a batch normalisation whose statistics do not fit each other");
    }

    private static ForeignFileException Rejected(string prefix, string what) =>
        new(Invariant($"{ForeignText.Shown(prefix)} is {what}, which is not imported: a state dict may have Embedding, RNN, LSTM, GRU, Linear, Conv1d, LayerNorm and BatchNorm1d."));

    private static (string Prefix, string Last) Split(string name)
    {
        int dot = name.LastIndexOf('.');
        return dot < 0 ? ("", name) : (name[..dot], name[(dot + 1)..]);
    }
}
