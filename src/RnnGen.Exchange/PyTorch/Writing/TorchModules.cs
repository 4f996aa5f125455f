using RnnGen.Exchange.Declared;
using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.PyTorch.Writing;

/// <summary>A declared model as modules of PyTorch. Recurrent layers that one <c>nn.LSTM</c>, <c>nn.GRU</c> or <c>nn.RNN</c> can hold are one module; a stack of unequal ones is a list of several.</summary>
internal sealed class TorchModules
{
    private readonly DeclaredModel _model;
    private readonly string _format;

    private TorchModules(DeclaredModel model, string format) => (_model, _format) = (model, format);

    /// <summary>The modules in the order in which values flow.</summary>
    /// <param name="model">The model.</param>
    /// <param name="format">The format's name, for messages.</param>
    /// <exception cref="ExportException">PyTorch has no module for a layer.</exception>
    public static IReadOnlyList<TorchModule> Of(DeclaredModel model, string format)
    {
        Unsayable.RequireOneStack(model, format);
        return new TorchModules(model, format).All();
    }

    /// <summary>The parameters as a state dict has them, those of the initial states last.</summary>
    public static IReadOnlyList<(string Name, Tensor Tensor)> StateDict(DeclaredModel model, IReadOnlyList<TorchModule> modules) =>
    [
        .. modules.SelectMany(static module => module.Parameters.Select(parameter => (Invariant($"{module.Name}.{parameter.Name}"), parameter.Tensor))),
        .. model.Parameters.Where(static parameter => parameter.Key.StartsWith("initial.", StringComparison.Ordinal)).Select(parameter => (parameter.Key, model.Find(parameter.Key)!)),
    ];

    private List<TorchModule> All()
    {
        List<TorchModule> modules = [];
        if (_model.VocabularySize > 0)
        {
            modules.Add(new TorchModule { List = "embedding", Constructor = Invariant($"nn.Embedding({_model.VocabularySize}, {_model.EmbeddingSize})"), Layers = [], Parameters = [("weight", Table())] });
        }

        List<DeclaredLayer[]> groups = Groups();
        int recurrent = groups.Count(static group => group[0].IsRecurrent), at = 0;
        foreach (DeclaredLayer[] group in groups)
        {
            DeclaredLayer layer = group[0];
            modules.Add(layer.IsRecurrent ? Recurrent(group, recurrent == 1 ? null : at++) : layer.IsHead ? Linear(layer, "head", null)
                : layer.Kernel > 0 ? Convolution(layer) : layer.Cell == "LayerNorm" ? Norm(layer) : Linear(layer, "dense", layer.Index));
        }

        return modules;
    }

    private Tensor Table() => _model.Take("embedding.weight", _model.VocabularySize, _model.EmbeddingSize);

    // Recurrent layers that follow each other and are equal but for their inputs.
    private List<DeclaredLayer[]> Groups()
    {
        List<DeclaredLayer[]> groups = [];
        foreach (DeclaredLayer layer in _model.Layers)
        {
            bool joins = groups.Count > 0 && layer.IsRecurrent && groups[^1][0] is { IsResidual: false } first && !layer.IsResidual
                && first.IsRecurrent && (first.Cell, first.Equations, first.Size, first.OutputSize, first.IsBidirectional, first.Activation) == (layer.Cell, layer.Equations, layer.Size, layer.OutputSize, layer.IsBidirectional, layer.Activation);
            if (joins)
            {
                groups[^1] = [.. groups[^1], layer];
            }
            else
            {
                groups.Add([layer]);
            }
        }

        return groups;
    }

    private TorchModule Recurrent(DeclaredLayer[] group, int? index)
    {
        DeclaredLayer first = group[0];
        int directions = first.IsBidirectional ? 2 : 1, state = first.OutputSize / directions;
        (string type, int gates) = first.Equations is not null ? throw Unknown(first) : first.Cell switch
        {
            "lstm" or "ProjectedLstm" => ("LSTM", 4),
            "gru" => ("GRU", 3),
            "rnn" when first.Activation is Activation.Tanh or Activation.Relu => ("RNN", 1),
            _ => throw Unknown(first),
        };
        string more = string.Concat(
            group.Length > 1 ? Invariant($", num_layers={group.Length}") : "",
            first.IsBidirectional ? ", bidirectional=True" : "",
            first.Cell == "ProjectedLstm" ? Invariant($", proj_size={state}") : "",
            first is { Cell: "rnn", Activation: Activation.Relu } ? ", nonlinearity=\"relu\"" : "");
        List<(string, Tensor)> parameters = [];
        for (int k = 0; k < group.Length; k++)
        {
            foreach (string suffix in first.IsBidirectional ? (string[])["", "_reverse"] : [""])
            {
                int rows = gates * first.Size;
                Add("weight_ih", rows, group[k].InputSize);
                Add("weight_hh", rows, state);
                Add("bias_ih", rows);
                Add("bias_hh", rows);
                if (first.Cell == "ProjectedLstm")
                {
                    Add("weight_hr", state, first.Size);
                }

                void Add(string name, params int[] shape) => parameters.Add((Invariant($"{name}_l{k}{suffix}"), _model.Take(Invariant($"rnn.{name}_l{group[k].Index}{suffix}"), shape)));
            }
        }

        return new TorchModule { List = "rnn", Index = index, Constructor = Invariant($"nn.{type}({first.InputSize}, {first.Size}{more}, batch_first=True)"), Layers = group, Parameters = parameters };
    }

    private ExportException Unknown(DeclaredLayer layer) => Unsayable.In(_format, layer.Place, Invariant($"PyTorch has no module for the cell {ForeignText.Shown(layer.Cell)}"), "Export layers of Rnn, Lstm, ProjectedLstm and Gru.");

    private TorchModule Linear(DeclaredLayer layer, string list, int? index)
    {
        string name = index is { } j ? Invariant($"{list}.{j}") : list;
        return new TorchModule
        {
            List = list,
            Index = index,
            Constructor = Invariant($"nn.Linear({layer.InputSize}, {layer.Size})"),
            Layers = [layer],
            Parameters = [("weight", layer.IsHead && _model.IsTied ? Table() : _model.Take(name + ".weight", layer.Size, layer.InputSize)), ("bias", _model.Take(name + ".bias", layer.Size))],
        };
    }

    private TorchModule Convolution(DeclaredLayer layer) => new()
    {
        List = "conv",
        Index = layer.Index,
        Constructor = Invariant($"nn.Conv1d({layer.InputSize}, {layer.Size}, {layer.Kernel}{(layer.Dilation > 1 ? Invariant($", dilation={layer.Dilation}") : "")})"),
        Layers = [layer],
        Parameters = [("weight", _model.Take(Invariant($"conv.{layer.Index}.weight"), layer.Size, layer.InputSize, layer.Kernel)), ("bias", _model.Take(Invariant($"conv.{layer.Index}.bias"), layer.Size))],
    };

    private TorchModule Norm(DeclaredLayer layer) => new()
    {
        List = "norm",
        Index = layer.Index,
        Constructor = Invariant($"nn.LayerNorm({layer.Size}{(layer.Epsilon == ForeignLayer.StandardEpsilon ? "" : Invariant($", eps={layer.Epsilon:R}"))})"),
        Layers = [layer],
        Parameters = [("weight", _model.Take(Invariant($"norm.{layer.Index}.weight"), layer.Size)), ("bias", _model.Take(Invariant($"norm.{layer.Index}.bias"), layer.Size))],
    };
}
