using System.Text;

namespace RnnGen.Exchange.PyTorch.Writing;

/// <summary>Writes the Python class whose state dict is exported.</summary>
internal static class PythonText
{
    // Python's words, and what the text itself names.
    private static readonly HashSet<string> s_taken = new(StringComparer.Ordinal)
    {
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
        "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield", "nn", "super", "torch",
    };

    /// <param name="model">The model.</param>
    /// <param name="modules">Its modules.</param>
    public static string Of(DeclaredModel model, IReadOnlyList<TorchModule> modules)
    {
        StringBuilder text = new();
        text.Append(Invariant($"# {model.Name} of RnnGen: model.load_state_dict(state, strict=True) takes the exported state.\n"));
        text.Append("import torch\nfrom torch import nn\n\n\n");
        text.Append(Invariant($"class {model.Name}{(s_taken.Contains(model.Name) ? "_" : "")}(nn.Module):\n    def __init__(self):\n        super().__init__()\n"));
        foreach (IGrouping<string, TorchModule> list in modules.GroupBy(static module => module.List))
        {
            TorchModule[] members = [.. list];
            text.Append(members[0].Index is null
                ? Invariant($"        self.{list.Key} = {members[0].Constructor}\n")
                : Invariant($"        self.{list.Key} = nn.ModuleList([{string.Join(", ", members.Select(static module => module.Constructor))}])\n"));
        }

        if (model.IsTied)
        {
            text.Append("        self.head.weight = self.embedding.weight\n");
        }

        if (model.LearnedInitialState)
        {
            IEnumerable<string> states = model.Parameters.Where(static p => p.Key.StartsWith("initial.", StringComparison.Ordinal))
                .Select(static p => Invariant($"\"{p.Key["initial.".Length..]}\": nn.Parameter(torch.zeros({p.Value[0]}))"));
            text.Append(Invariant($"        self.initial = nn.ParameterDict({{{string.Join(", ", states)}}})\n"));
        }

        if (model.Precision == Precision.Double)
        {
            text.Append("        self.double()\n");
        }

        text.Append(Forward(model, modules));
        return text.ToString();
    }

    private static string Forward(DeclaredModel model, IReadOnlyList<TorchModule> modules)
    {
        StringBuilder text = new();
        string input = model.VocabularySize > 0 ? "tokens [batch, steps]" : Invariant($"[batch, steps, {model.InputSize}]");
        bool isOne = model.Architecture == Architecture.ManyToOne;
        text.Append(Invariant($"\n    def forward(self, x):  # {input} -> {(isOne ? "[batch, " : "[batch, steps, ")}{model.Layers[^1].Size}]\n"));
        if (model.OutputSkip)
        {
            text.Append(Invariant($"        skipped = x[..., :{model.OutputSize}]\n"));
        }

        TorchModule last = modules.Last(static module => module.Layers.Any(static l => l.IsRecurrent));
        foreach (TorchModule module in modules)
        {
            bool readsState = isOne && module == last && model.Pooling == Pooling.Last && !module.First.IsResidual;
            text.Append(module.Layers.Count == 0 ? Invariant($"        x = {module.Expression}(x)\n") : module.First.IsRecurrent ? Recurrent(model, module, readsState) : Plain(module));
            if (isOne && module == last && !readsState)
            {
                text.Append(model.Pooling switch
                {
                    Pooling.Last => "        x = x[:, -1]\n",
                    Pooling.Mean => "        x = x.mean(1)\n",
                    Pooling.Max => "        x = x.amax(1)\n",
                    _ => throw new InvalidOperationException(Invariant($"There is no pooling {model.Pooling}.")),
                });
            }
        }

        return text.Append(model.OutputSkip ? "        return x + skipped\n" : "        return x\n").ToString();
    }

    private static string Recurrent(DeclaredModel model, TorchModule module, bool readsState)
    {
        DeclaredLayer first = module.First;
        bool hasCell = first.Cell is "lstm" or "ProjectedLstm";
        string arguments = "x";
        StringBuilder text = new();
        if (model.LearnedInitialState)
        {
            string h = States(module, "h");
            arguments = hasCell ? Invariant($"x, ({h}, {States(module, "c")})") : Invariant($"x, {h}");
        }

        string outputs = first.IsResidual ? "y" : "x", state = !readsState ? "_" : hasCell ? "(h, _)" : "h";
        text.Append(Invariant($"        {(readsState ? "_" : outputs)}, {state} = {module.Expression}({arguments})\n"));
        text.Append(first.IsResidual ? "        x = x + y\n" : "");
        text.Append(!readsState ? "" : first.IsBidirectional ? "        x = torch.cat([h[-2], h[-1]], -1)\n" : "        x = h[-1]\n");
        return text.ToString();
    }

    // [layers × directions, batch, units].
    private static string States(TorchModule module, string state)
    {
        IEnumerable<string> names = module.Layers.SelectMany(layer => (layer.IsBidirectional ? (string[])["", "_reverse"] : [""]).Select(suffix => Invariant($"self.initial[\"{state}_l{layer.Index}{suffix}\"]")));
        return Invariant($"torch.stack([{string.Join(", ", names)}]).unsqueeze(1).repeat(1, x.shape[0], 1)");
    }

    private static string Plain(TorchModule module)
    {
        DeclaredLayer layer = module.First;
        string value = layer.Kernel > 0
            ? Invariant($"{module.Expression}(nn.functional.pad(x.transpose(1, 2), ({layer.Back}, {layer.Ahead}))).transpose(1, 2)")
            : Invariant($"{module.Expression}(x)");
        value = layer.Activation switch
        {
            Activation.Identity => value,
            Activation.Tanh => Invariant($"torch.tanh({value})"),
            Activation.Relu => Invariant($"torch.relu({value})"),
            Activation.Sigmoid => Invariant($"torch.sigmoid({value})"),
            _ => throw new InvalidOperationException(Invariant($"There is no function {layer.Activation}.")),
        };
        return Invariant($"        x = {(layer.IsResidual ? "x + " : "")}{value}\n");
    }
}
