using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Parsing;

namespace RnnGen.Generator.Planning;

/// <summary>
/// How large a model's plan would be, worked out without making it: for the parser, which turns down what does not
/// fit. Memory counts every buffer on its own, as if none shared its place, so a plan is never larger.
/// </summary>
/// <param name="Parameters">Parameters of each layer, an embedding first and the output layer last.</param>
/// <param name="PackedWeights">Values of all layers' forward and reverse packs.</param>
/// <param name="TrainingValues">Values of the training arena.</param>
/// <param name="PredictionValues">Values of the prediction scratch.</param>
/// <param name="Lines">Lines of the generated text, roughly: the unrolled schedules, and what each layer and kernel takes.</param>
internal sealed record ModelSize(
    IReadOnlyList<long> Parameters, long PackedWeights, long TrainingValues, long PredictionValues, long Lines)
{
    /// <summary>Parameters, and the optimiser's moments beside them, stand in arrays.</summary>
    public const long ParametersLimit = 1L << 30;

    /// <summary>A buffer is one array, addressed by int.</summary>
    public const long BufferLimit = (1L << 31) - (1L << 16);

    /// <summary>About 40 MB of text, which the compiler still takes in its stride.</summary>
    public const long LinesLimit = 250_000;

    /// <summary>Lines of a main file that each layer adds besides its schedule, and of one layer's kernels at three widths.</summary>
    private const int LinesPerLayer = 150, LinesPerKernels = 2_500;

    /// <summary>More layers than this are too many whatever they are.</summary>
    public const int LayersLimit = (int)(LinesLimit / LinesPerLayer);

    public static ModelSize Of(ModelSpecification model)
    {
        List<LayerSpecification> layers = [.. model.Layers,
            new LayerSpecification("dense", model.OutputSize, model.OutputActivation, model.OutputInitializer)];
        int lastRecurrent = layers.FindLastIndex(l => CellLibrary.Find(l.Cell).IsRecurrent);
        bool manyToOne = model.Architecture == Architecture.ManyToOne;
        long rows = model.BatchSize;
        long outputSteps = manyToOne ? 1 : model.SequenceLength;

        HashSet<LayerShape> shapes = [];
        List<long> parameters = [];
        if (model.Embedding is { } embedding)
        {
            parameters.Add((long)embedding.VocabularySize * embedding.Size);
        }

        bool hasEmbedding = model.Embedding is not null;
        long inputSize = model.FeatureSize;
        long inputRow = Scalar.InputRow(model.FeatureSize, model.Precision);
        long packs = 0;
        long training = rows * model.SequenceLength * inputRow + rows * outputSteps;
        long prediction = 0;
        long lines = 3 * outputSteps;
        if (hasEmbedding)
        {
            // The adjoints of the embedded values; one step of them when predicting, and its line in the schedule.
            training += rows * model.SequenceLength * Scalar.PaddedRow(model.FeatureSize, model.Precision);
            prediction += rows * inputRow;
            lines += model.SequenceLength;
        }

        for (int i = 0; i < layers.Count; i++)
        {
            LayerShape shape = new(layers[i].Cell, layers[i].Activation, (int)inputSize, layers[i].Size, model.Precision, model.Accuracy,
                HasOutputAdjoint: true, NeedsInputAdjoint: i > 0 || hasEmbedding);
            LayerPlan plan = LayerPlan.Create(shape);
            long steps = manyToOne && i > lastRecurrent ? 1 : model.SequenceLength;
            long row = rows * plan.RowStride;
            long slots = plan.Blocks * rows * plan.SlotRow;
            long states = plan.States.Count;
            long outputs = plan.Program.OutputIsState ? 0 : 1;
            long forwardPack = (long)plan.Blocks * plan.PackBlock;

            parameters.Add(Enumerable.Range(0, plan.Lanes).Sum(l =>
                plan.Size * (plan.Sources.Where(s => plan.Feeds(s, l)).Sum(s => (long)s.Columns) + plan.BiasesOf(l).Count)));
            packs += forwardPack + plan.ReverseSources.Sum(s => (long)plan.BlocksOf(s.Columns) * plan.ReversePanel(s));
            training += forwardPack + steps * slots + (steps + 1) * states * row + (outputs + 1) * steps * row + states * row;
            prediction += slots + (2 * states + outputs) * row;

            // Forward, prediction of several and of one, the step back and its products, the gradients of each chunk in two lists.
            long chunk = TrainingPlanner.ChunkSteps(model.BatchSize);
            lines += steps * (4 + plan.ReverseSources.Count) + (steps + chunk - 1) / chunk * 2 * (plan.Sources.Count + 1) + LinesPerLayer;
            if (model.Pooling != Pooling.Last && i == lastRecurrent)
            {
                training += 2 * row;
                prediction += 2 * row;
                lines += steps;
            }

            lines += shapes.Add(shape) ? LinesPerKernels : 0;
            inputSize = plan.Size;
        }

        // Each buffer begins at a whole block.
        long padding = 16L * 8 * (layers.Count + 1);
        return new ModelSize(parameters, packs, training + padding, prediction + padding, lines);
    }
}
