using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Parsing;

namespace RnnGen.Generator.Planning;

/// <summary>From the specification to the plan: layers and their tensors, then memory and schedules.</summary>
internal static class ModelPlanner
{
    private static readonly CellTensor s_table = new(CellTensorKind.Weight, "E", "weight", "V", [], new Dictionary<string, double>());

    public static ModelPlan Plan(ModelSpecification specification)
    {
        PlannedTensor? embedding = specification.Embedding is { } table
            ? new PlannedTensor("embedding.weight", [table.VocabularySize, table.Size], 0, "Embedding", s_table, table.Size)
            : null;
        IReadOnlyList<PlannedLayer> layers = PlanLayers(specification, embedding?.Length ?? 0, out int packLength);
        return new ModelPlan(
            specification,
            embedding,
            layers,
            packLength,
            new TrainingPlanner(specification, layers).Plan(),
            PredictionPlanner.Plan(specification, layers, specification.BatchSize, specification.SequenceLength, streams: false),
            PredictionPlanner.Plan(specification, layers, 1, specification.SequenceLength, streams: false),
            PredictionPlanner.Plan(specification, layers, 1, 2, streams: true));
    }

    private static IReadOnlyList<PlannedLayer> PlanLayers(ModelSpecification specification, int parameters, out int packLength)
    {
        // The output layer is a dense layer at the end; the rest is as declared.
        List<LayerSpecification> declared = [.. specification.Layers,
            new LayerSpecification("dense", specification.OutputSize, specification.OutputActivation, specification.OutputInitializer)];
        List<CellDefinition> cells = declared.Select(l => CellLibrary.Find(l.Cell)).ToList();
        int lastRecurrent = cells.FindLastIndex(c => c.IsRecurrent);
        bool manyToOne = specification.Architecture == Architecture.ManyToOne;

        List<PlannedLayer> layers = [];
        int inputSize = specification.FeatureSize;
        int recurrent = 0, dense = 0;
        packLength = 0;
        for (int i = 0; i < declared.Count; i++)
        {
            LayerSpecification layer = declared[i];
            bool isHead = i == declared.Count - 1;
            bool runsEveryStep = !manyToOne || i <= lastRecurrent;
            bool isPooled = specification.Pooling != Pooling.Last && i == lastRecurrent;
            bool feedsEveryStep = !manyToOne || i < lastRecurrent || isPooled;
            bool outputIsState = cells[i].Output.EndsWith("'", StringComparison.Ordinal);
            LayerPlan plan = LayerPlan.Create(new LayerShape(
                layer.Cell, layer.Activation, inputSize, layer.Size, specification.Precision, specification.Accuracy,
                HasOutputAdjoint: feedsEveryStep || !outputIsState,
                NeedsInputAdjoint: i > 0 || specification.Embedding is not null));

            (string name, Func<string, string> tensorName) = isHead
                ? ("Head", t => $"head.{t}")
                : cells[i].IsRecurrent
                    ? ($"{cells[i].Name[0]}{cells[i].Name.Substring(1).ToLowerInvariant()}{recurrent}", RecurrentNames(recurrent++))
                    : ($"Dense{dense}", DenseNames(dense++));
            IReadOnlyList<PlannedTensor> tensors = PlanTensors(plan, tensorName, ref parameters);

            int pack = packLength;
            packLength += plan.PackLength;
            Dictionary<string, int> reversePacks = [];
            foreach (ProductSource source in plan.ReverseSources)
            {
                reversePacks[source.Name] = packLength;
                packLength += plan.ReversePackLength(source);
            }

            layers.Add(new PlannedLayer(
                i, name, plan, layer.Initializer, runsEveryStep ? specification.SequenceLength : 1, tensors, pack, reversePacks, RunsAtEnd: !runsEveryStep, isPooled));
            inputSize = layer.Size;
        }

        return layers;
    }

    private static Func<string, string> RecurrentNames(int index) => t => $"rnn.{t}_l{index}";

    private static Func<string, string> DenseNames(int index) => t => $"dense.{index}.{t}";

    private static IReadOnlyList<PlannedTensor> PlanTensors(LayerPlan plan, Func<string, string> name, ref int offset)
    {
        List<PlannedTensor> tensors = [];
        foreach (CellTensor tensor in plan.Definition.Tensors)
        {
            int rows = tensor.BlockCount * plan.Size;
            ProductSource? source = plan.Sources.FirstOrDefault(s =>
                Enumerable.Range(0, plan.Lanes).Any(l => plan.WeightsOf(l, s).Any(w => w.Tensor == tensor)));
            string kind = source is null ? "Bias" : source.IsInput ? "InputWeight" : "RecurrentWeight";
            IReadOnlyList<int> shape = source is null ? [rows] : [rows, source.Columns];
            tensors.Add(new PlannedTensor(name(tensor.TensorName), shape, offset, kind, tensor, source?.Columns ?? 1));
            offset += tensors[tensors.Count - 1].Length;
        }

        return tensors;
    }
}
