using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.Onnx.Graphs;
using RnnGen.Exchange.StateDicts;

namespace RnnGen.Exchange.Onnx;

/// <summary>A model from an ONNX graph.</summary>
internal static class OnnxModel
{
    private const long MinimumOpset = 7, MaximumOpset = 22;

    // Numbers that folding may make for each byte of the file.
    private const int FoldedPerByte = 4;

    /// <summary>Reads a file.</summary>
    /// <param name="file">All of its bytes.</param>
    /// <param name="options">What the file does not say.</param>
    /// <param name="constants">Values of inputs that are taken for constants.</param>
    public static ForeignModel Read(ReadOnlySpan<byte> file, ImportOptions options, IReadOnlyDictionary<string, OnnxTensor>? constants = null)
    {
        OnnxGraph graph = OnnxFile.Read(file);
        if (graph.Opset is < MinimumOpset or > MaximumOpset)
        {
            throw new ForeignFileException(Invariant($"The graph is of opset {graph.Opset}; {MinimumOpset} to {MaximumOpset} are read."));
        }

        foreach ((string name, OnnxTensor tensor) in constants ?? new Dictionary<string, OnnxTensor>())
        {
            graph.Constants[name] = tensor;
            graph.Inputs.RemoveAll(input => input.Name == name);
        }

        ForeignModelBuilder model = new("an ONNX graph");
        long maximumNumbers = 1024 + ((long)FoldedPerByte * file.Length);
        ConstantFolding folding = new(graph, maximumNumbers);
        folding.Run();
        OnnxChain chain = new(graph, folding, new OnnxLengths(graph, folding, maximumNumbers), model.Note);
        List<DictModule> modules = chain.Follow();
        (model.IsSkipping, model.Pooling) = (chain.IsSkipping, chain.Pooling);
        foreach (DictModule module in BatchNormFolding.Fold(modules, model.Note))
        {
            module.AddTo(model);
            if (module.IsResidual)
            {
                model.AddResidual(module.Name);
            }
        }

        foreach ((string key, string value) in graph.Metadata)
        {
            model.Metadata[key] = value;
        }

        Architecture architecture = options.Architecture ?? (chain.HasEnded ? Architecture.ManyToOne : Architecture.ManyToMany);
        if (chain.HasEnded && architecture != Architecture.ManyToOne)
        {
            throw new ForeignFileException("The graph has one output at the end of a sequence, so it cannot be imported as many-to-many.");
        }

        bool isDouble = modules.Count > 0 && graph.Constants.Values.Where(static t => t.Shape.Length >= 2).All(static t => t.IsDouble);
        GraphEquations equations = new()
        {
            Graph = graph,
            Makers = folding,
            Feed = chain.Feed,
            Output = chain.Output.Value,
            OutputAxes = chain.Output.Axes,
            Steps = chain.Steps,
            Refusal = architecture == Architecture.ManyToOne && !chain.HasEnded ? "the graph has an output for each step" : "",
            Layers = new ModuleChain(modules, architecture, chain.IsSkipping, chain.Pooling),
        };
        return model.Build(architecture, isDouble ? Precision.Double : Precision.Single, chain.Steps, equations);
    }
}
